"""What replays have judged: their verdicts in place of the topics', and each way of tampering that must be found."""

from dataclasses import replace

import numpy as np
import pytest

from tidegate.proof.raw_rows import RawRows
from tidegate.proof.replayed import Replay, Replayed, compare_replays, unlettered
from tidegate.proof.rows import Rows, concat, fingerprints, make_rows
from tidegate.proof.verdict import Outputs, PartitionVerdict, judge
from tidegate.proof.window import Window

WINDOW = Window(partition=0, start=0, end=100, high=100)
PLAN = "20260102t030405-abcd"


def silver_rows(*rows: tuple[int, str]) -> Rows:
    identities = fingerprints(identity.encode() for _, identity in rows)
    return make_rows([0] * len(rows), [offset for offset, _ in rows], identities)


def marked(*offsets: int) -> Rows:
    return make_rows([0] * len(offsets), offsets)


def numbered(*rows: tuple[int, int]) -> Rows:
    identity = np.zeros((len(rows), 2), np.uint64)
    identity[:, 0] = [number for _, number in rows]
    return make_rows([0] * len(rows), [offset for offset, _ in rows], identity)


def raw_of(*identities: str) -> RawRows:
    rows = silver_rows(*enumerate(identities))
    return RawRows(rows, np.ones(len(rows), np.bool_))


def on(replayed: Replayed, raw: RawRows, outputs: Outputs) -> PartitionVerdict:
    (verdict,) = judge([WINDOW], raw, replayed.over(outputs))
    return verdict


def faults(verdict: PartitionVerdict) -> tuple[list[int], list[int], list[int]]:
    difference = verdict.difference
    assert verdict.replayed.tolist() == sorted({*difference.missing, *difference.doubled, *difference.unexplained})
    return difference.missing.tolist(), difference.doubled.tolist(), difference.unexplained.tolist()


def counts(verdict: PartitionVerdict) -> tuple[int, int, int, int]:
    return verdict.silver, verdict.dead_letter, verdict.dropped, verdict.duplicate


RAW = raw_of("a", "b", "c", "d", "a", "e")
BEFORE = Outputs(silver_rows((0, "a"), (1, "b"), (5, "e")), dead_letter=marked(2), dropped=marked(3))
LAKE = silver_rows((0, "a"), (2, "c"))
REPLAY = Replay(PLAN, {0: (0, 5)}, rejected=marked(1), dropped=marked(3), duplicate=marked(4))
"""Of offsets 0 to 4: b is rejected now, c passes now."""


def test_the_replays_verdicts_stand_and_elsewhere_the_topics() -> None:
    verdict = on(Replayed.of([REPLAY], LAKE), RAW, BEFORE)

    assert faults(verdict) == ([], [], [])
    assert (verdict.raw, *counts(verdict)) == (6, 3, 1, 1, 1)
    assert verdict.replayed_records == 5


def test_the_layers_must_have_its_rows() -> None:
    rows = Replayed.of([REPLAY], LAKE).rows_over(BEFORE.silver)
    assert rows.offset.tolist() == [5, 0, 2]
    assert Replayed().rows_over(BEFORE.silver) is BEFORE.silver


def test_without_a_replay_nothing_is_another() -> None:
    assert Replayed().over(BEFORE) is BEFORE


@pytest.mark.parametrize(
    ("lake", "replay", "found"),
    [
        (silver_rows((2, "c")), REPLAY, ([0], [], [])),
        (silver_rows((0, "a"), (0, "a"), (2, "c")), REPLAY, ([], [0], [])),
        (silver_rows((0, "a"), (2, "c"), (1, "b")), REPLAY, ([], [1], [])),
        (silver_rows((0, "a"), (2, "c"), (4, "a")), REPLAY, ([], [4], [])),
        (silver_rows((0, "z"), (2, "c")), REPLAY, ([0], [], [0])),
        (LAKE, replace(REPLAY, rejected=make_rows()), ([1], [], [])),
        (LAKE, replace(REPLAY, rejected=marked(1, 1)), ([], [1], [])),
        (LAKE, replace(REPLAY, dropped=make_rows()), ([3], [], [])),
        (LAKE, replace(REPLAY, duplicate=make_rows()), ([4], [], [])),
    ],
    ids=[
        "a row removed",
        "a row doubled",
        "a row of a rejected record",
        "a row of a duplicate",
        "another row",
        "a rejected record's place removed",
        "a rejected record's place doubled",
        "a dropped record's place removed",
        "a duplicate's place removed",
    ],
)
def test_tampering_is_found(lake: Rows, replay: Replay, found: tuple[list[int], list[int], list[int]]) -> None:
    assert faults(on(Replayed.of([replay], lake), RAW, BEFORE)) == found


def test_a_row_of_a_duplicate_is_found_though_no_topic_knows_the_first() -> None:
    """As of a record that repeats one of last year, which is in the lake alone."""
    replayed = Replayed.of([Replay(PLAN, {0: (0, 1)}, duplicate=marked(0))], silver_rows((0, "a")))
    verdict = on(replayed, raw_of("a"), Outputs(marked(), marked(), marked()))
    assert faults(verdict) == ([], [0], [])


def test_a_repeat_from_outside_of_the_range_is_explained_by_the_row_that_the_topic_had() -> None:
    """Its record is rejected now; the repeat had its verdict before, and nobody has judged it again."""
    raw, before = raw_of("a", "a"), Outputs(silver_rows((0, "a")), marked(), marked())
    replayed = Replayed.of([Replay(PLAN, {0: (0, 1)}, rejected=marked(0))], make_rows())

    verdict = on(replayed, raw, before)

    assert (faults(verdict), counts(verdict)) == (([], [], []), (0, 1, 0, 1))


def test_a_row_of_the_topic_that_no_record_of_the_range_has_explains_nothing() -> None:
    """Nobody looks at the topic's rows in the range any more: there one could be put for an event that was lost."""
    before = Outputs(silver_rows((0, "a"), (0, "b")), marked(), marked())
    replayed = Replayed.of([Replay(PLAN, {0: (0, 1)})], silver_rows((0, "a")))
    (verdict,) = judge([WINDOW], raw_of("a", "b"), replayed.over(before))
    assert verdict.difference.missing.tolist() == [1]
    (later,) = judge([replace(WINDOW, start=1)], raw_of("a", "b").where(np.array([False, True])), replayed.over(before))
    assert later.duplicate == 1, "outside of the windows raw is not read"


def test_a_record_that_the_lake_lost_is_not_explained_by_its_own_row_in_the_topic() -> None:
    raw, before = raw_of("a"), Outputs(silver_rows((0, "a")), marked(), marked())
    assert faults(on(Replayed.of([Replay(PLAN, {0: (0, 1)})], make_rows()), raw, before)) == ([0], [], [])


def test_a_lost_row_at_the_end_is_not_taken_for_one_that_is_only_late() -> None:
    replay = replace(REPLAY, dropped=make_rows(), duplicate=make_rows())
    verdict = on(
        Replayed.of([replay], silver_rows((0, "a"))), raw_of("a", "b", "c"), Outputs(marked(), marked(), marked())
    )
    assert (faults(verdict), verdict.behind) == (([2], [], []), 0)


def test_what_a_replay_has_judged_is_neither_expired_nor_behind_an_open_transaction() -> None:
    raw, before = raw_of("a"), Outputs(make_rows(), marked(), marked(), hidden=silver_rows((0, "a")))
    replayed = Replayed.of([Replay(PLAN, {0: (0, 1)})], make_rows())
    (verdict,) = judge([WINDOW], raw, replayed.over(before), expired_before={0: 100})
    assert (faults(verdict), len(verdict.expired), len(verdict.undecided)) == (([0], [], []), 0, 0)


def test_of_several_replays_of_one_record_the_newest_counts() -> None:
    """The lake has the rows of the newest, too: it has replaced what was there."""
    older = Replay("20260101t000000-0000", {0: (0, 6)}, rejected=marked(0, 2), dropped=marked(3), duplicate=marked(4))
    newer = replace(REPLAY, spans={0: (0, 3)}, dropped=make_rows(), duplicate=make_rows())
    verdict = on(Replayed.of([newer, older], concat([LAKE, silver_rows((5, "e"))])), RAW, BEFORE)
    assert (faults(verdict), counts(verdict)) == (([], [], []), (3, 1, 1, 1))


@pytest.mark.parametrize(
    ("silver", "dropped", "found"),
    [
        (((0, "a"), (2, "c"), (5, "e")), (3,), ([], [], [])),
        (((2, "c"), (5, "e")), (3,), ([0], [], [])),
        (((0, "a"), (1, "b"), (2, "c"), (5, "e")), (3,), ([], [1], [])),
        (((0, "a"), (2, "c"), (5, "e")), (), ([3], [], [])),
    ],
)
def test_topics_that_were_filled_with_what_it_made_are_held_to_it(
    silver: tuple[tuple[int, str], ...], dropped: tuple[int, ...], found: tuple[list[int], list[int], list[int]]
) -> None:
    """The letters are those of all versions, so what it has rejected counts by its own word."""
    filled = Replayed.of([replace(REPLAY, is_filled=True)], LAKE)
    outputs = Outputs(silver_rows(*silver), dead_letter=marked(2), dropped=marked(*dropped))
    assert faults(on(filled, RAW, outputs)) == found
    assert filled.rows_over(outputs.silver).offset.tolist() == [offset for offset, _ in silver]


def test_a_later_replay_of_what_is_filled_stands_in_its_place() -> None:
    older = replace(REPLAY, is_filled=True)
    newer = Replay("20260103t000000-0000", {0: (0, 1)}, rejected=marked(0))
    lake, outputs = silver_rows((2, "c")), Outputs(silver_rows((0, "a"), (2, "c"), (5, "e")), marked(2), marked(3))
    verdict = on(Replayed.of([newer, older], lake), RAW, outputs)
    assert (faults(verdict), counts(verdict)) == (([], [], []), (2, 2, 1, 1))


def test_a_record_with_a_row_of_another_time_keeps_the_topics_verdict() -> None:
    replay = replace(REPLAY, left=marked(1, 3), rejected=marked(), dropped=marked())
    verdict = on(Replayed.of([replay], concat([LAKE, silver_rows((1, "b"))])), RAW, BEFORE)
    assert (faults(verdict), counts(verdict), verdict.replayed_records) == (([], [], []), (4, 0, 1, 1), 3)


def test_of_a_record_that_explodes_some_rows_pass_and_some_are_rejected() -> None:
    raw = RawRows(silver_rows((0, "a1"), (0, "a2"), (1, "a1"), (1, "a2")), np.ones(4, np.bool_))
    before = Outputs(silver_rows((0, "a1"), (0, "a2")), marked(), marked())
    replay = Replay(PLAN, {0: (0, 2)}, rejected=numbered((0, 2), (1, 2)), duplicate=marked(1))

    verdict = on(Replayed.of([replay], silver_rows((0, "a1"))), raw, before)

    assert (faults(verdict), counts(verdict)) == (([], [], []), (1, 0, 0, 1))
    lost = on(Replayed.of([replace(replay, rejected=make_rows())], silver_rows((0, "a1"))), raw, before)
    assert faults(lost) == ([0], [], [])


def test_a_rejected_record_needs_a_letter_of_its_own_or_of_its_row() -> None:
    rejected = concat([numbered((1, 0), (2, 0)), numbered((3, 1), (3, 2), (4, 1))])
    letters = concat([numbered((1, 0), (4, 0)), numbered((2, 1), (3, 2))])
    assert [*unlettered(rejected, letters, make_rows()).offset.tolist()] == [2, 3]


def test_a_rejected_row_of_a_record_that_passes_needs_its_own() -> None:
    """That of the record as a whole is resolved: its other rows are in the lake."""
    assert unlettered(numbered((4, 2)), numbered((4, 0)), silver_rows((4, "a1"))).offset.tolist() == [4]
    assert unlettered(numbered((4, 2)), numbered((4, 0), (4, 2)), silver_rows((4, "a1"))).offset.tolist() == []


def test_the_layer_names_what_has_no_verdict_and_what_has_no_letter() -> None:
    replayed = Replayed.of([REPLAY], silver_rows((2, "c"), (3, "d")))
    found = compare_replays(replayed, [on(replayed, RAW, BEFORE)], make_rows())
    assert found is not None
    assert (found.expected, found.actual, found.lacks) == (5, 3, True)
    difference = found.differences[0]
    assert (difference.missing.tolist(), difference.doubled.tolist()) == ([0, 1], [3])
    assert on(replayed, RAW, BEFORE).in_topics.missing.tolist() == []
    assert compare_replays(Replayed(), [on(Replayed(), RAW, BEFORE)], make_rows()) is None


def test_a_row_of_an_offset_that_raw_does_not_have_is_named_though_no_record_of_the_range_is_there() -> None:
    replayed = Replayed.of([Replay(PLAN, {0: (0, 5)})], silver_rows((3, "x")))
    verdict = on(replayed, raw_of(), Outputs(marked(), marked(), marked()))
    found = compare_replays(replayed, [verdict], make_rows())
    assert verdict.in_topics.unexplained.tolist() == []
    assert found is not None and found.differences[0].unexplained.tolist() == [3]
