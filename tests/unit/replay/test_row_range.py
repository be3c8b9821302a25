"""Arrow, Iceberg and numpy agree on which rows are of a range."""

from datetime import UTC, datetime

import numpy as np
from pyiceberg.expressions.parser import parse

from tidegate.proof.rows import make_rows
from tidegate.replay.row_range import EventTimes, RowRange


def us(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp()) * 1_000_000


def test_the_condition_names_each_partition_that_has_offsets() -> None:
    assert RowRange({0: (10, 20), 1: (5, 5), 2: (0, 1)}).condition == (
        "(_source_partition = 0 and _source_offset >= 10 and _source_offset < 20) or "
        "(_source_partition = 2 and _source_offset >= 0 and _source_offset < 1)"
    )


def test_a_range_without_offsets_is_of_no_row_and_never_of_all() -> None:
    empty = RowRange({0: (5, 5)})
    assert empty.condition == "_source_partition < 0"
    assert not empty.of(make_rows([0, 0], [4, 5])).any()


def test_rows_of_the_range_are_marked() -> None:
    rows = make_rows([0, 0, 0, 1], [9, 10, 20, 10])
    assert RowRange({0: (10, 20), 1: (0, 0)}).of(rows).tolist() == [False, True, False, False]


def test_of_a_time_only_the_rows_within_it_are_of_the_range() -> None:
    times = EventTimes("event_time", us("2026-01-02T00:00:00+00:00"), us("2026-01-03T00:00:00+00:00"))
    asked = RowRange({0: (0, 9)}, times)
    rows = make_rows([0, 0, 0], [1, 2, 3])
    days = ("2026-01-01T23:59:59+00:00", "2026-01-02T00:00:00+00:00", "2026-01-03T00:00:00+00:00")
    found = np.array([us(day) for day in days])
    assert asked.of(rows, found).tolist() == [False, True, False]
    assert asked.condition.endswith(
        "and event_time >= '2026-01-02T00:00:00.000000+00:00' and event_time < '2026-01-03T00:00:00.000000+00:00'"
    )
    assert parse(asked.condition)


def test_a_time_may_have_one_end_only() -> None:
    open_end = EventTimes("t", datetime(2026, 1, 2, tzinfo=UTC).timestamp().__int__() * 1_000_000)
    assert open_end.of(np.array([0, us("2027-01-01T00:00:00+00:00")])).tolist() == [False, True]


def test_flink_and_opensearch_are_asked_for_the_same_rows() -> None:
    times = EventTimes("event_time", us("2026-01-02T00:00:00+00:00") + 1, us("2026-01-03T00:00:00+00:00"))
    asked = RowRange({0: (10, 20), 1: (5, 5)}, times)
    assert asked.sql_condition == (
        "((_source_partition = 0 and _source_offset >= 10 and _source_offset < 20))"
        " AND `event_time` >= CAST(TIMESTAMP '2026-01-02 00:00:00.000001' AS TIMESTAMP_LTZ(6))"
        " AND `event_time` < CAST(TIMESTAMP '2026-01-03 00:00:00.000000' AS TIMESTAMP_LTZ(6))"
    )
    places, bounds = asked.documents["bool"]["filter"]
    assert places["bool"] == {
        "should": [
            {
                "bool": {
                    "filter": [
                        {"term": {"_source_partition": 0}},
                        {"range": {"_source_offset": {"gte": 10, "lt": 20}}},
                    ]
                }
            }
        ],
        "minimum_should_match": 1,
    }
    start_ms = us("2026-01-02T00:00:00+00:00") // 1000
    ends = {"gte": start_ms + 1, "lt": start_ms + 86_400_000, "format": "epoch_millis"}
    assert bounds == {"range": {"event_time": ends}}
    assert RowRange({0: (5, 5)}).sql_condition == "(FALSE)"
