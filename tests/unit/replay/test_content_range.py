"""Content is compared with what bronze gives where raw has the records no more."""

from datetime import timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from tests.unit.replay.lake import DAY, SCHEMA, SETTINGS, VISITS, Lake
from tidegate.proof.content import Source
from tidegate.proof.reconcile import Scope
from tidegate.proof.rows import make_rows
from tidegate.proof.window import Window, spans_of
from tidegate.replay import bronze, sources
from tidegate.replay.content_range import committed, windows_in_bronze
from tidegate.replay.sources import raw_has_some

RAW = {0: (100, 1000), 1: (0, 50)}


@pytest.fixture(autouse=True)
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bronze has the offsets 20 to 104 of partition 0, raw from 100 on; partition 1 is whole in raw."""
    made = Lake(tmp_path)
    monkeypatch.setattr(sources, "table_if_there", made.opened)
    monkeypatch.setattr(bronze, "open_table", made.opened)
    monkeypatch.setattr(sources, "topic_spans", lambda *_: dict(RAW))
    monkeypatch.setattr(sources, "offsets_at", lambda *_: {0: 100})
    table = made.catalog.create(f"bronze.{VISITS.name}", pa.schema([SCHEMA.field(name) for name in SCHEMA.names[:4]]))
    offsets = [*range(20, 105)]
    times = [DAY + timedelta(seconds=offset) for offset in offsets]
    table.append(pa.table([[0] * len(offsets), offsets, times, times], schema=table.schema().as_arrow()))


def windows(start: str | None, end: str | None = None, source: Source | None = None) -> list[tuple[int, int]] | None:
    found = windows_in_bronze(SETTINGS, VISITS, Scope(start, end), source)
    return None if found is None else [(each.start, each.end) for each in found]


def test_raw_is_read_where_it_has_all_that_is_asked_for() -> None:
    assert windows(None) is None
    assert windows("0:100,1:3") is None
    assert windows("0:30,1:0", source="raw") is None


def test_bronze_is_read_for_what_raw_has_no_more_or_where_it_is_asked_for() -> None:
    assert windows("0:30", "0:40,1:0") == [(30, 40), (0, 0)]
    assert windows("0:0", "0:40,1:0") == [(20, 40), (0, 0)]
    assert windows((DAY + timedelta(seconds=50)).isoformat()) == [(50, 1000), (50, 50)]
    assert windows(None, source="bronze") == [(20, 1000), (50, 50)]


def test_what_raw_has_of_it_is_proved_too() -> None:
    assert raw_has_some(SETTINGS, VISITS, spans_of([Window(0, 30, 101, 1000), Window(1, 0, 0, 50)]))
    assert not raw_has_some(SETTINGS, VISITS, spans_of([Window(0, 30, 100, 1000), Window(1, 0, 0, 50)]))


def test_rows_that_the_lake_job_has_committed_before_their_raw_bytes_are_left_for_later() -> None:
    held = make_rows([0, 0, 0, 1], [30, 104, 105, 7])
    whole = [Window(0, 20, 1000, 1000), Window(1, 0, 50, 50)]

    assert committed(SETTINGS, VISITS, whole, held).offset.tolist() == [30, 104, 7]
    assert np.array_equal(committed(SETTINGS, VISITS, [Window(1, 0, 50, 50)], held).offset, held.offset)
