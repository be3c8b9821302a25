"""Where a proof can begin after retention has cut the outputs."""

import pytest

from tidegate.proof.retention import CLOCKS_MS, Edge, LeftOut, Remains, begin_at, edge_of
from tidegate.proof.window import Window

NOW_MS = 1_000_000_000
HOUR_MS = 3_600_000
RULE = {"cleanup.policy": "delete", "retention.ms": str(HOUR_MS), "retention.bytes": "-1"}


def edge(
    starts: dict[int, int], first_ms: dict[int, int], settings: dict[str, str] = RULE, *, trust_rule: bool = True
) -> int | None:
    found = edge_of(Remains("silver.x", starts, first_ms, settings), NOW_MS, trust_rule=trust_rule)
    return None if found is None else found.until_ms


def test_an_output_that_begins_at_0_is_whole() -> None:
    assert edge({0: 0, 1: 0}, {}) is None


def test_what_was_written_before_the_first_record_that_is_left_may_be_gone() -> None:
    assert edge({0: 7, 1: 0, 2: 9}, {0: 5000, 2: 9000}) == 9000 + CLOCKS_MS, (
        "of partitions cut at several edges the last"
    )


@pytest.mark.parametrize(
    ("settings", "until_ms"),
    [
        (RULE, NOW_MS - HOUR_MS),
        (RULE | {"retention.bytes": "1000"}, NOW_MS),
        (RULE | {"retention.ms": "-1"}, NOW_MS),
        ({}, NOW_MS),
    ],
    ids=["by time", "by size", "by hand", "not known"],
)
def test_of_an_emptied_partition_kafkas_rule_says_how_old_its_rows_were(
    settings: dict[str, str], until_ms: int
) -> None:
    assert edge({0: 7, 1: 4}, {0: 5000}, settings) == until_ms + CLOCKS_MS


def test_where_the_rule_is_not_trusted_an_emptied_partition_may_have_had_rows_a_moment_ago() -> None:
    assert edge({0: 7}, {}, trust_rule=False) == NOW_MS + CLOCKS_MS
    assert edge({0: 7}, {0: 5000}, trust_rule=False) == 5000 + CLOCKS_MS


def test_a_compacted_output_may_lack_any_row() -> None:
    assert edge({0: 0}, {}, RULE | {"cleanup.policy": "compact,delete"}) == NOW_MS
    assert edge_of(Remains("t", {0: 0}, {}, {"cleanup.policy": "compact"}), 5, trust_rule=True) == Edge("t", 5)


@pytest.mark.parametrize(
    ("first_ms", "trust_rule", "until_ms"),
    [
        ({0: 4 * HOUR_MS, 1: 5 * HOUR_MS}, True, 4 * HOUR_MS),
        ({0: 4 * HOUR_MS}, True, NOW_MS - HOUR_MS),
        ({0: 4 * HOUR_MS, 1: 5 * HOUR_MS}, False, 5 * HOUR_MS),
    ],
    ids=["since its filling", "a partition without records", "a rule that is not trusted"],
)
def test_a_topic_that_was_filled_lacks_what_was_older_than_the_retention_then(
    first_ms: dict[int, int], trust_rule: bool, until_ms: int
) -> None:
    remains = Remains("silver.x.v2", {0: 0, 1: 0}, first_ms, RULE, filled=True)

    found = edge_of(remains, NOW_MS, trust_rule=trust_rule)

    assert found == Edge("silver.x.v2", until_ms + CLOCKS_MS)


def test_where_retention_has_cut_a_filled_topic_its_first_record_says_from_when_on_it_is_whole() -> None:
    first_ms = NOW_MS - HOUR_MS // 2
    remains = Remains("silver.x.v2", {0: 3, 1: 0}, {0: first_ms, 1: 2 * HOUR_MS}, RULE, filled=True)

    assert edge_of(remains, NOW_MS, trust_rule=True) == Edge("silver.x.v2", first_ms + CLOCKS_MS)


@pytest.mark.parametrize(
    ("filled", "trust_rule", "until_ms"),
    [(True, True, NOW_MS - HOUR_MS), (True, False, 4 * HOUR_MS), (False, True, 4 * HOUR_MS)],
)
def test_in_a_filled_topic_removed_rows_may_be_younger_than_the_first_that_is_left(
    filled: bool, trust_rule: bool, until_ms: int
) -> None:
    """Its first one may be of the replayed range, whose rows lie between others."""
    remains = Remains("silver.x.v2", {0: 3}, {0: 4 * HOUR_MS}, RULE, filled=filled)

    assert edge_of(remains, NOW_MS, trust_rule=trust_rule) == Edge("silver.x.v2", until_ms + CLOCKS_MS)


def test_windows_begin_where_the_outputs_are_whole_and_what_is_left_out_is_told() -> None:
    windows = [Window(0, 0, 100, 120), Window(1, 50, 100, 100), Window(2, 0, 100, 100), Window(3, 10, 10, 40)]

    kept, left_out = begin_at(windows, {0: 30, 1: 30, 3: 40})

    assert kept == [Window(0, 30, 100, 120), Window(1, 50, 100, 100), Window(2, 100, 100, 100), Window(3, 10, 10, 40)]
    assert left_out == [LeftOut(0, 0, 30), LeftOut(2, 0, 100)]
