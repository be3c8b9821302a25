"""Versions of files as rows: there and back, and which state counts."""

from datetime import date

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.clients.made_versions import newest, version
from tidegate.clients.file_version import ARROW, from_arrow, newest_rows, to_arrow


def test_a_version_is_the_same_after_it_was_a_row() -> None:
    told = version(7, sequence=3, run="ab12", replaces=5, rows=10, blank=2, reason="a line", faults="[]")

    assert from_arrow(to_arrow([told, version(8)])) == [told, version(8)]


def test_what_every_version_has_may_not_be_missing() -> None:
    required = {field.name for field in ARROW if not field.nullable}

    assert required >= {"dataset", "number", "uri", "date", "sha256", "stored", "state", "at", "sequence"}
    assert not required & {"run", "replaces", "rows", "reason", "faults"}
    assert ARROW.field("number").type == pa.int32()
    assert ARROW.field("size").type == pa.int64()


def test_a_column_of_a_later_tidegate_is_left_alone() -> None:
    rows = to_arrow([version(1)])

    assert from_arrow(rows.append_column("later", pa.array([1]))) == [version(1)]


@given(st.permutations(range(6)))
def test_the_highest_sequence_of_a_number_counts_in_whatever_order_rows_come(order: list[int]) -> None:
    rows = [
        version(1, sequence=1),
        version(2, sequence=2),
        version(1, state="checked", sequence=3),
        version(2, state="quarantined", sequence=4),
        version(1, state="loading", sequence=5),
        version(10, state="ignored", sequence=6, date=date(2026, 1, 1)),
    ]

    found = newest(rows[place] for place in order)

    assert from_arrow(newest_rows(to_arrow([rows[place] for place in order]))) == [*found]
    assert [(each.number, each.state) for each in found] == [(1, "loading"), (2, "quarantined"), (10, "ignored")]
