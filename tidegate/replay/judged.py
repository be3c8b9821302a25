"""What only the command of a replay knows of records, for the proof: duplicates, and those of other times. Pure."""

from collections.abc import Mapping, Sequence

import numpy as np

from tidegate.avro.leading_fields import Ints
from tidegate.proof.rows import Rows, among_places, concat
from tidegate.sql.replay_lake import DUPLICATE, OTHER_TIME

Added = Mapping[str, tuple[Ints, Ints]]
"""Partitions and offsets by verdict."""


def added_verdicts(timely: Rows, now: Rows, other_times: Sequence[Rows]) -> Added:
    """``timely``: staged rows of the range's event times, of which ``now`` are published. ``other_times``: rows of its
    offsets outside of these times, staged and in the table: what the replay leaves as it is.

    A record is left as a whole, though some of its rows may be of the range's times.
    """
    left = concat(other_times)
    repeats = timely.where(~among_places(timely, now) & ~among_places(timely, left))
    return {DUPLICATE: _places(repeats), OTHER_TIME: _places(left)}


def _places(rows: Rows) -> tuple[Ints, Ints]:
    """Each once, in order."""
    both = np.unique(np.column_stack([rows.partition.astype(np.int64), rows.offset]), axis=0)
    return both[:, 0], both[:, 1]
