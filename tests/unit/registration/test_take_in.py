"""A folder from a topic and a subject that are there; on real servers in tests/jobs/test_take_in_a_topic.py."""

import io
import shutil
from pathlib import Path
from typing import Any

import fastavro
import pytest
from click.testing import CliRunner, Result

from tests.contracts import SCHEMAS
from tests.unit.contracts.new.foreign import KIND, MILLIS, ORDER
from tidegate.avro.frame import frame
from tidegate.avro.types import AvroSchema
from tidegate.cli.contract import command
from tidegate.clients.registry import RegisteredSchema
from tidegate.contracts.check import check_datasets
from tidegate.contracts.load import load_stream
from tidegate.contracts.new.topic_section import TopicFacts
from tidegate.registration import take_in as take_in_module


class Registry:
    """Knows the versions of one subject, whose ids are 71, 72 …"""

    def __init__(self, *versions: AvroSchema) -> None:
        self._versions = versions

    def __enter__(self) -> "Registry":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def versions(self, subject: str) -> list[int]:
        return list(range(1, len(self._versions) + 1)) if subject == "raw-orders-value" else []

    def written_with(self, _subject: str, number: int) -> RegisteredSchema:
        return RegisteredSchema(70 + number, number, self._versions[number - 1])

    def by_id(self, schema_id: int) -> AvroSchema:
        return self._versions[schema_id - 71]

    def subjects(self) -> list[str]:
        return ["raw-orders-value", "raw-orders-key"]


class Message:
    """A Kafka record."""

    def __init__(self, value: bytes) -> None:
        self._value = value

    def value(self) -> bytes:
        return self._value

    def headers(self) -> None:
        return None


@pytest.fixture
def schemas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = Path(shutil.copytree(SCHEMAS, tmp_path / "schemas"))
    monkeypatch.setenv("TIDEGATE_SCHEMAS_DIR", str(folder))
    return folder


def new(monkeypatch: pytest.MonkeyPatch, registry: Registry, *options: str, values: tuple[bytes, ...] = ()) -> Result:
    facts = {"retention.ms": "7200000", "cleanup.policy": "delete"}
    monkeypatch.setattr(take_in_module, "RegistryClient", lambda _: registry)
    monkeypatch.setattr(
        take_in_module, "_topic_facts", lambda _settings, topic, subject: TopicFacts(topic, subject, 6, facts)
    )
    monkeypatch.setattr(take_in_module, "newest_records", lambda *_: [Message(value) for value in values])
    return CliRunner().invoke(command, ["new", "shop_orders", "--from-subject", "raw-orders-value", *options])


def record(*fields: tuple[str, Any]) -> AvroSchema:
    return {"type": "record", "name": "Order", "fields": [{"name": name, "type": avro} for name, avro in fields]}


def test_a_foreign_subject_becomes_a_folder_that_holds(monkeypatch: pytest.MonkeyPatch, schemas: Path) -> None:
    result = new(monkeypatch, Registry(ORDER), "--leave-out", "digest")
    assert result.exit_code == 0, result.output
    assert "Fields are those of version 1 of raw-orders-value." in result.output
    assert "Left out of the contract: digest, as asked for." in result.output
    assert "Left out of the contract: payload, a union of string, long and Gift." in result.output
    assert "year is called year_ in the contract, and read by its own name." in result.output
    contract = load_stream(schemas, "shop_orders").contract
    assert (contract.identity, contract.event_time.field) == (["orderId"], "createdAt")
    assert (contract.topic.name, contract.topic.partitions, contract.topic.retention_hours) == ("raw-orders", 6, 2)
    assert check_datasets(schemas, ["shop_orders"]).problems == []


def test_where_all_fields_may_be_null_identity_and_time_are_required(
    monkeypatch: pytest.MonkeyPatch, schemas: Path
) -> None:
    all_null = record(("orderId", ["null", "string"]), ("at", ["null", MILLIS]), ("kind", ["null", KIND]))
    result = new(monkeypatch, Registry(all_null))
    assert result.exit_code == 0, result.output
    assert "\norderId may be null in their schema: a record without it becomes a dead letter." in result.output
    nullable = {name: field.type.nullable for name, field in load_stream(schemas, "shop_orders").raw_fields.items()}
    assert nullable == {"orderId": False, "at": False, "kind": True}


@pytest.mark.parametrize(("unit", "kind"), [(1000, "timestamp-millis"), (1_000_000, "timestamp-micros")])
def test_a_number_is_a_time_in_the_unit_that_records_show(
    monkeypatch: pytest.MonkeyPatch, schemas: Path, unit: int, kind: str
) -> None:
    schema = record(("id", "long"), ("ts", "long"))
    body = io.BytesIO()
    fastavro.schemaless_writer(body, fastavro.parse_schema(schema), {"id": 1, "ts": 1_795_255_200 * unit})
    values = (b"no Avro", frame(71) + body.getvalue())
    result = new(monkeypatch, Registry(schema), "--time", "ts", values=values)
    assert result.exit_code == 0, result.output
    assert load_stream(schemas, "shop_orders").raw_fields["ts"].type.kind == kind


META: AvroSchema = {"type": "record", "name": "Meta", "fields": [{"name": "ts", "type": "int"}]}


@pytest.mark.parametrize(
    ("avro", "time", "value", "sql"),
    [
        ("long", "ts", 1_795_255_200, "to_timestamp_ltz(`ts`, 0) as `ts`"),
        ("int", "ts", 1_795_255_200, "to_timestamp_ltz(`ts`, 0) as `ts`"),
        (["null", "long"], "ts", 1_795_255_200, "to_timestamp_ltz(`ts`, 0) as `ts`"),
        ("string", "ts", "2026-11-21T10:00:00+01:00", "iso_time(`ts`) as `ts`"),
        (["null", META], "ts.ts", {"ts": 1_795_255_200}, "to_timestamp_ltz(`ts`.`ts`, 0) as `ts_ts`"),
        ("long", "ts", 1_795_255_200_000_000_000, "to_timestamp_ltz(`ts` / 1000000, 3) as `ts`"),
    ],
)
def test_a_time_that_is_no_timestamp_is_mapped(
    monkeypatch: pytest.MonkeyPatch, schemas: Path, avro: Any, time: str, value: Any, sql: str
) -> None:
    schema = record(("id", "long"), ("kind", KIND), ("ts", avro))
    body = io.BytesIO()
    fastavro.schemaless_writer(body, fastavro.parse_schema(schema), {"id": 1, "kind": "NEW", "ts": value})
    result = new(monkeypatch, Registry(schema), "--time", time, values=(frame(71) + body.getvalue(),))
    assert result.exit_code == 0, result.output
    assert sql in (schemas / "shop_orders/map.sql").read_text()
    assert f"map.sql makes the event time, since {time} " in result.output
    assert check_datasets(schemas, ["shop_orders"]).problems == []


def test_other_versions_are_taken_into_account(monkeypatch: pytest.MonkeyPatch, schemas: Path) -> None:
    old = record(("id", "string"), ("at", MILLIS), ("n", "string"))
    new_one = record(("id", "string"), ("at", MILLIS), ("n", "long"), ("added", "int"))
    result = new(monkeypatch, Registry(old, record(("id", "string"), ("at", MILLIS), ("n", "int")), new_one))
    assert "\nadded may be null: a version of the subject has none." in result.output
    assert "Version 1 of raw-orders-value can't be read so: field n: string is written" in result.output
    assert "Version 2" not in result.output
    assert load_stream(schemas, "shop_orders").raw_fields["added"].type.nullable


@pytest.mark.parametrize(
    ("schema", "options", "problem"),
    [
        (record(("id", "string"), ("at", "boolean")), ["--time", "at"], "at is of type boolean, which is no time"),
        (record(("id", "string"), ("at", MILLIS)), ["--version", "3"], "has no version 3. It has 1"),
        (record(("id", "string"), ("at", MILLIS)), ["--identity", "no"], "there is no field no. Its fields: id, at"),
        ({"type": "JSON"}, [], "holds JSON schemas, not Avro"),
    ],
)
def test_what_cannot_be_is_told_and_leaves_no_folder(
    monkeypatch: pytest.MonkeyPatch, schemas: Path, schema: AvroSchema, options: list[str], problem: str
) -> None:
    result = new(monkeypatch, Registry(schema), *options)
    assert problem in str(result.exception)
    assert not (schemas / "shop_orders").exists()


def test_options_of_a_subject_need_one(schemas: Path) -> None:
    assert "--leave-out needs --from-subject" in CliRunner().invoke(command, ["new", "x", "--leave-out", "a"]).output
