"""Which files search is to get and to lose, how far back, and under which version of documents."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.files.versions import AT, version
from tidegate.contracts.model import Index
from tidegate.files.pieces import exactly
from tidegate.files.to_index import GONE, Due, due, next_version, noted, searchable, to_do_again

TODAY = date(2026, 11, 30)
LOADED: Any = {"state": "loaded", "silver": 5}
REPLACED: Any = {"state": "superseded", "silver": 5}


def index(period: str, retention_days: int) -> Index:
    return Index(pattern=f"events-visits-{{at|{period}}}", retention_days=retention_days)


def test_loaded_files_get_documents_and_replaced_ones_lose_them() -> None:
    versions = [
        version(1, **REPLACED, indexed=7),
        version(2, **REPLACED),
        version(3, **REPLACED, indexed=GONE),
        version(4, state="superseded"),
        version(5, **LOADED, indexed=7),
        version(6, **LOADED),
        version(7, state="loading"),
        version(8, state="quarantined", rows=3),
    ]

    assert due(versions) == Due((6,), (1, 2))


@given(st.lists(st.sampled_from([LOADED, REPLACED, {"state": "checked"}]), max_size=8), st.data())
def test_what_was_done_is_not_due_any_more_and_the_rest_is(states: list[Any], data: st.DataObject) -> None:
    versions = [version(number, **each) for number, each in enumerate(states, 1)]
    what = due(versions)
    done = Due(
        tuple(data.draw(st.sets(st.sampled_from(what.written)))) if what.written else (),
        tuple(data.draw(st.sets(st.sampled_from(what.gone)))) if what.gone else (),
    )

    rows = {each.number: each for each in noted(versions, done, "indexed", 9, AT)}

    left = due([rows.get(each.number, each) for each in versions])
    assert {*left.written} == {*what.written} - {*done.written}
    assert {*left.gone} == {*what.gone} - {*done.gone}


def test_a_file_that_was_replaced_meanwhile_is_not_noted_as_searchable() -> None:
    assert not [*noted([version(1, **REPLACED)], Due((1,)), "indexed", 9, AT)]


def test_documents_are_wanted_once_more_of_a_date() -> None:
    versions = [
        version(1, **LOADED, indexed=7),
        version(2, **LOADED, indexed=7, date=TODAY),
        version(3, **REPLACED, indexed=7),
    ]

    assert [each.number for each in to_do_again(versions, "indexed", TODAY, AT)] == [2]
    assert due(to_do_again(versions, "indexed", None, AT)) == Due((1, 2))


@pytest.mark.parametrize(
    ("period", "days", "first"),
    [
        ("yyyy.MM.dd", 90, datetime(2026, 9, 1, tzinfo=UTC)),
        ("yyyy.MM", 75, datetime(2026, 9, 1, tzinfo=UTC)),
        ("yyyy", 400, datetime(2025, 1, 1, tzinfo=UTC)),
    ],
)
def test_rows_are_searchable_as_far_back_as_retention_leaves_an_index(period: str, days: int, first: datetime) -> None:
    assert searchable(index(period, days), [3, 1], TODAY).since == (("at", first),)


def test_a_file_is_named_in_each_language() -> None:
    rows = searchable(index("yyyy.MM.dd", 90), [7, 3], TODAY)

    assert rows.sql_condition == (
        "(_source_partition = 3 OR _source_partition = 7) "
        "AND `at` >= CAST(TIMESTAMP '2026-09-01 00:00:00.000000' AS TIMESTAMP_LTZ(6))"
    )
    assert rows.condition == f"{exactly([3, 7])} and at >= '2026-09-01T00:00:00+00:00'"
    assert rows.documents["bool"]["filter"][0] == {"terms": {"_source_partition": [3, 7]}}
    nothing = replace(rows, numbers=())
    assert (nothing.sql_condition[:7], nothing.condition.partition(" and")[0]) == (
        "(FALSE)",
        "(_source_partition = -1)",
    )


def test_days_that_were_removed_from_silver_are_left_out() -> None:
    rows = searchable(index("yyyy.MM.dd", 90), [3], TODAY)

    assert rows.left_by("sold_at", None) == rows
    left = rows.left_by("sold_at", date(2026, 10, 1))
    assert left.in_time == "at >= '2026-09-01T00:00:00+00:00' and sold_at >= '2026-10-01T00:00:00+00:00'"
    assert left.documents["bool"]["filter"][1:] == [
        {"range": {"at": {"gte": "2026-09-01T00:00:00+00:00"}}},
        {"range": {"sold_at": {"gte": "2026-10-01T00:00:00+00:00"}}},
    ]


def test_a_version_is_the_time_but_never_one_that_was_given() -> None:
    assert next_version(1000, 0, []) == 1000
    assert next_version(1000, 2000, [version(1, **LOADED, indexed=1500)]) == 2001
    assert next_version(1000, 0, [version(1, **REPLACED, indexed=GONE), version(2, **LOADED, indexed=1500)]) == 1501
