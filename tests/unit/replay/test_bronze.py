"""A range is read out of bronze only where bronze has all of it: what it lacks, or has twice, is named."""

from pathlib import Path
from types import SimpleNamespace

import pyarrow as pa
import pytest

from tests.unit.replay.lake import SCHEMA, SETTINGS, VISITS, Lake
from tidegate.errors import TidegateError, TransientError
from tidegate.proof.rows import Rows, make_rows
from tidegate.replay import bronze
from tidegate.replay.bronze import (
    bronze_bytes,
    bronze_places,
    holes,
    refuse_what_bronze_lacks,
    refuse_what_lags,
)

SPANS = {0: (10, 60), 1: (0, 0)}
NONE = make_rows()


def held(*offsets: int) -> Rows:
    return make_rows([0] * len(offsets), offsets)


def test_offsets_without_a_record_are_found_at_every_place() -> None:
    assert [*holes({0: (10, 20), 1: (5, 5)}, held(10, 11, 13, 14, 15, 18, 19))] == [(0, 12, 13), (0, 16, 18)]
    assert [*holes({0: (10, 20)}, held(5, 12, 25))] == [(0, 10, 12), (0, 13, 20)]
    assert [*holes({0: (10, 12), 1: (0, 3)}, held(10, 11))] == [(1, 0, 3)]
    assert [*holes({0: (10, 12)}, NONE)] == [(0, 10, 12)]


def test_a_few_offsets_without_a_record_may_be_marks_of_transactions_and_are_told() -> None:
    rows = held(*range(10, 30), *range(31, 60))
    (note,) = refuse_what_bronze_lacks(VISITS, SPANS, rows, held(11, 12))
    assert "no record at 1 of these offsets" in note
    assert refuse_what_bronze_lacks(VISITS, SPANS, held(*range(10, 60)), NONE) == []


def test_a_record_that_silver_has_a_row_of_is_missed_by_name() -> None:
    rows = held(*range(10, 30), *range(31, 60))
    with pytest.raises(TidegateError, match="missing are, of partition 0: offsets 30 to 30"):
        refuse_what_bronze_lacks(VISITS, SPANS, rows, held(29, 30))


def test_many_in_a_row_are_missing() -> None:
    with pytest.raises(TidegateError, match="partition 0: offsets 20 to 39"):
        refuse_what_bronze_lacks(VISITS, SPANS, held(*range(10, 20), *range(40, 60)), NONE)


def test_a_record_that_bronze_has_twice_is_refused() -> None:
    with pytest.raises(TidegateError, match="1 records of partition 0 twice, the first at offset 12"):
        refuse_what_bronze_lacks(VISITS, SPANS, held(*range(10, 60), 12), NONE)


def test_what_the_lake_job_has_not_read_yet_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    read = {VISITS.contract.topic.name: {0: 50}}
    monkeypatch.setattr(bronze, "OffsetReader", lambda *_, **__: SimpleNamespace(positions=lambda *_: read))
    refuse_what_lags(SETTINGS, VISITS, {0: (10, 50), 1: (0, 0)})
    with pytest.raises(TransientError, match="partition 0 up to offset 50 only"):
        refuse_what_lags(SETTINGS, VISITS, {0: (10, 51), 1: (0, 0)})


def test_the_records_of_the_range_alone_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lake = Lake(tmp_path)
    monkeypatch.setattr(bronze, "open_table", lake.opened)
    table = lake.catalog.create(f"bronze.{VISITS.name}", pa.schema([SCHEMA.field(name) for name in SCHEMA.names[:2]]))
    table.append(pa.table([[0] * 5 + [1], [8, 9, 10, 11, 60, 12]], schema=table.schema().as_arrow()))
    assert bronze_places(SETTINGS, VISITS, SPANS).offset.tolist() == [10, 11]
    assert bronze_bytes(SETTINGS, VISITS, SPANS) > 0
