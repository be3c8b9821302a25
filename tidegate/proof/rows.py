"""Rows as arrays, and exact set arithmetic on them: pure functions on numpy values, no I/O.

A row is known by its coordinates in the raw topic and by the fingerprint of its identity (BLAKE2b, 128 bits).
Five million rows take 140 MB this way; Python objects would take 2 GB.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tidegate.avro.leading_fields import Mask

Offsets = NDArray[np.int64]
Fingerprints = NDArray[np.uint64]
FINGERPRINT_BYTES = 16
Place = tuple[int, int]
"""Partition and offset in the raw topic."""


class Marked(NamedTuple):
    """What the headers of a redriven record say: the record that failed first (None: of another topic), the attempt.

    Not ``is_sure``: anybody may have written them, and only the ledger can say that it is one.
    """

    origin: Place | None
    attempt: int
    is_sure: bool = True


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a topic, table or index; ``identity`` has shape (n, 2), all zero where identity does not matter."""

    partition: NDArray[np.int32]
    offset: Offsets
    identity: Fingerprints

    def __len__(self) -> int:
        return len(self.offset)

    def where(self, which: Mask | NDArray[np.int64]) -> "Rows":
        """The rows for which a mask is true, or those at the given places."""
        return Rows(self.partition[which], self.offset[which], self.identity[which])

    def of_partition(self, partition: int) -> "Rows":
        """The rows that come from one raw partition."""
        return self.where(self.partition == partition)


@dataclass(frozen=True, slots=True)
class Difference:
    """Offsets, sorted and distinct, at which two sets of rows differ."""

    missing: Offsets
    doubled: Offsets
    unexplained: Offsets


def make_rows(partition: ArrayLike = (), offset: ArrayLike = (), identity: Fingerprints | None = None) -> Rows:
    """Rows from plain values; without ``identity`` all fingerprints are zero."""
    offsets = np.asarray(offset, np.int64)
    blank = np.zeros((len(offsets), 2), np.uint64)
    return Rows(np.asarray(partition, np.int32), offsets, blank if identity is None else identity)


def concat(parts: Sequence[Rows]) -> Rows:
    """All rows of ``parts``, in order."""
    if not parts:
        return make_rows()
    return Rows(
        np.concatenate([part.partition for part in parts]),
        np.concatenate([part.offset for part in parts]),
        np.concatenate([part.identity for part in parts]),
    )


def fingerprints(texts: Iterable[bytes]) -> Fingerprints:
    """One 128-bit fingerprint per identity text; two distinct texts share one with probability 2⁻¹²⁸."""
    digests = b"".join([blake2b(text, digest_size=FINGERPRINT_BYTES).digest() for text in texts])
    return np.frombuffer(digests, dtype="<u8").reshape(-1, 2)


def repeated(offsets: Offsets) -> Offsets:
    """The values that occur more than once, sorted."""
    ordered = np.sort(offsets)
    twice: Offsets = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    return twice


def compare(expected: Rows, actual: Rows) -> Difference:
    """How ``actual`` differs from ``expected``, both of one partition; ``expected`` holds no row twice.

    A row counts by (offset, identity), so one raw record may stand for several rows. Missing: expected only;
    unexplained: actual only; doubled: more than once in actual.
    """
    both = concat([expected, actual])
    is_actual = np.arange(len(both)) >= len(expected)
    order = np.argsort(both.offset, kind="stable")
    unsettled = order[~_plain_pairs(both, is_actual, order)]
    rest, rest_is_actual = both.where(unsettled), is_actual[unsettled]
    by_row = np.lexsort((rest.identity[:, 1], rest.identity[:, 0], rest.offset))
    rest, rest_is_actual = rest.where(by_row), rest_is_actual[by_row]
    if not len(rest):
        return Difference(rest.offset, rest.offset, rest.offset)
    differs = np.any(rest.identity[1:] != rest.identity[:-1], axis=1) | (rest.offset[1:] != rest.offset[:-1])
    starts = np.flatnonzero(np.concatenate([[True], differs]))
    in_actual = np.add.reduceat(rest_is_actual.astype(np.int64), starts)
    in_expected = np.add.reduceat((~rest_is_actual).astype(np.int64), starts)
    offset = rest.offset[starts]
    return Difference(
        missing=np.unique(offset[in_actual == 0]),
        doubled=np.unique(offset[in_actual > 1]),
        unexplained=np.unique(offset[in_expected == 0]),
    )


def in_order(rows: Rows) -> tuple[NDArray[np.int64], Mask]:
    """By place and identity; and of each row but the first whether it differs from the one before it."""
    order = np.lexsort((rows.identity[:, 1], rows.identity[:, 0], rows.offset, rows.partition))
    ordered = rows.where(order)
    differs = np.any(ordered.identity[1:] != ordered.identity[:-1], axis=1)
    differs |= (ordered.offset[1:] != ordered.offset[:-1]) | (ordered.partition[1:] != ordered.partition[:-1])
    return order, differs


def among(rows: Rows, others: Rows) -> Mask:
    """Marks each row that ``others`` have too: the same place and identity."""
    near = others.where(np.isin(others.offset, np.unique(rows.offset)))
    both = concat([rows, near])
    order, differs = in_order(both)
    group = np.concatenate([[0], np.cumsum(differs)]) if len(order) else order
    is_other = order >= len(rows)
    has_other = np.bincount(group, weights=is_other) > 0 if len(order) else np.zeros(0, np.bool_)
    marked = np.zeros(len(order), np.bool_)
    marked[order] = has_other[group]
    return marked[: len(rows)]


def offsets_by_partition(rows: Rows) -> dict[int, Offsets]:
    """The offsets of each partition, ascending, each once."""
    return {number: np.unique(rows.offset[rows.partition == number]) for number in np.unique(rows.partition).tolist()}


def among_places(rows: Rows, others: Rows) -> Mask:
    """Marks each row whose place ``others`` have too, whatever its identity."""
    marked = np.zeros(len(rows), np.bool_)
    for number in np.unique(others.partition).tolist():
        marked |= (rows.partition == number) & np.isin(rows.offset, others.offset[others.partition == number])
    return marked


def in_spans(rows: Rows, spans: Mapping[int, tuple[int, int]]) -> Mask:
    """Marks each row whose offset is in [start, end) of its partition."""
    marked = np.zeros(len(rows), np.bool_)
    for number, (start, end) in spans.items():
        marked |= (rows.partition == number) & (rows.offset >= start) & (rows.offset < end)
    return marked


def identities_repeated(rows: Rows) -> Mask:
    """Marks each row whose identity an earlier row, from other coordinates, has too."""
    marked = np.zeros(len(rows), np.bool_)
    order = np.argsort(rows.identity[:, 0])
    high = rows.identity[order, 0]
    same_as_next = np.concatenate([high[1:] == high[:-1], [False]]) if len(rows) else marked
    suspects = order[same_as_next | np.roll(same_as_next, 1)]
    picked = rows.where(suspects)
    by_identity = np.lexsort((picked.partition, picked.offset, picked.identity[:, 1], picked.identity[:, 0]))
    suspects, picked = suspects[by_identity], picked.where(by_identity)
    same_identity = np.all(picked.identity[1:] == picked.identity[:-1], axis=1)
    elsewhere = (picked.offset[1:] != picked.offset[:-1]) | (picked.partition[1:] != picked.partition[:-1])
    marked[suspects[1:][same_identity & elsewhere]] = True
    return marked


class IdentityIndex:
    """A set of fingerprints, sorted once for many look-ups."""

    def __init__(self, identities: Fingerprints) -> None:
        order = np.argsort(identities[:, 0])
        self._high = identities[order, 0]
        self._low = identities[order, 1]

    def contains(self, identities: Fingerprints) -> Mask:
        """Marks the ``identities`` that are in the set."""
        found = np.zeros(len(identities), np.bool_)
        at = np.searchsorted(self._high, identities[:, 0])
        pending = np.arange(len(identities))
        while len(pending := pending[at[pending] < len(self._high)]):
            pending = pending[self._high[at[pending]] == identities[pending, 0]]
            hit = self._low[at[pending]] == identities[pending, 1]
            found[pending[hit]] = True
            pending = pending[~hit]
            at[pending] += 1
        return found


def _plain_pairs(both: Rows, is_actual: Mask, order: NDArray[np.int64]) -> Mask:
    """Marks, in ``order``, the offsets with one expected and one equal actual row: nearly all, settled cheaply."""
    offset = both.offset[order]
    same = offset[1:] == offset[:-1]
    first = np.concatenate([same, [False]]) if len(offset) else same
    second = np.roll(first, 1)
    alone = first & ~second & ~np.roll(first, -1)
    starts = np.flatnonzero(alone)
    left, right = order[starts], order[starts + 1]
    equal = ~is_actual[left] & is_actual[right] & np.all(both.identity[left] == both.identity[right], axis=1)
    settled = np.zeros(len(order), np.bool_)
    settled[starts[equal]] = True
    settled[starts[equal] + 1] = True
    return settled
