"""Silver's types change while its lake table has rows: the table follows, or the start says why it can't."""

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.contracts import copy_of_clicks, spoil
from tests.pipeline import Pipeline, produce, prove_window, run_tidegate, tidegate
from tests.polling import wait_for
from tests.topics import send
from tidegate.avro.codec import Encoder
from tidegate.avro.types import AvroSchema
from tidegate.clients.lake import open_catalog
from tidegate.clients.registry import RegistryClient
from tidegate.jobs.live import live_jobs
from tidegate.settings import Settings

pytestmark = pytest.mark.long

QUANTITY = '"name": "quantity", "type": ["null", "int"]'
DEVICE = {
    "name": "device",
    "type": ["null", {"type": "record", "name": "Device", "fields": [{"name": "model", "type": "string"}]}],
    "default": None,
}
VENDOR = {"name": "vendor", "type": ["null", "string"], "default": None}
MORE_THAN_AN_INT = 5_000_000_000


@pytest.fixture
def schemas(pipeline: Pipeline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the contracts."""
    folder = Path(shutil.copytree(pipeline.settings.schemas_dir, tmp_path / "schemas"))
    monkeypatch.setenv("TIDEGATE_SCHEMAS_DIR", str(folder))
    return folder


@pytest.fixture
def name(pipeline: Pipeline) -> Iterator[str]:
    """Of a dataset of its own, whose lake job ends with the test."""
    name = f"widened_{uuid4().hex[:8]}"
    yield name
    run_tidegate("stop", f"lake.{name}", "--no-savepoint")


@pytest.fixture
def lake(schemas: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The contracts for the shared lake job, which gets the project's own back at the end."""
    yield schemas
    monkeypatch.delenv("TIDEGATE_SCHEMAS_DIR")
    run_tidegate("stop", "lake")  # it may be stopped already
    tidegate("run", "lake", "--forget-removed", "--yes")


def test_a_wider_type_and_a_field_in_a_row_are_there_for_old_and_new_rows(
    pipeline: Pipeline, schemas: Path, name: str
) -> None:
    settings = pipeline.settings
    silver = copy_of_clicks(schemas, name) / "silver.avsc"
    _change(silver, lambda fields: fields.append(DEVICE))
    device = "cast(null as row<model string>) as device"  # the lake job leaves its types to the refine job
    spoil(silver.with_name("refine.sql"), "    _warnings\nfrom", f"    _warnings,\n    {device}\nfrom")
    tidegate("contract", "register", name)
    tidegate("run", "lake", "--dataset", name)
    _send_silver(settings, silver, 1, quantity=3, device={"model": "Pixel 9"})
    assert _lake_rows(settings, name, 1) == {1: (3, {"model": "Pixel 9"})}

    spoil(silver, QUANTITY, QUANTITY.replace("int", "long"))
    # Before the field that is there: Flink casts a row by position, so the table's must be in silver's order.
    _change(silver, lambda fields: fields[-1]["type"][1]["fields"].insert(0, VENDOR))
    tidegate("contract", "register", name)
    tidegate("stop", f"lake.{name}")
    tidegate("run", "lake", "--dataset", name)
    _send_silver(settings, silver, 2, quantity=MORE_THAN_AN_INT, device={"vendor": "Google", "model": "Pixel 10"})

    assert _lake_rows(settings, name, 2) == {
        1: (3, {"vendor": None, "model": "Pixel 9"}),
        2: (MORE_THAN_AN_INT, {"vendor": "Google", "model": "Pixel 10"}),
    }


def test_a_dataset_whose_table_cannot_follow_is_left_out_and_goes_on_once_it_is_mended(
    pipeline: Pipeline, lake: Path
) -> None:
    before = open_catalog(pipeline.settings).load_table("silver.clicks").schema()
    spoil(lake / "clicks" / "silver.avsc", QUANTITY, QUANTITY.replace("int", "double"))
    tidegate("stop", "lake")

    result = run_tidegate("run", "lake")

    assert result.returncode == 1
    assert "silver.clicks can't follow clicks/silver.avsc: quantity from int to double." in result.stderr
    assert "under another name" in result.stderr
    assert "clicks" not in _lake_jobs(pipeline.settings)["lake"]
    assert open_catalog(pipeline.settings).load_table("silver.clicks").schema() == before

    shutil.copy(pipeline.settings.schemas_dir / "clicks" / "silver.avsc", lake / "clicks" / "silver.avsc")
    sent = produce("--count", "500", "--rate", "500", "--seed", "162")
    tidegate("run", "lake", "--dataset", "clicks")

    assert _lake_jobs(pipeline.settings)["lake.clicks"] == {"clicks"}
    report = prove_window(sent["offsets"], "--wait", "60", "--no-index")
    assert report["datasets"]["clicks"]["lake_bronze_rows"] == 500


def _lake_jobs(settings: Settings) -> dict[str, set[str]]:
    """By the jobs of the lake that run, their datasets."""
    return {job.name: set(job.fingerprints) for job in live_jobs(settings) if job.job == "lake"}


def _change(path: Path, change: Any) -> None:
    schema = json.loads(path.read_text())
    change(schema["fields"])
    path.write_text(json.dumps(schema))


def _send_silver(settings: Settings, path: Path, offset: int, **fields: Any) -> None:
    """A silver row as refine would write it; the lake job reads nothing else."""
    schema: AvroSchema = json.loads(path.read_text())
    topic = f"silver.{path.parent.name}"
    with RegistryClient(settings) as registry:
        schema_id = registry.lookup(f"{topic}-value", schema)
    assert schema_id is not None
    now = datetime.now(UTC)
    row = {
        "_source_topic": f"raw.{path.parent.name}",
        "_source_partition": 0,
        "_source_offset": offset,
        "_ingested_at": now,
        "_schema_id": schema_id,
        "_warnings": [],
        "event_id": str(uuid4()),
        "event_time": now,
        "session_id": "s1",
        "event_type": "purchase",
        "page_url": "/checkout",
        "device_family": "phone",
        **fields,
    }
    send(settings, topic, [Encoder(schema, schema_id).encode(row)])


def _lake_rows(settings: Settings, name: str, count: int) -> dict[int, tuple[int, dict[str, Any]]]:
    """(quantity, device) by offset, once so many rows are there."""

    def rows() -> list[dict[str, Any]] | None:
        scan = (
            open_catalog(settings)
            .load_table(f"silver.{name}")
            .scan(selected_fields=("_source_offset", "quantity", "device"))
        )
        found: list[dict[str, Any]] = scan.to_arrow().to_pylist()
        return found if len(found) >= count else None

    found = wait_for(f"{count} rows in the lake", rows)
    return {row["_source_offset"]: (row["quantity"], row["device"]) for row in found}
