"""Clicks gain a field while they flow: old and new records side by side, then silver, lake and search with it."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.clicks import click
from tests.contracts import spoil
from tests.pipeline import Pipeline, run_tidegate, tidegate
from tests.polling import wait_for
from tests.topics import frame, send, wait_for_records
from tidegate.contracts.load import AvroSchema, load_dataset
from tidegate.contracts.registry import RegistryClient
from tidegate.opensearch_client import SearchClient
from tidegate.proof.lake_reader import open_catalog
from tidegate.settings import Settings

DEVICE = {"name": "device", "type": ["null", "string"], "default": None, "doc": "model of the device"}
SUBJECT = "raw.clicks-value"


@pytest.fixture
def schemas(pipeline: Pipeline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the contracts in which clicks may change."""
    folder = Path(shutil.copytree(pipeline.settings.schemas_dir, tmp_path / "schemas"))
    monkeypatch.setenv("TIDEGATE_SCHEMAS_DIR", str(folder))
    return folder


@pytest.fixture
def restart(schemas: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """Starts the jobs with the contracts as they are then; at the end they get the project's own back."""
    yield _restart
    monkeypatch.delenv("TIDEGATE_SCHEMAS_DIR")
    _restart()


def test_a_new_field_reaches_every_layer_without_a_loss(
    pipeline: Pipeline, schemas: Path, restart: Callable[[], None]
) -> None:
    settings = pipeline.settings
    failures_before = pipeline.failures()
    v2 = _add_version(schemas)
    assert "+ device STRING default null" in tidegate("contract", "diff", "clicks")
    tidegate("contract", "register", "clicks")
    v2_id = _registered(settings, v2)

    before = _send(pipeline, [(pipeline.schema_id, None), (v2_id, v2)])
    rows = wait_for_records(settings, "silver.clicks", pipeline.silver, set(before))
    assert {rows[offset]["_schema_id"] for offset in before} == {pipeline.schema_id, v2_id}
    assert pipeline.failures() == failures_before

    _add_to_silver(schemas)
    tidegate("contract", "register", "clicks")
    tidegate("index", "apply", "clicks")
    restart()
    after = _send(pipeline, [(pipeline.schema_id, None), (v2_id, v2)])
    assert wait_for("the lake's new column", lambda: _in_lake(settings, after)) == [None, "Pixel 9"]
    found = wait_for("the document with its device", lambda: _by_device(settings))
    assert [hit["_source"]["_source_offset"] for hit in found] == [after[1]]
    result = run_tidegate("prove", "clicks", "--wait", "60", "--json")
    assert json.loads(result.stdout)["holds"], result.stdout


def test_an_incompatible_version_is_refused_and_if_forced_only_its_events_are_dead_letters(
    pipeline: Pipeline, schemas: Path
) -> None:
    settings = pipeline.settings
    broken = _latest(schemas)
    for field in broken["fields"]:
        field["name"] = field["name"].replace("page_url", "url")
    (schemas / "clicks" / "v9.avsc").write_text(json.dumps(broken))
    result = run_tidegate("contract", "register", "clicks")
    assert result.returncode == 1
    assert "url is not written and has no default" in result.stderr
    assert "v<N>.avsc whose new fields have defaults" in result.stderr

    with _forced(settings, broken) as forced_id:
        good = frame(pipeline.schema_id, pipeline.clicks.latest, click())
        bad = frame(forced_id, broken, click(url="/"))
        landed = [place.offset for place in send(settings, "raw.clicks", [good, bad, good])]
        letter = wait_for_records(settings, "dlq.clicks", pipeline.dead_letter, {landed[1]})[landed[1]]
        assert letter["error_code"] == "SCHEMA_MISMATCH"
        assert "page_url" in letter["error_message"]
        wait_for_records(settings, "silver.clicks", pipeline.silver, {landed[0]})


def test_a_registered_version_that_was_changed_is_found(pipeline: Pipeline, schemas: Path) -> None:
    _add_version(schemas)
    assert tidegate("contract", "check", "clicks", "--no-flink", "--against", "registry")
    spoil(schemas / "clicks" / "v1.avsc", '"name": "page_url", "type": "string"', '"name": "page_url", "type": "bytes"')
    result = run_tidegate("contract", "check", "clicks", "--no-flink", "--against", "registry")
    assert result.returncode == 1
    assert "clicks/v1.avsc: against the registry" in result.stdout


def _restart() -> None:
    tidegate("stop", "refine", "lake", "index")
    tidegate("run", "refine", "lake", "index")


def _latest(schemas: Path) -> AvroSchema:
    return dict(json.loads(json.dumps(load_dataset(schemas, "clicks").latest)))


def _add_version(schemas: Path) -> AvroSchema:
    schema = _latest(schemas)
    schema["fields"].append(DEVICE)
    (schemas / "clicks" / "v2.avsc").write_text(json.dumps(schema))
    return schema


def _add_to_silver(schemas: Path) -> None:
    path = schemas / "clicks" / "silver.avsc"
    silver: AvroSchema = json.loads(path.read_text())
    silver["fields"].append(DEVICE)
    path.write_text(json.dumps(silver))
    spoil(schemas / "clicks" / "refine.sql", "    _warnings\n", "    _warnings,\n    device\n")


def _registered(settings: Settings, schema: AvroSchema) -> int:
    with RegistryClient(settings.registry_url) as registry:
        schema_id = registry.lookup(SUBJECT, schema)
    assert schema_id is not None
    return schema_id


def _send(pipeline: Pipeline, versions: list[tuple[int, AvroSchema | None]]) -> list[int]:
    """One click per version, the new ones with a device; returns their offsets in partition 0."""
    values = [
        frame(schema_id, schema or pipeline.clicks.latest, click(**({"device": "Pixel 9"} if schema else {})))
        for schema_id, schema in versions
    ]
    return [place.offset for place in send(pipeline.settings, "raw.clicks", values)]


def _in_lake(settings: Settings, offsets: list[int]) -> list[Any] | None:
    """The devices of these offsets, once the lake has all of them."""
    from pyiceberg.expressions import And, EqualTo, In

    table = open_catalog(settings).load_table("silver.clicks")
    if "device" not in {field.name for field in table.schema().fields}:
        return None
    mine = And(EqualTo("_source_partition", 0), In("_source_offset", set(offsets)))
    rows = table.scan(row_filter=mine, selected_fields=("_source_offset", "device")).to_arrow().to_pylist()
    devices = {row["_source_offset"]: row["device"] for row in rows}
    return [devices[offset] for offset in offsets] if len(devices) == len(offsets) else None


def _by_device(settings: Settings) -> list[dict[str, Any]]:
    client = SearchClient(settings)
    hits: list[dict[str, Any]] = client.search("events-clicks", {"query": {"term": {"device": "Pixel 9"}}})["hits"][
        "hits"
    ]
    return hits


@contextmanager
def _forced(settings: Settings, schema: AvroSchema) -> Iterator[int]:
    """The id of a schema that the contract forbids, registered as somebody with the registry's address can."""
    with RegistryClient(settings.registry_url) as registry:
        registry.set_compatibility(SUBJECT, "NONE")
        schema_id = registry.register(SUBJECT, schema)
        registry.set_compatibility(SUBJECT, "BACKWARD_TRANSITIVE")
        version = registry.versions(SUBJECT)[-1]
        yield schema_id
    httpx.delete(f"{settings.registry_url}/subjects/{SUBJECT}/versions/{version}").raise_for_status()
