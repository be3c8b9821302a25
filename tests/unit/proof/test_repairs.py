"""A redriven copy and its origin are one event: counts that add up, and what breaks them."""

from dataclasses import replace

from hypothesis import given

from tests.unit.proof.redriven_history import Event, History, histories, judged
from tidegate.proof.redrives import Redrives
from tidegate.proof.rows import make_rows
from tidegate.proof.verdict import PartitionVerdict
from tidegate.proof.window import Window

COUNTS = ("raw", "silver", "dead_letter", "repaired", "parked", "dropped", "duplicate")


def counted(verdicts: list[PartitionVerdict]) -> dict[str, int]:
    return {name: sum(getattr(each, name) for each in verdicts) for name in COUNTS}


def missing(verdicts: list[PartitionVerdict]) -> set[tuple[int, int]]:
    return {(each.window.partition, offset) for each in verdicts for offset in each.difference.missing.tolist()}


@given(histories())
def test_any_history_is_counted_as_a_plain_program_counts_it(history: History) -> None:
    verdicts = judged(history)

    assert counted(verdicts) == history.expected()
    assert missing(verdicts) == history.missing()
    assert not any(len(each.difference.doubled) + len(each.difference.unexplained) for each in verdicts)


@given(histories())
def test_the_columns_of_all_of_raw_add_up_to_what_came_in(history: History) -> None:
    whole = [Window(window.partition, 0, window.high, window.high) for window in history.windows]
    verdicts = judged(History(history.events, whole))
    counts = counted(verdicts)

    assert counts["raw"] == len(history.events)
    assert counts["raw"] == sum(counts[name] for name in COUNTS[1:]) + len(missing(verdicts))
    assert sum(each.copies for each in verdicts) == sum(len(event.places) - 1 for event in history.events)


def history_of(*places: int, end: str = "silver", window: tuple[int, int] | None = None) -> History:
    """One event whose records are at these offsets of partition 0, and nothing else."""
    high = max(places) + 1
    start, stop = window or (0, high)
    windows = [Window(0, start, stop, high), Window(1, 0, 0, 0)]
    return History([Event("a", end, [(0, offset) for offset in places])], windows)


def test_a_copy_outside_of_the_window_settles_its_origin_and_is_missing_where_it_is() -> None:
    repaired = judged(history_of(0, 5, window=(0, 3)))
    lost = judged(history_of(0, 5, end="missing", window=(0, 3)))

    assert (counted(repaired)["repaired"], missing(repaired)) == (1, set())
    assert (counted(lost)["repaired"], counted(lost)["dead_letter"], missing(lost)) == (0, 0, {(0, 5)})


def test_a_copy_of_an_event_from_outside_of_the_window_has_not_come_in() -> None:
    verdicts = judged(history_of(0, 5, window=(3, 6)))

    assert counted(verdicts) == dict.fromkeys(COUNTS, 0)
    assert verdicts[0].copies == 1


def test_an_origin_that_has_lost_its_letter_is_missing_and_no_duplicate_of_its_own_copy() -> None:
    history = history_of(0, 1)
    outputs = replace(history.outputs(), dead_letter=make_rows())
    redrives = replace(history.redrives(), letters=frozenset())

    verdicts = judged(history, redrives, outputs)

    assert missing(verdicts) == {(0, 0)}
    assert counted(verdicts) == dict.fromkeys(COUNTS, 0) | {"raw": 1}


def test_what_is_discarded_stays_a_dead_letter_and_is_told_of() -> None:
    (verdict, _) = judged(history_of(0, 1, end="discarded"))

    assert (verdict.dead_letter, verdict.discarded, verdict.parked) == (1, 1, 0)


def test_without_redrives_nothing_changes() -> None:
    history = history_of(0, end="dead_letter")

    assert counted(judged(history, Redrives())) == dict.fromkeys(COUNTS, 0) | {"raw": 1, "dead_letter": 1}
