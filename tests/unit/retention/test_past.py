"""Which snapshots still reach what retention has removed."""

from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from tests.unit.clients.strict_catalog import StrictCatalog, branch_of
from tidegate.clients.lake_branch import tag_what_was_before
from tidegate.clients.lake_days import drop_days
from tidegate.retention.past import from_before

NAME = "silver.clicks"
SCHEMA = pa.schema([pa.field("offset", pa.int64()), *(pa.field(part, pa.int32()) for part in ("year", "month", "day"))])


def append(catalog: StrictCatalog, offset: int, day: int) -> int:
    table = catalog.load_table(NAME)
    table.append(pa.Table.from_pylist([{"offset": offset, "year": 2026, "month": 3, "day": day}], SCHEMA))
    current = table.current_snapshot()
    assert current is not None
    return current.snapshot_id


@pytest.fixture
def lake(tmp_path: Path) -> tuple[StrictCatalog, list[int]]:
    """Two commits, then retention's, which removes the first day."""
    catalog = StrictCatalog(tmp_path)
    catalog.create(NAME, SCHEMA, ("year", "month", "day"))
    before = [append(catalog, 1, 1), append(catalog, 2, 2)]
    drop_days(catalog.load_table(NAME), date(2026, 3, 2))
    return catalog, before


def left(catalog: StrictCatalog) -> set[int]:
    return from_before(catalog.load_table(NAME).metadata)


def test_all_that_was_before_and_nothing_after(lake: tuple[StrictCatalog, list[int]]) -> None:
    catalog, before = lake
    append(catalog, 3, 3)
    assert left(catalog) == {*before}


def test_a_branch_that_was_begun_since_is_none(lake: tuple[StrictCatalog, list[int]]) -> None:
    catalog, before = lake
    main = catalog.load_table(NAME).current_snapshot()
    assert main is not None
    append(catalog, 3, 3)
    branch_of(catalog, NAME, "aside", main.snapshot_id)
    assert left(catalog) == {*before}


def test_a_tag_from_before_holds_it(lake: tuple[StrictCatalog, list[int]]) -> None:
    catalog, before = lake
    assert tag_what_was_before(catalog.load_table(NAME), before[1], "before-plan")
    assert before[0] in left(catalog)


def test_a_table_that_retention_left_alone_has_none(tmp_path: Path) -> None:
    catalog = StrictCatalog(tmp_path)
    catalog.create(NAME, SCHEMA, ("year", "month", "day"))
    assert left(catalog) == set()
    append(catalog, 1, 1)
    append(catalog, 2, 1)
    assert left(catalog) == set()


def test_where_its_commit_is_expired_too_what_is_older_than_main_is_left(
    lake: tuple[StrictCatalog, list[int]],
) -> None:
    """As after a tag has outlived it."""
    catalog, before = lake
    newest = append(catalog, 3, 3)
    metadata = catalog.load_table(NAME).metadata
    kept = [each for each in metadata.snapshots if each.snapshot_id in (before[0], newest)]
    old = kept[0].model_copy(update={"timestamp_ms": kept[1].timestamp_ms - 1})
    assert from_before(metadata.model_copy(update={"snapshots": [old, kept[1]]})) == {before[0]}
