"""A dry run of dead letters whose prices are text: refine's own SQL says what would become of each."""

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from confluent_kafka.admin import AdminClient

from tests.contracts import copy_of_clicks
from tests.letters import encoded
from tests.letters import letter as letter_of
from tests.topics import read_committed, send
from tidegate.avro.codec import Encoder
from tidegate.avro.types import AvroSchema
from tidegate.cli.main import cli
from tidegate.clients.registry import RegistryClient
from tidegate.contracts.dataset import Stream
from tidegate.contracts.load import load_stream, platform_schema
from tidegate.settings import Settings

NAME = f"tries_{time.time_ns() // 1_000_000_000}"
HOUR_MS = 3_600_000
RECIPE = """
description: prices came as text
fixes:
  - when: {code: SCHEMA_MISMATCH}
    do: [{cast: {unit_price: decimal}}]
"""


class Letters:
    """Letters of clicks whose prices are text, by name."""

    def __init__(self, stream: Stream, registry: RegistryClient) -> None:
        self._text = with_text_prices(stream.latest)
        self._id = registry.register(f"{NAME}.texts-value", self._text)
        self.now = time.time_ns() // 1_000_000
        self.values: list[bytes] = []
        self._letter_id = registry.register(f"dlq.{NAME}-value", platform_schema(stream.folder.parent, "dead_letter"))

    def add(self, arrived: int = 0, code: str = "SCHEMA_MISMATCH", **fields: Any) -> None:
        """One more, at the next offset of raw."""
        offset = len(self.values)
        record = click(offset, self.now) | {"unit_price": "12.50"} | fields
        payload = Encoder(self._text, self._id).encode(record)
        source = {"topic": f"raw.{NAME}", "offset": offset, "timestamp": arrived or self.now}
        letter = letter_of(
            offset, source=source, dataset=NAME, stage="decode", error_code=code, error_message="", payload=payload
        )
        self.values.append(encoded(letter, self._letter_id))


def with_text_prices(schema: AvroSchema) -> AvroSchema:
    fields = [
        {"name": "unit_price", "type": "string"} if field["name"] == "unit_price" else field
        for field in schema["fields"]
    ]
    return {**schema, "fields": fields}


def click(number: int, at_ms: int) -> dict[str, Any]:
    return {
        "event_id": f"0193{number:04d}-0000-7000-8000-000000000000",
        "event_time": at_ms,
        "session_id": "s1",
        "user_id": "ann",
        "event_type": "view",
        "page_url": "/",
    }


def asked(*arguments: str) -> tuple[int, dict[str, Any]]:
    done = CliRunner().invoke(cli, ["redrive", *arguments, "--json"], catch_exceptions=False)
    found: dict[str, Any] = json.loads(done.stdout)
    return done.exit_code, found


def counted(found: Mapping[str, Any]) -> dict[tuple[str, str], int]:
    return {(each["verdict"], each["cause"]): each["letters"] for each in found["counts"]}


@pytest.fixture
def tries(stack: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stream:
    """The dataset, with eight letters, and silver has the identity of the last already."""
    return make_tries(stack, tmp_path / "schemas", monkeypatch)


def make_tries(stack: Settings, schemas: Path, monkeypatch: pytest.MonkeyPatch) -> Stream:
    copy_of_clicks(schemas, NAME)
    monkeypatch.setenv("TIDEGATE_SCHEMAS_DIR", str(schemas))
    registered = CliRunner().invoke(cli, ["contract", "register", NAME, "products"], catch_exceptions=False)
    assert registered.exit_code == 0, registered.output
    stream = load_stream(schemas, NAME)
    with RegistryClient(stack) as registry:
        letters = Letters(stream, registry)
        letters.add()
        letters.add(unit_price="free")
        letters.add(event_type="nothing that we know")
        letters.add(event_id=click(99, 0)["event_id"])
        letters.add(event_id=click(0, 0)["event_id"])
        letters.add(code="TRAILING_BYTES")
        letters.add(event_time=letters.now, arrived=letters.now - 2 * HOUR_MS)
        letters.add(event_id=click(98, 0)["event_id"])
    send(stack, f"dlq.{NAME}", letters.values)
    _send_silver(stack, stream, 98)
    return stream


def _send_silver(stack: Settings, stream: Stream, number: int) -> None:
    """A row of silver, whose raw record lies elsewhere."""
    with RegistryClient(stack) as registry:
        encoder = Encoder(stream.silver, registry.latest(f"silver.{NAME}-value").schema_id)
    send(stack, f"silver.{NAME}", [encoder.encode(_silver_row(stream, click(number, time.time_ns() // 1_000_000)))])


def test_a_dry_run_says_what_would_become_of_each_letter(stack: Settings, tries: Stream, tmp_path: Path) -> None:
    recipe = tmp_path / "prices.yaml"
    recipe.write_text(RECIPE)

    planned, plan = asked("plan", NAME, "--recipe", str(recipe))
    _send_silver(stack, tries, 99)
    code, found = asked("dry-run", plan["plan"], "--sample", "5")

    assert (planned, plan["letters"], code) == (0, 7, 1)
    assert [*plan["not_taken"].values()] == [1]
    assert f"in silver already: `tidegate dlq settle` resolves it, the first from raw.{NAME}/3/4711" in str(plan)
    assert counted(found) == {
        ("passes", ""): 1,
        ("unfixable", ""): 1,
        ("fails", "rule RULE_VIOLATED"): 1,
        ("duplicate", "of silver"): 1,
        ("duplicate", "of this plan"): 1,
        ("unmatched", ""): 1,
        ("out_of_window", "contract EVENT_TIME_OUT_OF_RANGE"): 1,
    }
    _samples_tell_why(found)
    _nothing_is_left(stack, tries)


def _samples_tell_why(found: dict[str, Any]) -> None:
    samples = {each["verdict"]: each for each in found["samples"] if each["cause"] != "of this plan"}
    assert samples["passes"]["changes"] == [{"field": "unit_price", "before": '"12.50"', "after": "12.50"}]
    assert "'free' is no decimal" in samples["unfixable"]["detail"]
    assert f"from raw.{NAME}/3/4711" in samples["duplicate"]["detail"]
    assert "ann" not in json.dumps(found)


def _silver_row(stream: Stream, record: dict[str, Any]) -> dict[str, Any]:
    """A row of that identity, whose raw record lies elsewhere."""
    blank = {"string": "", "int": 0, "long": 0, "timestamp-millis": 0, "array": [], "boolean": False, "double": 0.0}
    row = {
        name: record.get(name, None if field.type.nullable else blank.get(field.type.kind))
        for name, field in stream.silver_fields.items()
    }
    return row | {"_source_partition": 3, "_source_offset": 4711}


def _nothing_is_left(stack: Settings, stream: Stream) -> None:
    topics = AdminClient({"bootstrap.servers": stack.kafka_bootstrap_servers}).list_topics(timeout=10).topics
    assert [name for name in topics if "dry-run" in name] == []
    assert len(read_committed(stack, stream.contract.silver_topic, stream.silver)) == 2
    assert read_committed(stack, stream.contract.dropped_topic, platform_schema(stream.folder.parent, "dropped")) == []
