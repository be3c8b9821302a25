"""A layer against its topic: what is found, and how long a late one is waited for."""

import time
from collections.abc import Sequence

import numpy as np
import pytest

from tidegate.proof import catch_up
from tidegate.proof.catch_up import judge_when_caught_up
from tidegate.proof.layers import Expected, Found, LayerEvidence, Look, compare_layer, required
from tidegate.proof.report import LayerName, LayerVerdict
from tidegate.proof.rows import Offsets, Rows, concat, fingerprints, make_rows
from tidegate.proof.strangers import Strangers
from tidegate.proof.window import Window

WINDOWS = [Window(0, 0, 10, 12), Window(1, 5, 10, 10)]
EXPECTED = make_rows([0, 0, 1, 1], [0, 11, 4, 7])


class GrowingSource:
    """A layer that has one row more each time its marker is asked for."""

    name: LayerName = "lake_bronze"

    def __init__(self, rows: Rows, grows: bool) -> None:
        self._rows = rows
        self._grows = grows
        self._visible = 0

    def marker(self) -> object:
        self._visible += self._grows
        return self._visible

    def read(self, windows: Sequence[Window]) -> Found:
        return Found(self._rows.where(self._rows.offset < self._visible))


class GrowingTopics:
    """Topics that gain one more of ``rows`` each time they are read; ``refused`` are dead letters of the layer."""

    windows = WINDOWS
    replaced = 0

    def __init__(self, rows: Rows, seen: int, refused: Rows | None = None) -> None:
        self._rows = rows
        self._seen = seen
        self._refused = make_rows() if refused is None else refused
        self._letters = make_rows()

    def extend(self) -> bool:
        grew = self._seen < len(self._rows) or len(self._letters) < len(self._refused)
        self._seen = min(self._seen + 1, len(self._rows))
        self._letters = self._refused
        return grew

    def expected(self) -> Expected:
        return Expected(self._rows.where(np.arange(len(self._rows)) < self._seen), refused=self._letters)


def proved(source: GrowingSource, expected: Rows, wait_s: float) -> LayerVerdict:
    topics = GrowingTopics(expected, len(expected))
    return verdict_of(source, topics, wait_s)


def verdict_of(source: GrowingSource, topics: GrowingTopics, wait_s: float) -> LayerVerdict:
    evidence = LayerEvidence(source, topics, topics.expected)
    return judge_when_caught_up(evidence, lambda verdict: verdict.lacks, time.monotonic() + wait_s)


def compared(expected: Rows, actual: Rows) -> LayerVerdict:
    return compare_layer("index", WINDOWS, Look(Expected(expected), Found(actual), Expected(expected)))


def test_only_rows_of_the_windows_are_compared() -> None:
    verdict = compared(EXPECTED, make_rows([0, 1], [0, 7]))

    assert (verdict.expected, verdict.actual) == (2, 2)
    assert not any(len(difference.missing) for difference in verdict.differences.values())


def test_a_row_beyond_raw_and_one_of_an_unknown_partition_are_unexplained() -> None:
    verdict = compared(EXPECTED, make_rows([0, 0, 1, 3], [0, 12, 7, 1]))

    unexplained = {number: found.unexplained.tolist() for number, found in verdict.differences.items()}
    assert unexplained == {0: [12], 1: [], 3: [1]}


def test_a_layer_that_catches_up_is_waited_for() -> None:
    rows = make_rows([0] * 5, range(5))

    assert proved(GrowingSource(rows, grows=True), rows, wait_s=60).actual == 5


def test_a_layer_that_stands_still_is_judged_at_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catch_up, "POLL_S", 0.001)
    rows = make_rows([0] * 5, range(5))

    verdict = proved(GrowingSource(rows, grows=False), rows, wait_s=0.01)

    assert verdict.differences[0].missing.tolist() == [0, 1, 2, 3, 4]


def test_a_layer_that_grows_without_what_is_missing_is_judged_after_the_deadline() -> None:
    expected, there = make_rows([0, 0], [0, 9]), make_rows([0], [0])

    verdict = proved(GrowingSource(there, grows=True), expected, wait_s=0.01)

    assert verdict.differences[0].missing.tolist() == [9]


def test_a_row_that_came_to_the_topic_while_the_layer_was_read_is_neither_missing_nor_unexplained() -> None:
    rows = make_rows([0] * 5, range(5))
    source = GrowingSource(rows.where(rows.offset < 4), grows=False)
    source._visible = 10

    verdict = verdict_of(source, GrowingTopics(rows, seen=3), wait_s=-1)

    assert (verdict.differences[0].missing.tolist(), verdict.differences[0].unexplained.tolist()) == ([], [])


def test_a_dead_letter_that_arrives_during_the_wait_excuses_its_row() -> None:
    rows = make_rows([0] * 5, range(5))
    source = GrowingSource(rows.where(rows.offset != 2), grows=False)
    source._visible = 10

    verdict = verdict_of(source, GrowingTopics(rows, 5, refused=rows.where(rows.offset == 2)), wait_s=30)

    assert verdict.differences[0].missing.tolist() == []
    assert verdict.expected == 4


def lines(*rows: tuple[int, str]) -> Rows:
    """Rows of exploded records: the record's offset and the row's identity."""
    return make_rows([0] * len(rows), [at for at, _ in rows], fingerprints(text.encode() for _, text in rows))


ORDER = [(1, "a_1"), (1, "a_2"), (1, "a_3")]


def test_a_refused_row_excuses_itself_and_not_its_neighbours() -> None:
    expected = Expected(lines(*ORDER), refused=lines((1, "a_2")))

    assert len(required(expected, lines((1, "a_1"), (1, "a_3")))) == 2
    lost = required(expected, lines((1, "a_1")))
    assert lost.identity.tolist() == lines((1, "a_1"), (1, "a_3")).identity.tolist()


def test_a_refused_row_that_came_into_the_layer_later_is_explained() -> None:
    expected = Expected(lines(*ORDER), refused=lines((1, "a_2")))
    found = Found(lines(*ORDER))

    verdict = compare_layer("index", WINDOWS, Look(expected, found, expected))

    assert [len(part) for part in _parts(verdict)] == [0, 0, 0]


def test_a_letter_without_a_row_number_excuses_one_absent_row_of_its_record() -> None:
    records = make_rows([0], [1])

    assert len(required(Expected(lines(*ORDER), refused_records=records), lines(*ORDER[:2]))) == 2
    assert len(required(Expected(lines(*ORDER), refused_records=records), lines(*ORDER[:1]))) == 3, "two are gone"
    as_many = concat([records] * 3)
    assert len(required(Expected(lines(*ORDER), refused_records=as_many), lines())) == 0
    elsewhere = make_rows([1, 0], [1, 2])
    assert len(required(Expected(lines(*ORDER), refused_records=elsewhere), lines(*ORDER[:2]))) == 3


def test_a_layer_is_looked_at_again_where_rows_of_the_topics_were_replaced() -> None:
    """As by a replay: a row that is not expected any more is not missing, though it was when the layer was read."""
    topics = GrowingTopics(make_rows([0, 0], [1, 2]), seen=2)
    source = GrowingSource(make_rows([0], [1]), grows=False)
    source._visible = 9
    evidence = LayerEvidence(source, topics, topics.expected)
    assert evidence.judge().lacks and not evidence.extend()
    topics._rows, topics._seen, topics.replaced = make_rows([0], [1]), 1, 1
    assert evidence.extend()
    assert not evidence.judge().lacks


def test_what_a_layer_holds_that_is_none_of_ours_is_kept_in_the_verdict() -> None:
    look = Look(Expected(EXPECTED), Found(EXPECTED, Strangers.at(["i/x"])), Expected(EXPECTED))

    assert compare_layer("index", WINDOWS, look).strangers == Strangers(1, ("i/x",))


def _parts(verdict: LayerVerdict) -> list[Offsets]:
    difference = verdict.differences[0]
    return [difference.missing, difference.doubled, difference.unexplained]


def test_what_retention_has_taken_is_left_out_and_what_is_lost_is_not() -> None:
    asked: list[list[int]] = []

    def taken(missing: Rows) -> Rows:
        asked.append(missing.offset.tolist())
        return make_rows([0], [3])

    expected = make_rows([0, 0, 0], [2, 3, 4])
    topics = GrowingTopics(expected, seen=3)
    evidence = LayerEvidence(GrowingSource(make_rows([0], [2]), grows=False), topics, topics.expected, taken)

    verdict = evidence.judge()

    assert asked == [[2, 3, 4]], "the source has shown nothing"
    assert verdict.differences[0].missing.tolist() == [2, 4]
    assert (verdict.expected, evidence.left_out) == (2, 1)


def test_where_nothing_is_missing_retention_is_not_asked() -> None:
    def taken(_: Rows) -> Rows:
        pytest.fail("asked")

    topics = GrowingTopics(make_rows(), seen=0)
    evidence = LayerEvidence(GrowingSource(make_rows(), grows=False), topics, topics.expected, taken)
    assert not evidence.judge().lacks
