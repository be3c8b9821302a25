"""Raw is read where it has all of a range; what retention has removed there is read out of bronze."""

from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from tests.unit.replay.lake import DAY, SCHEMA, SETTINGS, VISITS, Lake
from tidegate.errors import TidegateError
from tidegate.replay import sources
from tidegate.replay.range_plan import BRONZE, RAW
from tidegate.replay.sources import Kept, begins_later, kept_of, offsets_arrived

KEPT = Kept({0: (100, 1000), 1: (0, 50)}, {0: 20})


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lake:
    """Bronze has the offsets 20 to 29 and 95 to 104 of partition 0, each a second after the one before."""
    made = Lake(tmp_path)
    monkeypatch.setattr(sources, "table_if_there", made.opened)
    monkeypatch.setattr(sources, "topic_spans", lambda *_: dict(KEPT.raw))
    bronze = made.catalog.create(f"bronze.{VISITS.name}", pa.schema([SCHEMA.field(name) for name in SCHEMA.names[:4]]))
    offsets = [*range(20, 30), *range(95, 105)]
    times = [DAY + timedelta(seconds=offset) for offset in offsets]
    bronze.append(pa.table([[0] * len(offsets), offsets, times, times], schema=bronze.schema().as_arrow()))
    return made


def test_what_raw_has_whole_is_read_there_and_the_rest_out_of_bronze() -> None:
    assert KEPT.spans == {0: (20, 1000), 1: (0, 50)}
    assert KEPT.source_of({0: (100, 200), 1: (0, 0)}) == RAW
    assert KEPT.source_of({0: (99, 200), 1: (0, 0)}) == BRONZE
    assert KEPT.source_of({0: (0, 0), 1: (3, 5)}) == RAW


def test_a_source_that_was_asked_for_is_taken() -> None:
    bronze = Kept(KEPT.raw, {0: 20, 1: 7}, BRONZE)
    assert bronze.source_of({0: (500, 600)}) == BRONZE
    assert bronze.spans == {0: (20, 1000), 1: (7, 50)}
    assert Kept(KEPT.raw, {}, RAW).spans == dict(KEPT.raw)
    assert [kept.where for kept in (KEPT, bronze, Kept(KEPT.raw, {}))] == ["raw or bronze", "bronze", "raw"]


def test_a_range_by_time_that_begins_where_the_records_do_says_so() -> None:
    assert begins_later(KEPT, {0: (20, 30), 1: (0, 50)}) == [
        "Partition 0 begins at offset 20 in raw or bronze: what was before is gone."
    ]
    assert begins_later(KEPT, {0: (21, 30), 1: (0, 50)}) == []


def test_bronze_is_asked_for_the_first_offset_that_raw_lacks(lake: Lake) -> None:
    assert kept_of(SETTINGS, VISITS, None) == KEPT
    assert kept_of(SETTINGS, VISITS, RAW) == Kept(KEPT.raw, {}, RAW)
    lake.catalog.tables.clear()
    assert kept_of(SETTINGS, VISITS, None) == Kept(KEPT.raw, {})
    with pytest.raises(TidegateError, match="no raw bytes"):
        kept_of(SETTINGS, VISITS, BRONZE)


@pytest.mark.usefixtures("lake")
def test_a_time_before_what_raw_has_is_found_in_bronze(monkeypatch: pytest.MonkeyPatch) -> None:
    day_ms = int(DAY.timestamp()) * 1000
    raw = {"at": {0: 100, 1: 3}}
    monkeypatch.setattr(sources, "offsets_at", lambda *_: raw["at"])
    assert offsets_arrived(SETTINGS, VISITS, KEPT, day_ms + 25_000) == {0: 25, 1: 3}
    assert offsets_arrived(SETTINGS, VISITS, KEPT, day_ms + 40_000) == {0: 95, 1: 3}
    assert offsets_arrived(SETTINGS, VISITS, KEPT, day_ms + 100_000) == {0: 100, 1: 3}
    raw["at"] = {0: 120}
    assert offsets_arrived(SETTINGS, VISITS, KEPT, day_ms + 120_000) == {0: 120}
