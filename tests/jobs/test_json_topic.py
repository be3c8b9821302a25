"""A foreign topic of JSON, older than its contract, is taken in: made into a folder, refined, searched, and proved.

Its producer knows nothing of Tidegate; the jobs of the dataset run beside the others'.
"""

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka.admin import AdminClient, NewTopic

from tests.pipeline import Pipeline, tidegate
from tests.project import PROJECT
from tests.topics import read_committed, send, wait_for_records
from tidegate.avro.frame import SCHEMA_ID_HEADER, frame
from tidegate.contracts.dataset import Stream
from tidegate.contracts.load import load_stream

TOPIC = "raw-taps"
JOBS = ("refine", "lake", "index")
RESCUED = '{"name": "_rescued", "type": ["null", "string"], "default": null}'


def tap(identity: str, **others: Any) -> bytes:
    moment = datetime.now(UTC).isoformat(timespec="milliseconds")
    return json.dumps({"tap.id": identity, "sentAt": moment, "litres": 1.5, "valve": {"open": True}, **others}).encode()


@pytest.fixture
def taps(pipeline: Pipeline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stream]:
    """The dataset, made from what its topic held before; its jobs have ended afterwards."""
    settings = pipeline.settings
    admin = AdminClient({"bootstrap.servers": settings.kafka_bootstrap_servers})
    for made in admin.create_topics([NewTopic(TOPIC, 2, 1, config={"retention.ms": "3600000"})]).values():
        made.result(30)
    send(settings, TOPIC, [tap("before-1"), frame(7) + tap("before-2", note="x")])
    shutil.copytree(PROJECT / "schemas", tmp_path / "schemas")
    (tmp_path / "flink_jobs").symlink_to(PROJECT / "flink_jobs")
    monkeypatch.setenv("TIDEGATE_SCHEMAS_DIR", str(tmp_path / "schemas"))
    said = tidegate("contract", "new", "taps", "--from-topic", TOPIC, "--identity", "tap.id")
    assert "tap.id is called tap_id in the contract" in said
    _rescue(tmp_path / "schemas" / "taps")
    tidegate("contract", "register", "taps")
    tidegate("index", "apply", "taps")
    tidegate("run", *JOBS, "--dataset", "taps")
    yield load_stream(tmp_path / "schemas", "taps")
    tidegate("stop", *(f"{job}.taps" for job in JOBS), "--no-savepoint")


def _rescue(folder: Path) -> None:
    """Keeps the fields that the contract lacks, as the page says."""
    changes = (
        ("contract.yaml", "unknown_fields: ignore", "unknown_fields: rescue"),
        ("silver.avsc", '    {"name": "_source_topic"', f'    {RESCUED},\n    {{"name": "_source_topic"'),
        ("refine.sql", "    `_source_topic`", "    `_rescued`,\n    `_source_topic`"),
    )
    for file, before, after in changes:
        text = (folder / file).read_text()
        assert before in text
        (folder / file).write_text(text.replace(before, after))


def test_a_topic_of_json_is_taken_in(pipeline: Pipeline, taps: Stream) -> None:
    settings = pipeline.settings
    values = {
        "plain": tap("a", litres=2, brand=9007199254740993),
        "framed": frame(7) + tap("b"),
        "again": tap("a"),
        "no json": b"tap=c",
        "no time": tap("d", sentAt="yesterday"),
        "twice": b'{"tap.id": "e", "tap.id": "f"}',
        "no value": None,
    }
    landed = dict(zip(values, (place.offset for place in send(settings, TOPIC, values.values())), strict=True))
    [named] = send(settings, TOPIC, [tap("g")], headers=[(SCHEMA_ID_HEADER, frame(8))])

    bad = {landed[name] for name in ("no json", "no time", "twice", "no value")}
    letters = wait_for_records(settings, "dlq.taps", pipeline.dead_letter, bad)
    wait_for_records(settings, "silver.taps", taps.silver, {landed["plain"], landed["framed"], named.offset})

    silver = {row["tap_id"]: row for row in read_committed(settings, "silver.taps", taps.silver)}
    assert silver.keys() == {"before-1", "before-2", "a", "b", "g"}
    assert (silver["a"]["litres"], silver["a"]["_rescued"]) == (2.0, '{"brand": 9007199254740993}')
    assert {name: row["_schema_id"] for name, row in silver.items()} == {
        "before-1": 0, "before-2": 7, "a": 0, "b": 7, "g": 8,
    }  # fmt: skip
    assert {offset: letter["error_code"] for offset, letter in letters.items()} == {
        landed["no json"]: "NOT_JSON",
        landed["no time"]: "BAD_VALUE",
        landed["twice"]: "NOT_JSON",
        landed["no value"]: "TOMBSTONE",
    }
    assert letters[landed["no json"]]["payload"] == b"tap=c"
    assert letters[landed["no json"]]["payload_encoding"] == "json"
    assert letters[landed["no time"]]["error_message"].startswith("field 'sentAt': 'yesterday' is not a time")

    report = json.loads(tidegate("prove", "taps", "--json", "--wait", "60"))
    assert report["holds"], report
    summary = json.loads(tidegate("produce", "taps", "--json", "--count", "200", "--rate", "0", "--bad-ratio", "0.2"))
    assert summary["delivered"] == 200
    report = json.loads(tidegate("prove", "taps", "--json", "--wait", "60"))
    assert report["holds"], report
