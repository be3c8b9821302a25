"""Which of the rows that were written aside take their place in the table: the first of each identity. Pure.

The job that writes aside does not look at identities: each record that passes is there. So the first one is chosen
here, where the table is known too: a row that the table keeps outside of the range goes before any in it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tidegate.avro.leading_fields import Mask
from tidegate.proof.rows import Fingerprints, IdentityIndex, Rows, among_places


@dataclass(frozen=True, slots=True)
class Staged:
    """Rows written aside: their places and the identities of their records, when these arrived (us since 1970)."""

    rows: Rows
    arrived_us: NDArray[np.int64]


def chosen(staged: Staged, kept_outside: Fingerprints, inside: Rows) -> Mask:
    """Marks the rows to publish; ``inside`` are those of the range that the table has now.

    Of records with one identity the table's own is taken again if it passes; else the one that arrived first. All rows
    of a record are taken, or none.
    """
    rows = staged.rows
    known = IdentityIndex(kept_outside).contains(rows.identity)
    was_there = among_places(rows, inside)
    order = np.lexsort(
        (
            rows.offset,
            rows.partition,
            staged.arrived_us,
            ~was_there,
            rows.identity[:, 1],
            rows.identity[:, 0],
        )
    )
    ordered = rows.where(order)
    starts = np.ones(len(order), np.bool_)
    starts[1:] = np.any(ordered.identity[1:] != ordered.identity[:-1], axis=1)
    first = np.flatnonzero(starts)[np.cumsum(starts) - 1] if len(order) else order
    same_record = (ordered.partition == ordered.partition[first]) & (ordered.offset == ordered.offset[first])
    marked = np.zeros(len(rows), np.bool_)
    marked[order] = same_record
    result: Mask = marked & ~known
    return result
