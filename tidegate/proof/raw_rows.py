"""The records of the raw topic as the rows of silver that they stand for. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from tidegate.avro.leading_fields import Mask
from tidegate.proof.rows import Marked, Offsets, Place, Rows, among_places, make_rows
from tidegate.proof.window import Window


@dataclass(frozen=True, slots=True)
class RawRows:
    """The records of the raw topic as the silver rows they stand for, those of one record one after the other.

    ``decodable`` marks the rows whose identity was read. ``marked``: the records that their headers call redriven.
    """

    rows: Rows
    decodable: Mask
    marked: Mapping[Place, Marked] = field(default_factory=dict)

    def places(self) -> Rows:
        """Each record once, without its identity."""
        partition, offset = self.rows.partition, self.rows.offset
        first = np.ones(len(offset), np.bool_)
        first[1:] = (offset[1:] != offset[:-1]) | (partition[1:] != partition[:-1])
        return make_rows(partition[first], offset[first])

    def numbered(self, numbers: Rows) -> Rows:
        """The rows that have these numbers in their records, counted from 1; blank identities where raw has none.

        ``numbers``: in place of an identity, a number.
        """
        near = np.flatnonzero(np.isin(self.rows.offset, np.unique(numbers.offset)))
        mine = self.rows.where(near)
        wanted = numbers.identity[:, 0].astype(np.int64)
        keys = np.column_stack(
            [
                np.concatenate([mine.partition, numbers.partition]),
                np.concatenate([mine.offset, numbers.offset]),
                np.concatenate([self._numbers()[near], wanted]),
            ]
        )
        _, group = np.unique(keys, axis=0, return_inverse=True)
        group = group.reshape(-1)
        row_of = np.full(len(keys), len(mine))
        row_of[group[: len(mine)]] = np.arange(len(mine))
        identities = np.concatenate([mine.identity, np.zeros((1, 2), np.uint64)])
        return make_rows(numbers.partition, numbers.offset, identities[row_of[group[len(mine) :]]])

    def at(self, records: Rows) -> Rows:
        """The decodable rows of these records."""
        return self.rows.where(self.decodable & among_places(self.rows, records))

    def _numbers(self) -> Offsets:
        place, offset, partition = np.arange(len(self.rows)), self.rows.offset, self.rows.partition
        first = np.ones(len(offset), np.bool_)
        first[1:] = (offset[1:] != offset[:-1]) | (partition[1:] != partition[:-1])
        numbers: Offsets = place - np.maximum.accumulate(np.where(first, place, 0)) + 1 if len(place) else place
        return numbers

    def of(self, window: Window) -> "RawRows":
        """The records of the window."""
        return self.where(window.marks(self.rows))

    def where(self, which: Mask) -> "RawRows":
        """The rows for which a mask is true."""
        return RawRows(self.rows.where(which), self.decodable[which])

    def decodable_offsets(self) -> Offsets:
        """The offsets of the records whose identity was read."""
        offsets: Offsets = np.unique(self.rows.offset[self.decodable])
        return offsets
