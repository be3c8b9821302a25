"""``docs/change-a-schema.md`` as a reader follows it, under traffic; and what becomes of a change that is refused."""

import json
import math
import os
import re
import shutil
import signal
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.clicks import click
from tests.contracts import spoil
from tests.pipeline import Pipeline, prove_window, run_tidegate, tidegate
from tests.polling import wait_for
from tests.project import PROJECT
from tests.shell import run_shell
from tests.topics import send, wait_for_records
from tidegate.avro.codec import Encoder
from tidegate.avro.records import decode_record, parsed_schemas
from tidegate.avro.types import AvroSchema
from tidegate.clients.kafka_offsets import Spans, topic_spans
from tidegate.clients.kafka_records import Scan, read_batches
from tidegate.clients.lake import open_catalog
from tidegate.clients.opensearch import SearchClient
from tidegate.clients.registry import RegistryClient
from tidegate.contracts.load import load_stream
from tidegate.measure.child import Child
from tidegate.settings import Settings

PAGE = PROJECT / "docs" / "change-a-schema.md"
BLOCK = re.compile(r"^```(\w*) ?(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
RESTARTED = ("refine", "lake", "index")
RAW, SILVER, INDEX = "raw.clicks", "silver.clicks", "events-clicks"
SUBJECT = f"{RAW}-value"
TRAFFIC = (
    "--rate", "100", "--seconds", "420", "--seed", "61",
    "--bad-ratio", "0.01", "--duplicate-ratio", "0.1", "--late-ratio", "0.02",
)  # fmt: skip
"""Ended as soon as the last step of the page needs no more of it."""
RESTART_LIMIT_S = 120
MODEL, DEFAULT = "Pixel 9", "unknown"
COUNT = 20
PRODUCED = 1000
"""What the page has the reader send in the new version; some heartbeats among them are dropped."""
Window = Mapping[str, list[int]]
Rows = Counter[tuple[int, str | None]]
"""How many rows, by the registry id of their raw record's schema and their device: None where they have none."""


@pytest.fixture
def readers_folder(pipeline: Pipeline, tmp_path: Path) -> Iterator[Path]:
    """A project of the reader's own beside the running pipeline, which gets its own contracts back at the end."""
    shutil.copytree(PROJECT / "schemas", tmp_path / "schemas")
    (tmp_path / "flink_jobs").symlink_to(PROJECT / "flink_jobs")
    yield tmp_path
    run_tidegate("stop", *RESTARTED)  # they may be down already, if a step of the page failed
    tidegate("run", "--leave-running", *RESTARTED)


@pytest.fixture
def schemas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the contracts in which clicks may change; no job ever reads it."""
    folder = Path(shutil.copytree(PROJECT / "schemas", tmp_path / "schemas"))
    monkeypatch.setenv("TIDEGATE_SCHEMAS_DIR", str(folder))
    return folder


def test_a_field_added_as_the_page_says_reaches_every_layer_without_a_loss(
    pipeline: Pipeline, readers_folder: Path
) -> None:
    settings = pipeline.settings
    before = topic_spans(settings, SILVER)
    with _traffic_of_version_1(settings) as traffic:
        _follow("1.", readers_folder)
        printed = _follow("2.", readers_folder)
        assert "All contracts hold" in printed
        assert printed.count('+ device STRING not null default "unknown"') == 2

        running = _runs(pipeline)
        _follow("3.", readers_folder)
        v2 = load_stream(readers_folder / "schemas", "clicks").latest
        v2_id = _registered(settings, v2)
        early = _send(pipeline, v2_id, v2)
        _wait_until_each_layer_has(settings, before, early, v2_id)
        assert _runs(pipeline) == running

        _follow("4.", readers_folder)
        late = _send(pipeline, v2_id, v2)
        rows = wait_for("new records in silver", lambda: _silver_rows(settings, before, set(late)), RESTART_LIMIT_S)
        assert {(row["_schema_id"], row["device"]) for row in rows} == {(v2_id, MODEL)}
        old_behind_new = (pipeline.schema_id, DEFAULT)
        wait_for("old ones with the default", lambda: old_behind_new in _in_silver(settings, before))
        assert traffic.running(), "it was to flow all the time"
        os.kill(traffic.pid, signal.SIGINT)
        summary = traffic.result()

    expected = dict(summary["expected"])
    expected["silver"] += len(early) + len(late)
    report = prove_window(summary["offsets"], "--wait", "120")
    assert report["holds"], report
    facts = report["datasets"]["clicks"]
    assert {name: facts[name] for name in expected} == expected

    ends = topic_spans(settings, SILVER)
    silver = _in_silver(settings, before, summary["offsets"])
    assert silver.total() == facts["silver_rows"]
    for found in (silver, _in_lake(settings, summary["offsets"]), _in_index(settings, summary["offsets"])):
        assert found.total() == silver.total()
        assert (found[v2_id, None], found[v2_id, MODEL]) == (len(early), len(late))
        # What was in silver at the restart, and not yet in the lake or the index, got the default there.
        assert found[pipeline.schema_id, DEFAULT] >= silver[pipeline.schema_id, DEFAULT] > 0
        assert found[pipeline.schema_id, None] > 0
        assert len(found) == 4, found

    assert "The proof holds" in " ".join(_follow("5.", readers_folder).split())
    produced = _in_silver(settings, ends)
    assert produced.keys() == {(v2_id, DEFAULT)}
    assert 0.9 * PRODUCED < produced.total() <= PRODUCED


def test_an_incompatible_version_is_refused_and_if_forced_only_its_events_are_dead_letters(
    pipeline: Pipeline, schemas: Path
) -> None:
    settings = pipeline.settings
    _follow("1.", schemas.parent)
    broken = _with_url(load_stream(schemas, "clicks").latest)
    (schemas / "clicks" / "v3.avsc").write_text(json.dumps(broken))
    checked, refused = (text.strip() for _, _, text in _blocks("What is refused"))
    result = run_tidegate("contract", "check", "clicks", "--no-flink")
    assert result.returncode == 1
    assert checked in result.stdout
    result = run_tidegate("contract", "register", "clicks")
    assert result.returncode == 1
    assert refused in result.stderr

    with _forced(settings, broken) as forced_id:
        good = pipeline.framed(click())
        bad = Encoder(broken, forced_id).encode(click(url="/", device=MODEL))
        landed = [place.offset for place in send(settings, RAW, [good, bad, good])]
        letter = wait_for_records(settings, "dlq.clicks", pipeline.dead_letter, {landed[1]})[landed[1]]
        assert letter["error_code"] == "SCHEMA_MISMATCH"
        assert "page_url" in letter["error_message"]
        wait_for_records(settings, SILVER, pipeline.silver, {landed[0]})


def test_a_registered_version_that_was_changed_is_found(pipeline: Pipeline, schemas: Path) -> None:
    _follow("1.", schemas.parent)
    assert tidegate("contract", "check", "clicks", "--no-flink", "--against", "registry")
    spoil(schemas / "clicks" / "v1.avsc", '"name": "page_url", "type": "string"', '"name": "page_url", "type": "bytes"')
    result = run_tidegate("contract", "check", "clicks", "--no-flink", "--against", "registry")
    assert result.returncode == 1
    assert "clicks/v1.avsc: against the registry" in result.stdout


def _blocks(heading: str) -> list[tuple[str, str, str]]:
    """Kind, file and text of each block of a section of the page."""
    section = PAGE.read_text().partition(f"\n## {heading}")[2].partition("\n## ")[0]
    found: list[tuple[str, str, str]] = BLOCK.findall(section)
    assert found, f"the page has no {heading!r}"
    return found


def _follow(heading: str, folder: Path) -> str:
    """Does what a section says: commands, fields at the end of schemas, columns at the end of queries."""
    printed = ""
    for kind, file, text in _blocks(heading):
        match kind:
            case "sh":
                printed += run_shell(text, folder)
            case "json":
                schema: AvroSchema = json.loads((folder / file).read_text())
                schema["fields"].append(json.loads(text))
                (folder / file).write_text(json.dumps(schema))
            case "sql":
                spoil(folder / file, "\nfrom validated", f",\n    {text.strip()}\nfrom validated")
    return printed


@contextmanager
def _traffic_of_version_1(settings: Settings) -> Iterator[Child]:
    """Clicks as the project's own contract has them, from when they flow on, whatever the reader's folder holds."""
    before = _raw_end(settings)
    child = Child(settings, settings.home / "logs" / "evolution-produce.log", "produce", "clicks", *TRAFFIC)
    try:
        wait_for("traffic", lambda: _raw_end(settings) > before)
        yield child
    finally:
        child.stop()


def _raw_end(settings: Settings) -> int:
    return sum(end for _, end in topic_spans(settings, RAW).values())


def _runs(pipeline: Pipeline) -> dict[str, tuple[str, int]]:
    """Which run of each job it is, and how often that has failed."""
    failures = pipeline.failures()
    assert failures.keys() >= set(RESTARTED), failures
    jobs = {name: pipeline.flink.live_job(name) for name in failures}
    return {name: (job.job_id, failures[name]) for name, job in jobs.items() if job}


def _registered(settings: Settings, schema: AvroSchema) -> int:
    with RegistryClient(settings) as registry:
        schema_id = registry.lookup(SUBJECT, schema)
    assert schema_id is not None
    return schema_id


def _send(pipeline: Pipeline, schema_id: int, schema: AvroSchema) -> dict[int, bytes]:
    """Clicks with a device of their own; returns what was sent, by its offset in partition 0."""
    values = [Encoder(schema, schema_id).encode(click(device=MODEL)) for _ in range(COUNT)]
    places = send(pipeline.settings, RAW, values)
    return {place.offset: value for place, value in zip(places, values, strict=True)}


def _wait_until_each_layer_has(settings: Settings, since: Spans, sent: Mapping[int, bytes], schema_id: int) -> None:
    """Records of a version that the jobs don't know: in bronze as they came, everywhere else without the new field."""
    offsets = set(sent)
    rows = wait_for("they are in silver", lambda: _silver_rows(settings, since, offsets))
    assert {row["_schema_id"] for row in rows} == {schema_id}
    assert not [row for row in rows if "device" in row]

    def in_lake(table: str, *fields: str) -> list[dict[str, Any]] | None:
        from pyiceberg.expressions import And, EqualTo, In

        mine = And(EqualTo("_source_partition", 0), In("_source_offset", offsets))
        found = open_catalog(settings).load_table(table).scan(row_filter=mine, selected_fields=fields)
        rows: list[dict[str, Any]] = found.to_arrow().to_pylist()
        return rows if len(rows) == len(offsets) else None

    bronze = wait_for("their bytes are in bronze", lambda: in_lake("bronze.clicks", "_source_offset", "_value"))
    assert {row["_source_offset"]: row["_value"] for row in bronze} == sent
    wait_for("they are in the lake's silver", lambda: in_lake("silver.clicks", "_source_offset", "_schema_id"))

    places = [{"term": {"_source_partition": 0}}, {"terms": {"_source_offset": sorted(offsets)}}]
    body = {"size": len(offsets), "query": {"bool": {"filter": places}}}

    def in_index() -> list[dict[str, Any]] | None:
        hits: list[dict[str, Any]] = SearchClient(settings).search(INDEX, body)["hits"]["hits"]
        return hits if len(hits) == len(offsets) else None

    assert not [hit for hit in wait_for("they are found", in_index) if "device" in hit["_source"]]


def _silver_since(settings: Settings, since: Spans) -> Iterator[dict[str, Any]]:
    """The rows committed after the ends of ``since``, each with just the fields that its writer knew."""
    spans = {partition: (since[partition][1], end) for partition, (_, end) in topic_spans(settings, SILVER).items()}
    schemas = parsed_schemas(RegistryClient(settings).by_id)
    for batch in read_batches(Scan(settings, SILVER, spans)):
        for value in batch.values:
            row = decode_record(value, schemas)
            assert row is not None, "not decodable by its own schema"
            yield row


def _silver_rows(settings: Settings, since: Spans, offsets: set[int]) -> list[dict[str, Any]] | None:
    """The rows of these offsets of partition 0, once all are there."""
    rows = [
        row
        for row in _silver_since(settings, since)
        if row["_source_partition"] == 0 and row["_source_offset"] in offsets
    ]
    return rows if len(rows) == len(offsets) else None


def _in_silver(settings: Settings, since: Spans, window: Window | None = None) -> Rows:
    """The rows after ``since``; with a window, only those of raw records in it."""
    rows: Rows = Counter()
    for row in _silver_since(settings, since):
        start, end = (0, math.inf) if window is None else window[str(row["_source_partition"])]
        rows[row["_schema_id"], row.get("device")] += start <= row["_source_offset"] < end
    return +rows


def _in_lake(settings: Settings, window: Window) -> Rows:
    from pyiceberg.expressions import And, EqualTo, GreaterThanOrEqual, LessThan, Or

    spans = [
        And(
            EqualTo("_source_partition", int(partition)),
            GreaterThanOrEqual("_source_offset", start),
            LessThan("_source_offset", end),
        )
        for partition, (start, end) in window.items()
    ]
    table = open_catalog(settings).load_table("silver.clicks")
    found = table.scan(row_filter=Or(*spans), selected_fields=("_schema_id", "device")).to_arrow().to_pylist()
    return Counter((row["_schema_id"], row["device"]) for row in found)


def _in_index(settings: Settings, window: Window) -> Rows:
    spans = [
        [{"term": {"_source_partition": int(partition)}}, {"range": {"_source_offset": {"gte": start, "lt": end}}}]
        for partition, (start, end) in window.items()
    ]
    devices = {"terms": {"field": "device", "missing": ""}}
    body = {
        "size": 0,
        "query": {"bool": {"should": [{"bool": {"filter": span}} for span in spans], "minimum_should_match": 1}},
        "aggs": {"versions": {"terms": {"field": "_schema_id"}, "aggs": {"devices": devices}}},
    }
    client = SearchClient(settings)
    client.refresh(INDEX)
    found: Rows = Counter()
    for version in client.search(INDEX, body)["aggregations"]["versions"]["buckets"]:
        for device in version["devices"]["buckets"]:
            found[version["key"], device["key"] or None] = device["doc_count"]
    return found


def _with_url(schema: AvroSchema) -> AvroSchema:
    """The schema with ``page_url`` under another name, which no reader of the old one finds."""
    broken: AvroSchema = json.loads(json.dumps(schema))
    for field in broken["fields"]:
        field["name"] = field["name"].replace("page_url", "url")
    return broken


@contextmanager
def _forced(settings: Settings, schema: AvroSchema) -> Iterator[int]:
    """The id of a schema that the contract forbids, registered as somebody with the registry's address can."""
    with RegistryClient(settings) as registry:
        registry.set_compatibility(SUBJECT, "NONE")
        schema_id = registry.register(SUBJECT, schema)
        registry.set_compatibility(SUBJECT, "BACKWARD_TRANSITIVE")
        version = registry.versions(SUBJECT)[-1]
        yield schema_id
    httpx.delete(f"{settings.registry_url}/subjects/{SUBJECT}/versions/{version}").raise_for_status()
