from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from tests.lake import DiskCatalog
from tidegate.clients import bronze
from tidegate.clients.bronze import bronze_record
from tidegate.dead_letters.ledger import Place
from tidegate.settings import Settings

ARRIVED = datetime(2026, 11, 29, 10, 0, 0, 250_000, tzinfo=UTC)
ARRIVED_MS = round(ARRIVED.timestamp() * 1000)
SCHEMA = pa.schema(
    [
        ("_source_topic", pa.string()),
        ("_source_partition", pa.int32()),
        ("_source_offset", pa.int64()),
        ("_ingested_at", pa.timestamp("us", "UTC")),
        ("_key", pa.binary()),
        ("_headers", pa.map_(pa.string(), pa.binary())),
        ("_value", pa.binary()),
    ]
)


@pytest.fixture
def _lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    catalog = DiskCatalog(tmp_path)
    table = catalog.create("bronze.clicks", SCHEMA)
    rows = [
        ("raw.clicks", 0, 7, ARRIVED, b"k", [("a", b"1")], b"seven"),
        ("raw.clicks", 0, 8, ARRIVED, None, [], None),
        ("raw.clicks", 1, 7, ARRIVED, b"k", [], b"other"),
    ]
    table.append(pa.Table.from_pylist([dict(zip(SCHEMA.names, row, strict=True)) for row in rows], schema=SCHEMA))
    monkeypatch.setattr(bronze, "open_catalog", lambda _: catalog)


@pytest.mark.usefixtures("_lake")
def test_a_record_is_found_by_its_coordinates() -> None:
    found = bronze_record(Settings(), "bronze.clicks", Place("raw.clicks", 0, 7), ARRIVED_MS)

    assert found == (b"k", b"seven", [("a", b"1")])


@pytest.mark.usefixtures("_lake")
def test_a_record_without_key_and_value_is_found_too() -> None:
    assert bronze_record(Settings(), "bronze.clicks", Place("raw.clicks", 0, 8), ARRIVED_MS) == (None, None, [])


@pytest.mark.usefixtures("_lake")
def test_one_that_the_lake_has_not_is_none() -> None:
    settings = Settings()

    assert bronze_record(settings, "bronze.clicks", Place("raw.clicks", 0, 9), ARRIVED_MS) is None
    assert bronze_record(settings, "bronze.clicks", Place("raw.before", 0, 7), ARRIVED_MS) is None
