"""Whether silver's next topics hold what they are to hold: each row once, and as often as the old one had it. Pure."""

from dataclasses import dataclass

import numpy as np

from tidegate.proof.rows import Rows, concat, in_order

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Filled:
    """What was compared: ``rows`` of the new topics, ``of_range`` of them made again, ``marks`` of dropped records.

    ``left_out``: records of the old topics that can't be read. ``faults``: what differs, in words.
    """

    rows: int
    of_range: int
    marks: int
    left_out: int
    faults: tuple[str, ...] = ()

    def counts(self) -> dict[str, int]:
        """The numbers by name."""
        return {"rows": self.rows, "of_range": self.of_range, "marks": self.marks, "left_out": self.left_out}


@dataclass(frozen=True, slots=True)
class Side:
    """Rows of one topic: as they are to be, and as they are; ``unreadable``: records that are none."""

    topic: str
    expected: Rows
    actual: Rows
    unreadable: int = 0

    def faults(self) -> list[str]:
        """What differs."""
        lacking, spare = uneven(self.expected, self.actual)
        found = {"lacks {:,} rows": lacking, "has {:,} rows too many": spare}
        told = [
            f"{self.topic} {text.format(len(rows))}, such as that of {_places(rows)}"
            for text, rows in found.items()
            if len(rows)
        ]
        if self.unreadable:
            told.append(f"{self.topic} has {self.unreadable:,} records that can't be read")
        return told


def uneven(expected: Rows, actual: Rows) -> tuple[Rows, Rows]:
    """The rows that ``actual`` has less often than ``expected``, and those that it has more often, each once.

    A row is known by its place and its identity.
    """
    both = concat([expected, actual])
    if not len(both):
        return both, both
    more = np.where(np.arange(len(both)) < len(expected), -1, 1)
    order, differs = in_order(both)
    ordered = both.where(order)
    starts = np.flatnonzero(np.concatenate([[True], differs]))
    surplus = np.add.reduceat(more[order], starts)
    return ordered.where(starts[surplus < 0]), ordered.where(starts[surplus > 0])


def _places(rows: Rows) -> str:
    some = zip(rows.partition[:_SHOWN].tolist(), rows.offset[:_SHOWN].tolist(), strict=True)
    return ", ".join(f"{partition}:{offset}" for partition, offset in some)
