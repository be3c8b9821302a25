"""What is asked of a lake table, and what its batches are; tests/stack/test_prove_lake_index.py has real tables."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest

from tidegate.errors import TidegateError
from tidegate.proof import lake_reader
from tidegate.proof.lake_reader import LakeSource, window_filter
from tidegate.proof.rows import fingerprints
from tidegate.proof.strangers import Strangers
from tidegate.proof.window import Window
from tidegate.settings import Settings

WINDOWS = [Window(0, 5, 7, 9), Window(1, 2, 4, 4)]


class Table:
    """A table that holds one batch; remembers what was asked of it."""

    def __init__(self, columns: dict[str, list[Any]]) -> None:
        self._batch = pa.RecordBatch.from_pydict(columns)
        self.asked: dict[str, Any] = {}

    def current_snapshot(self) -> object:
        return SimpleNamespace(snapshot_id=1)

    def schema(self) -> object:
        return SimpleNamespace(fields=[SimpleNamespace(name=name) for name in self._batch.schema.names])

    def scan(self, **asked: Any) -> "Table":
        self.asked = asked
        return self

    def to_arrow_batch_reader(self) -> list[pa.RecordBatch]:
        return [self._batch]


def source(monkeypatch: pytest.MonkeyPatch, table: Table, identity: tuple[str, ...] = ("id",)) -> LakeSource:
    monkeypatch.setattr(lake_reader, "open_catalog", lambda _: None)
    monkeypatch.setattr(lake_reader, "find_table", lambda *_: table)
    return LakeSource(Settings(), "lake_silver", "silver.x", identity)


def table(partition: Sequence[Any], offset: Sequence[Any], **others: list[Any]) -> Table:
    return Table({"_source_partition": [*partition], "_source_offset": [*offset]} | others)


def test_the_condition_is_of_the_windows_of_what_is_in_none_and_of_what_has_no_coordinates() -> None:
    assert window_filter(WINDOWS) == (
        "(_source_partition = 0 and _source_offset >= 5 and (_source_offset < 7 or _source_offset >= 9))"
        " or (_source_partition = 1 and _source_offset >= 2)"
        " or _source_partition not in (0, 1) or _source_partition is null or _source_offset is null"
    )


def test_iceberg_understands_the_condition() -> None:
    from pyiceberg.expressions import parser, visitors

    parsed = parser.parse(window_filter(WINDOWS))

    assert isinstance(visitors.rewrite_not(parsed), type(parsed))
    assert "GreaterThanOrEqual" in repr(parsed)


def test_only_the_windows_are_read_unless_they_are_all_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    lake = table([0, 1], [6, 3], id=["a", "b"])

    rows = source(monkeypatch, lake).read(WINDOWS).rows
    assert lake.asked["row_filter"] == window_filter(WINDOWS)
    assert lake.asked["selected_fields"] == ("_source_partition", "_source_offset", "id")
    assert (rows.partition.tolist(), rows.offset.tolist()) == ([0, 1], [6, 3])
    assert rows.identity.tolist() == fingerprints([b"a", b"b"]).tolist()

    source(monkeypatch, lake).read([Window(0, 0, 9, 9)])
    assert "row_filter" not in lake.asked


def test_rows_without_coordinates_are_counted_and_the_others_read(monkeypatch: pytest.MonkeyPatch) -> None:
    found = source(monkeypatch, table([0, None, 1, 1], [6, 5, None, 3], id=["a", "b", "c", "d"])).read(WINDOWS)

    assert found.rows.offset.tolist() == [6, 3]
    assert found.strangers == Strangers(2, ("rows of silver.x without coordinates",))


def test_a_table_of_another_shape_is_one_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TidegateError, match=r"table silver\.x lacks id\..*prove with --no-lake"):
        source(monkeypatch, table([0], [1])).read(WINDOWS)
    with pytest.raises(TidegateError, match=r"table silver\.x has something else than numbers"):
        source(monkeypatch, table(["zero"], [1], id=["a"])).read(WINDOWS)
