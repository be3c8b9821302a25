"""Rows of a table by a condition, and how much of it that is."""

from pathlib import Path

import pytest

from tests.unit.clients.strict_catalog import NAME, StrictCatalog, append, lake, rows
from tidegate.clients import lake_rows
from tidegate.clients.lake_rows import Held, main_snapshot, open_table, rows_held, scan_rows, table_if_there
from tidegate.errors import TidegateError
from tidegate.settings import Settings

SETTINGS = Settings.model_construct()
CONDITION = "_source_partition = 0 and _source_offset >= 10"


@pytest.fixture
def catalog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StrictCatalog:
    made, _ = lake(tmp_path)
    monkeypatch.setattr(lake_rows, "open_catalog", lambda _settings: made)
    monkeypatch.setattr(lake_rows, "find_table", lambda found, name: found.tables.get(name))
    return made


def test_a_table_that_is_not_there_is_refused_with_the_remedy(catalog: StrictCatalog) -> None:
    assert table_if_there(SETTINGS, "silver.other") is None
    with pytest.raises(TidegateError, match="the lake has no table"):
        open_table(SETTINGS, "silver.other")
    assert catalog.tables


def test_an_empty_table_holds_nothing(catalog: StrictCatalog) -> None:
    table = catalog.load_table(NAME)
    assert main_snapshot(table) is None
    assert rows_held(SETTINGS, table, CONDITION) == Held(0, 0, 0)
    assert [*scan_rows(SETTINGS, table, ("value",))] == []


def test_rows_that_meet_a_condition_are_counted_with_the_files_they_are_in(catalog: StrictCatalog) -> None:
    append(catalog, rows([(0, 1), (0, 2)]))
    last = append(catalog, rows([(0, 9), (0, 10), (0, 11)]))
    table = catalog.load_table(NAME)
    held = rows_held(SETTINGS, table, CONDITION)
    assert (held.rows, held.files) == (2, 1)
    assert held.bytes > 0
    assert main_snapshot(table) == last
    found = [row for batch in scan_rows(SETTINGS, table, ("_source_offset",), CONDITION) for row in batch.to_pylist()]
    assert sorted(row["_source_offset"] for row in found) == [10, 11]
    assert sum(len(batch) for batch in scan_rows(SETTINGS, table, ("value",))) == 5
