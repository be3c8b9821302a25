"""Silver's next topics are filled beside the live jobs: old records as they were, the range as the lake has it now."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from confluent_kafka import Message

from tests.pipeline import Pipeline, produce, run_tidegate, tidegate
from tests.polling import wait_for
from tests.project import PROJECT
from tidegate.avro.records import decode_record, plain_schemas
from tidegate.clients.audit import read_actions
from tidegate.clients.kafka_offsets import topic_spans
from tidegate.clients.kafka_records import read_messages
from tidegate.clients.kafka_topics import existing_topics, topic_settings
from tidegate.clients.lake import open_catalog
from tidegate.clients.registry import RegistryClient
from tidegate.contracts.naming import SAMPLES_GROUP
from tidegate.contracts.topics import plan_topics
from tidegate.replay.settled import refined_up_to, wait_until_settled
from tidegate.replay.store import load_status
from tidegate.settings import Settings

pytestmark = pytest.mark.long

EVENTS = 1000
Place = tuple[int, int]
Spans = dict[int, tuple[int, int]]
NO_FRENCH = """  - name: no_french
    field: country
    check: "coalesce(country, '') <> 'FR'"
    severity: drop
    description: nobody comes from there
"""


class Kept(NamedTuple):
    """A record: where it lies in its topic, its bytes, its time stamp, and what kind that is."""

    partition: int
    key: bytes | None
    value: bytes
    stamp_ms: int


@pytest.fixture(scope="module")
def asked(pipeline: Pipeline) -> Spans:
    """A range of clicks, with some before and some behind it; lake and topics have them by the code as it was."""
    settings = pipeline.settings
    produce("--count", "200", "--rate", "1000", "--seed", "261")
    starts = {number: end for number, (_, end) in topic_spans(settings, "raw.clicks").items()}
    produce("--count", str(EVENTS), "--rate", str(EVENTS), "--seed", "262", "--duplicate-ratio", "0.1")
    ends = {number: end for number, (_, end) in topic_spans(settings, "raw.clicks").items()}
    produce("--count", "200", "--rate", "1000", "--seed", "263")
    written = {number: end for number, (_, end) in topic_spans(settings, "raw.clicks").items()}
    wait_for("refine to read them", lambda: refined_up_to(settings, pipeline.clicks) == written)
    wait_until_settled(settings, pipeline.clicks, written)
    return {number: (starts[number], ends[number]) for number in ends}


@pytest.fixture
def changed(pipeline: Pipeline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Another rule and another column; the running jobs go on with their contracts."""
    schemas = shutil.copytree(pipeline.settings.schemas_dir, tmp_path / "schemas")
    contract, refine = schemas / "clicks" / "contract.yaml", schemas / "clicks" / "refine.sql"
    contract.write_text(contract.read_text().replace("rules:\n", f"rules:\n{NO_FRENCH}", 1))
    refine.write_text(refine.read_text().replace("upper(country)", "lower(country)", 1))
    (tmp_path / "flink_jobs").symlink_to(PROJECT / "flink_jobs")
    with monkeypatch.context() as environment:
        environment.setenv("TIDEGATE_SCHEMAS_DIR", str(schemas))
        yield


def test_the_next_topics_have_each_row_once_though_the_command_is_killed_and_go_when_it_is_cancelled(
    pipeline: Pipeline, asked: Spans, changed: None
) -> None:
    settings = pipeline.settings
    before = {topic: records(settings, topic) for topic in ("silver.clicks", "dropped.clicks")}
    known = readable(settings, before["silver.clicks"])
    plan = planned(asked, "lake,silver")
    assert plan["silver"]["version"] == 2 and plan["silver"]["partitions"] == len(asked)
    assert plan["silver"]["records"] >= len(before["silver.clicks"])

    kill_the_command_when_it_fills(settings, plan["plan_id"])
    produce("--count", "300", "--rate", "300", "--seed", "264")  # the live jobs go on
    told = tidegate("replay", "run", plan["plan_id"], "--yes")

    status = load_status(settings, plan["plan_id"])
    assert (status.state, status.proof_holds) == ("filled", True), told
    assert f"tidegate replay switch {plan['plan_id']}" in told
    assert_silver(settings, asked, before["silver.clicks"], status.filled)
    assert_dropped(settings, asked, before["dropped.clicks"], status.counts["dropped"])
    assert_as_contracted(pipeline, settings)
    refused = run_tidegate("replay", "plan", "clicks", "--offsets", text_of(asked))
    assert refused.returncode == 1
    assert f"filled already, by the replay {plan['plan_id']}" in " ".join(refused.stderr.split())

    assert_cancelled(settings, plan["plan_id"])
    assert readable(settings, before["silver.clicks"]) == known > EVENTS
    phases = [(action.action, action.phase) for action in read_actions(settings) if action.plan_id == plan["plan_id"]]
    ended = [("replay", "ended"), ("replay cancel", "begun"), ("replay cancel", "ended")]
    assert phases == [("replay", "begun"), ("replay", "begun"), *ended]


def test_with_the_code_of_before_the_lake_is_as_it_was(pipeline: Pipeline, asked: Spans) -> None:
    plan = planned(asked, "lake")
    assert "The proof holds" in tidegate("replay", "run", plan["plan_id"], "--yes")
    countries = {row["country"] for place, row in lake_rows(pipeline.settings).items() if within(place, asked)}
    assert {country for country in countries if country and country != country.upper()} == set()


def assert_cancelled(settings: Settings, plan_id: str) -> None:
    told = " ".join(tidegate("replay", "cancel", plan_id).split())
    assert "silver.clicks.v2 and dropped.clicks.v2 are deleted" in told
    assert not {"silver.clicks.v2", "dropped.clicks.v2"} & existing_topics(settings)
    with RegistryClient(settings) as registry:
        assert registry.versions("silver.clicks.v2-value") == registry.versions("dropped.clicks.v2-value") == []
        assert registry.versions("silver.clicks-value")


def assert_silver(settings: Settings, asked: Spans, before: list[Kept], counts: Any) -> None:
    """What lies outside of the range is byte for byte as it was, what lies in it as the lake has it."""
    after, lake = records(settings, "silver.clicks.v2"), lake_rows(settings)
    places = decoded(settings, after)
    outside = [kept for kept, row in zip(after, places, strict=True) if not within(place_of(row), asked)]
    old = [(kept, row) for kept, row in zip(before, decoded(settings, before), strict=True) if row is not None]
    assert not Counter(kept for kept, row in old if not within(place_of(row), asked)) - Counter(outside)
    made = {place_of(row): row for row in places if within(place_of(row), asked)}
    expected = {place: row for place, row in lake.items() if within(place, asked)}
    assert made.keys() == expected.keys()
    assert len(outside) + len(made) == len(after) == counts["rows"]
    assert counts["of_range"] == len(made)
    for place, row in made.items():
        assert (row["country"], row["event_id"]) == (expected[place]["country"], expected[place]["event_id"])
        assert row["country"] in (None, "") or row["country"] == row["country"].lower() != "fr"
    partitions = {kept.key: kept.partition for kept, _ in old}
    for kept, row in zip(after, places, strict=True):
        assert kept.key == row["session_id"].encode()
        assert partitions.get(kept.key, kept.partition) == kept.partition
        if within(place_of(row), asked):
            assert kept.stamp_ms == row["_ingested_at"]


def assert_dropped(settings: Settings, asked: Spans, before: list[Kept], of_range: int) -> None:
    rows = [row for row in decoded(settings, records(settings, "dropped.clicks.v2")) if row is not None]
    found = Counter((row["source_partition"], row["source_offset"]) for row in rows)
    assert set(found.values()) == {1}
    ours = [row for row in rows if within((row["source_partition"], row["source_offset"]), asked)]
    assert len(ours) == of_range
    assert {row["rule"] for row in ours} == {"no_french", "no_heartbeats"}
    old = [row for row in decoded(settings, before) if row is not None]
    outside = {(row["source_partition"], row["source_offset"]) for row in old}
    assert {place for place in outside if not within(place, asked)} <= found.keys()


def assert_as_contracted(pipeline: Pipeline, settings: Settings) -> None:
    """The settings of the contract, and the ids of the schemas that records name."""
    planned_as = {plan.name: plan.config for plan in plan_topics(pipeline.clicks.of_silver_version(2))}
    found = topic_settings(settings, ["silver.clicks.v2", "dropped.clicks.v2"])
    for topic, config in found.items():
        assert {name: config[name] for name in planned_as[topic]} == planned_as[topic]
    with RegistryClient(settings) as registry:
        for topic in ("silver.clicks", "dropped.clicks"):
            schemas = [registry.version(f"{topic}-value", number) for number in registry.versions(f"{topic}-value")]
            ids = [[registry.lookup(f"{each}-value", schema) for schema in schemas] for each in (topic, f"{topic}.v2")]
            assert ids[0] == ids[1] and None not in ids[0]


def kill_the_command_when_it_fills(settings: Settings, plan_id: str) -> None:
    command = [sys.executable, "-m", "tidegate", "replay", "run", plan_id, "--yes"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        wait_for("the job that fills", lambda: load_status(settings, plan_id).fill_job_id, timeout_s=300)
        assert process.poll() is None, "it was to be killed while it works"
        os.kill(process.pid, signal.SIGKILL)


def planned(asked: Spans, target: str) -> dict[str, Any]:
    said = tidegate("replay", "plan", "clicks", "--offsets", text_of(asked), "--json", "--target", target)
    plan: dict[str, Any] = json.loads(said)
    return plan


def text_of(asked: Spans) -> str:
    return ",".join(f"{number}:{start}-{end}" for number, (start, end) in asked.items() if start < end)


def records(settings: Settings, topic: str) -> list[Kept]:
    """All of a topic, in the order of each partition."""
    partitions = topic_spans(settings, topic)
    return [kept_of(message) for message in read_messages(settings, SAMPLES_GROUP, topic, partitions)]


def kept_of(message: Message) -> Kept:
    return Kept(message.partition() or 0, message.key(), message.value() or b"", message.timestamp()[1])


def decoded(settings: Settings, found: list[Kept]) -> list[Any]:
    """Each as its own schema has it, times in ms; None of one that can't be read."""
    schemas = plain_schemas(RegistryClient(settings).by_id)
    return [decode_record(kept.value, schemas) for kept in found]


def readable(settings: Settings, found: list[Kept]) -> int:
    return sum(row is not None for row in decoded(settings, found))


def place_of(row: dict[str, Any]) -> Place:
    return row["_source_partition"], row["_source_offset"]


def within(place: Place, asked: Spans) -> bool:
    start, end = asked[place[0]]
    return start <= place[1] < end


def lake_rows(settings: Settings) -> dict[Place, dict[str, Any]]:
    """By place; a row twice is a mistake."""
    names = ("_source_partition", "_source_offset", "event_id", "country")
    rows = open_catalog(settings).load_table("silver.clicks").scan(selected_fields=names).to_arrow().to_pylist()
    found = {place_of(row): row for row in rows}
    assert len(found) == len(rows)
    return found
