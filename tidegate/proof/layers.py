"""A layer behind the topics (a lake table, the index) against the rows it must hold."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np

from tidegate.avro.leading_fields import Mask
from tidegate.proof.report import LayerName, LayerVerdict
from tidegate.proof.rows import Difference, Rows, among, compare, concat, make_rows
from tidegate.proof.strangers import Strangers
from tidegate.proof.window import Window


@dataclass(frozen=True, slots=True)
class Found:
    """What a layer holds: rows, and what is none of ours."""

    rows: Rows
    strangers: Strangers = field(default_factory=Strangers)


@dataclass(frozen=True, slots=True)
class Expected:
    """The rows that a layer must hold, but for those that its job has refused: each of these is a dead letter.

    ``refused`` names rows. ``refused_records`` names a record as often as it has letters that do not say which of its
    rows they are about: they excuse as many.
    """

    rows: Rows
    refused: Rows = field(default_factory=make_rows)
    refused_records: Rows = field(default_factory=make_rows)


class LayerSource(Protocol):
    """Reads the rows of one layer."""

    name: LayerName

    def marker(self) -> object:
        """Something that is cheap to ask for and differs when rows were added."""

    def read(self, windows: Sequence[Window]) -> Found:
        """The rows of the windows, and those that belong to no partition of raw."""


class Topics(Protocol):
    """The topics that the layer is made from, which grow meanwhile.

    ``replaced`` counts how often rows of them were replaced by others, as by a replay: then the layer's are, too.
    """

    windows: list[Window]
    replaced: int

    def extend(self) -> bool:
        """Reads what they gained since; False if nothing."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a layer held between two readings of its topics.

    What is in ``before`` and not in the layer is missing there. What is in the layer and not even in ``after`` is
    unexplained. A row that came in between is neither.
    """

    before: Expected
    found: Found
    after: Expected


def compare_layer(name: LayerName, windows: list[Window], look: Look) -> LayerVerdict:
    """The verdict on one layer: partition by partition, in the windows."""
    actual = look.found.rows
    excuses = Expected(look.before.rows, look.after.refused, look.after.refused_records)
    wanted, held = required(excuses, actual), look.after.rows
    strange = actual.where(~np.isin(actual.partition, [window.partition for window in windows]))
    counts: Counter[str] = Counter()
    differences: dict[int, Difference] = {}

    def judge(partition: int, pick: Callable[[Rows], Rows], found: Rows) -> None:
        counts.update(expected=len(pick(wanted)), actual=len(found))
        lacking = compare(pick(wanted), found)
        surplus = lacking if wanted is held else compare(pick(held), found)
        differences[partition] = Difference(lacking.missing, surplus.doubled, surplus.unexplained)

    for window in windows:
        judge(window.partition, window.of, window.of(actual))
    for number in np.unique(strange.partition).tolist():
        rows = strange.of_partition(number)
        judge(number, lambda every, number=number: every.of_partition(number), rows)  # type: ignore[misc]
    return LayerVerdict(name, counts["expected"], counts["actual"], differences, look.found.strangers)


def required(expected: Expected, actual: Rows) -> Rows:
    """The expected rows without those that are absent for a reason; ``expected.rows`` itself if there are none."""
    named = concat([expected.refused, expected.refused_records])
    suspects = np.flatnonzero(np.isin(expected.rows.offset, np.unique(named.offset))) if len(named) else named.offset
    some = expected.rows.where(suspects)
    absent = ~among(some, actual)
    by_row = absent & among(some, expected.refused)
    excused = by_row | _excused_by_record(some, absent & ~by_row, expected.refused_records)
    if not excused.any():
        return expected.rows
    keep = np.ones(len(expected.rows), np.bool_)
    keep[suspects[excused]] = False
    return expected.rows.where(keep)


def _excused_by_record(rows: Rows, absent: Mask, letters: Rows) -> Mask:
    """Marks the absent rows of the records that have a letter for each of their absent rows."""
    places = np.column_stack([np.concatenate([rows.partition, letters.partition]), _both_offsets(rows, letters)])
    _, record = np.unique(places, axis=0, return_inverse=True)
    record = record.reshape(-1)
    mine, theirs = record[: len(rows)], record[len(rows) :]
    size = int(record.max()) + 1 if len(record) else 0
    lacking = np.bincount(mine[absent], minlength=size)
    letters_of = np.bincount(theirs, minlength=size)
    excused: Mask = absent & (letters_of[mine] >= lacking[mine])
    return excused


def _both_offsets(rows: Rows, letters: Rows) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.concatenate([rows.offset, letters.offset])


Taken = Callable[[Rows], Rows]
"""Of rows that a layer lacks at these places, those that retention has taken."""


class LayerEvidence:
    """What a layer holds of what ``expected`` says; the layer is read again when it has grown, the topics always.

    ``taken`` is asked where something is missing; ``left_out`` counts what it has explained in the last verdict.
    """

    def __init__(
        self, source: LayerSource, topics: Topics, expected: Callable[[], Expected], taken: Taken | None = None
    ) -> None:
        self._source = source
        self._topics = topics
        self._expected = expected
        self._taken = taken
        self.left_out = 0
        self._look()

    def judge(self) -> LayerVerdict:
        """The verdict on what was read last."""
        look, self.left_out = Look(self._before, self._found, self._after), 0
        verdict = compare_layer(self._source.name, self._topics.windows, look)
        if self._taken is None or not verdict.lacks:
            return verdict
        taken = self._taken(
            concat([make_rows([n] * len(of.missing), of.missing) for n, of in verdict.differences.items()])
        )
        if not len(taken):
            return verdict
        after = replace(self._after, refused=concat([self._after.refused, taken]))
        without = compare_layer(self._source.name, self._topics.windows, replace(look, after=after))
        self.left_out = verdict.expected - without.expected
        return without

    def extend(self) -> bool:
        """Reads again what has grown since, layer or topics; False if nothing has."""
        if self._source.marker() != self._marker or self._topics.replaced != self._replaced:
            self._look()
            return True
        if not self._topics.extend():
            return False
        self._after = self._expected()
        return True

    def _look(self) -> None:
        self._replaced = self._topics.replaced
        self._before = self._expected()
        self._marker = self._source.marker()
        self._found = self._source.read(self._topics.windows)
        self._topics.extend()
        self._after = self._expected()
