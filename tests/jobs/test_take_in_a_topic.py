"""``docs/take-in-a-topic.md`` as a reader follows it, for a topic that another team's producers have filled.

They are not ours: schema, framing and time stamps are made here by fastavro and Kafka's client alone.
"""

import io
import json
import re
import shutil
import struct
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import fastavro
import httpx
import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, ConfigResource, NewTopic, ResourceType

from tests.pipeline import Pipeline, run_tidegate, tidegate
from tests.project import PROJECT
from tests.shell import run_shell
from tests.topics import read_committed
from tidegate.clients.opensearch import SearchClient
from tidegate.contracts.load import load_stream
from tidegate.settings import Settings

PAGE = PROJECT / "docs" / "take-in-a-topic.md"
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TOPIC, SUBJECT = "raw-orders", "raw-orders-value"
JOBS = ("refine.shop_orders", "lake.shop_orders", "index.shop_orders")
RECORDS = 40
AGE = timedelta(days=30)
ADDRESS: dict[str, Any] = {
    "type": "record",
    "name": "Address",
    "namespace": "shop.common",
    "fields": [{"name": "street", "type": "string"}],
}
ORDER: dict[str, Any] = {
    "type": "record",
    "name": "Order",
    "namespace": "shop.orders",
    "fields": [
        {"name": "orderId", "type": "string"},
        {"name": "createdAt", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {"name": "status", "type": {"type": "enum", "name": "Status", "symbols": ["NEW", "PAID"]}},
        {"name": "before", "type": ["null", "Status"], "default": None},
        {
            "name": "total",
            "type": {
                "type": "fixed",
                "name": "Money",
                "size": 8,
                "logicalType": "decimal",
                "precision": 18,
                "scale": 2,
            },
        },
        {
            "name": "payload",
            "type": [
                "null",
                "string",
                "long",
                {"type": "record", "name": "Gift", "fields": [{"name": "card", "type": "string"}]},
            ],
        },
        {"name": "billTo", "type": "shop.common.Address"},
        {"name": "shipTo", "type": ["null", "shop.common.Address"]},
        {"name": "order", "type": "int"},
        {"name": "kWh", "type": "double"},
    ],
}


@pytest.fixture
def readers_folder(pipeline: Pipeline, tmp_path: Path) -> Iterator[Path]:
    """A project of the reader's own beside the running pipeline; its jobs end with the test."""
    shutil.copytree(PROJECT / "schemas", tmp_path / "schemas")
    (tmp_path / "flink_jobs").symlink_to(PROJECT / "flink_jobs")
    yield tmp_path
    if running := [job for job in JOBS if pipeline.flink.live_job(job) is not None]:
        tidegate("stop", *running, "--no-savepoint")


def test_a_foreign_topic_is_taken_in_by_the_page_alone(pipeline: Pipeline, readers_folder: Path) -> None:
    created = datetime.now(UTC).replace(microsecond=0) - AGE
    _fill(pipeline.settings, created)
    before = (_settings_of_topic(pipeline.settings), _of_subject(pipeline.settings))

    printed = ""
    for commands in BLOCK.findall(PAGE.read_text()):
        printed += run_shell(commands, readers_folder)

    assert "Left out of the contract: payload, a union of string, long and Gift." in printed
    assert "All contracts hold" in printed
    # one record comes twice, and one is no Avro at all
    assert f"The proof holds: {RECORDS + 2} events of shop_orders" in " ".join(printed.split())
    assert re.search(r"NEW\W+20\W+30\.00\W", printed) and re.search(r"PAID\W+20\W+30\.00\W", printed), printed
    assert before == (_settings_of_topic(pipeline.settings), _of_subject(pipeline.settings)), "theirs stay as they are"

    stream = load_stream(readers_folder / "schemas", "shop_orders")
    rows = read_committed(pipeline.settings, stream.contract.silver_topic, stream.silver)
    assert len(rows) == RECORDS
    row = next(row for row in rows if row["orderId"] == "o-3")
    assert (row["status"], row["before"], row["total"], row["order"]) == ("PAID", "NEW", Decimal("1.50"), 3)
    assert (row["billTo"], row["shipTo"]) == ({"street": "a"}, None)
    assert (row["createdAt"], row["_ingested_at"]) == (created, created)
    found = SearchClient(pipeline.settings).search("events-shop_orders", {"query": {"term": {"status": "PAID"}}})
    assert found["hits"]["total"]["value"] == RECORDS // 2


def test_registering_tells_what_their_settings_mean(pipeline: Pipeline, readers_folder: Path) -> None:
    _fill(pipeline.settings, datetime.now(UTC) - AGE)
    run_shell(f"tidegate contract new theirs --from-subject {SUBJECT} --topic {TOPIC}", readers_folder)
    shutil.rmtree(readers_folder / "schemas" / "shop_orders", ignore_errors=True)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("TIDEGATE_SCHEMAS_DIR", str(readers_folder / "schemas"))
        result = run_tidegate("contract", "register", "theirs")
    assert result.returncode == 0, result.stderr
    [warning] = [line for line in result.stderr.splitlines() if "warning" in line]
    assert "message.timestamp.type=CreateTime" in warning and "stays as it is" in warning


def _fill(settings: Settings, created: datetime) -> None:
    """What the other team has done before anybody heard of a contract; once, whatever test comes first."""
    admin = AdminClient({"bootstrap.servers": settings.kafka_bootstrap_servers})
    if TOPIC in admin.list_topics(timeout=10).topics:
        return
    config = {"message.timestamp.type": "CreateTime", "retention.ms": str(90 * 24 * 3_600_000)}
    admin.create_topics([NewTopic(TOPIC, num_partitions=2, config=config)])[TOPIC].result()
    _register(settings, "shop-address-value", ADDRESS)
    reference = {"name": "shop.common.Address", "subject": "shop-address-value", "version": 1}
    schema_id = _register(settings, SUBJECT, ORDER, [reference])
    producer = Producer({"bootstrap.servers": settings.kafka_bootstrap_servers})
    stamp_ms = int(created.timestamp() * 1000)
    values = [_encoded(schema_id, number, stamp_ms) for number in range(RECORDS)]
    for number, value in enumerate([*values, values[0], b"no Avro"]):
        producer.produce(TOPIC, value, partition=number % 2, timestamp=stamp_ms)
    assert producer.flush(30) == 0


def _encoded(schema_id: int, number: int, created_ms: int) -> bytes:
    record = {
        "orderId": f"o-{number}",
        "createdAt": created_ms,
        "status": ("NEW", "PAID")[number % 2],
        "before": "NEW" if number % 2 else None,
        "total": Decimal("1.50"),
        "payload": (None, "text", 7, {"card": "x"})[number % 4],
        "billTo": {"street": "a"},
        "shipTo": None,
        "order": number,
        "kWh": 0.5,
    }
    named: dict[str, Any] = {}
    fastavro.parse_schema(ADDRESS, named)
    body = io.BytesIO()
    fastavro.schemaless_writer(body, fastavro.parse_schema(ORDER, named), record)
    return struct.pack(">bI", 0, schema_id) + body.getvalue()


def _register(settings: Settings, subject: str, schema: dict[str, Any], references: list[Any] | None = None) -> int:
    body = {"schemaType": "AVRO", "schema": json.dumps(schema), "references": references or []}
    answer = httpx.post(f"{settings.registry_url}/subjects/{subject}/versions", json=body, timeout=10)
    assert answer.is_success, answer.text
    return int(answer.json()["id"])


def _of_subject(settings: Settings) -> Any:
    """The versions, and whether the subject has a level of compatibility of its own."""
    versions = httpx.get(f"{settings.registry_url}/subjects/{SUBJECT}/versions", timeout=10).json()
    return versions, httpx.get(f"{settings.registry_url}/config/{SUBJECT}", timeout=10).json()


def _settings_of_topic(settings: Settings) -> dict[str, str]:
    resource = ConfigResource(ResourceType.TOPIC, TOPIC)
    admin = AdminClient({"bootstrap.servers": settings.kafka_bootstrap_servers})
    return {name: str(entry.value) for name, entry in admin.describe_configs([resource])[resource].result().items()}
