"""What other teams have registered becomes a contract that holds, and reads their records."""

import io
import json
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import fastavro
import pytest

from tests.contracts import SCHEMAS
from tests.unit.contracts.new.foreign import ADDRESS, KIND, ORDER, RECORD
from tidegate.avro.binary import Cursor
from tidegate.avro.resolution import resolve
from tidegate.avro.types import AvroSchema, read_record
from tidegate.avro.writer_types import REFERENCES, read_writer_type
from tidegate.contracts.check import check_datasets
from tidegate.contracts.load import load_stream
from tidegate.contracts.new.choose_fields import Chosen
from tidegate.contracts.new.from_subject import Taken, contract_schema
from tidegate.contracts.new.scaffold import is_free, renamed_fields, taken_in, write
from tidegate.contracts.new.topic_section import TopicFacts
from tidegate.errors import ContractError

TOPIC = TopicFacts("raw-orders", "raw-orders-value", 3, {"retention.ms": "-1"})


def take(schema: AvroSchema, *leave_out: str) -> Taken:
    return contract_schema(schema, leave_out, is_free)


def record(*fields: tuple[str, Any]) -> AvroSchema:
    return {"type": "record", "name": "R", "fields": [{"name": name, "type": avro} for name, avro in fields]}


def encoded(schema: AvroSchema, value: dict[str, Any]) -> bytes:
    named: dict[str, Any] = {}
    for each in schema.get(REFERENCES, ()):
        fastavro.parse_schema(each, named)
    buffer = io.BytesIO()
    main = {key: part for key, part in schema.items() if key != REFERENCES}
    fastavro.schemaless_writer(buffer, fastavro.parse_schema(main, named), value)
    return buffer.getvalue()


def test_a_foreign_subject_becomes_a_folder_without_a_problem(tmp_path: Path) -> None:
    schemas = Path(shutil.copytree(SCHEMAS, tmp_path / "schemas"))
    files = taken_in("shop_orders", take(ORDER).schema, Chosen("orderId", "createdAt"), TOPIC)
    write(schemas, "shop_orders", files)

    assert check_datasets(schemas, ["shop_orders"]).problems == []
    stream = load_stream(schemas, "shop_orders")
    topic = stream.contract.topic
    assert (topic.name, topic.registered_by, topic.partitions, topic.key) == ("raw-orders", "producers", 3, None)
    types = {name: field.type for name, field in stream.silver_fields.items()}
    assert not any(each.stored for each in types.values())
    assert (types["total"].kind, types["total"].precision, types["session"].kind) == ("decimal", 18, "string")
    assert types["before"].nullable and types["before"].kind == "string"
    assert renamed_fields(files) == {"year": "year_", "_key": "key", "kwh": "kwh_"}


def test_the_producers_records_are_read_by_it() -> None:
    body = encoded(ORDER, RECORD | {"total": Decimal(RECORD["total"])})
    cursor = Cursor(body, 0, 10_000)

    found = resolve(read_writer_type(ORDER), read_record(take(ORDER).schema))(cursor)

    assert cursor.left() == 0
    assert found == {
        "orderId": "o-1",
        "createdAt": 1_767_268_798_250,
        "status": "PAID",
        "before": None,
        "total": 1250,
        "digest": b"abcd",
        "session": "00000000-0000-0000-0000-000000000001",
        "amount": 5,
        "rate": 0.5,
        "note": "a",
        "localAt": 5,
        "lasts": bytes(12),
        "tree": {"label": "root"},
        "billTo": {"street": "a"},
        "shipTo": {"street": "b"},
        "order": 3,
        "year_": 2026,
        "key": b"k",
        "kWh": 1.0,
        "kwh_": 2.0,
        "mood": "GOOD",
    }


def test_what_no_column_holds_is_left_out_by_name_and_place() -> None:
    assert take(ORDER).left_out == {
        "payload": "a union of string, long and Gift",
        "tree.children": "the type shop.orders.Tree within itself",
        "nothing": "it is always null",
    }


def test_what_is_read_as_something_else_is_told() -> None:
    assert take(ORDER).notes == [
        "amount is a union of int and long, read as long",
        "rate is a union of int and double, read as double",
        "localAt is local-timestamp-millis, read as its long",
        "lasts is duration, read as its fixed",
    ]


def test_a_field_is_left_out_as_asked_even_one_that_defines_a_type_for_others() -> None:
    taken = take(ORDER, "status", "tree.label")

    assert taken.left_out["status"] == "as asked for"
    before = next(each for each in taken.schema["fields"] if each["name"] == "before")
    assert before["type"] == ["null", {"type": "enum", "name": "Kind", "namespace": "shop.orders", **_symbols()}]
    # nothing of the tree is left
    assert "tree" in taken.left_out


def test_an_enum_with_symbols_that_no_reader_takes_is_text() -> None:
    taken = take(record(("x", {"type": "enum", "name": "E", "symbols": ["n/a"]})))
    assert taken.schema["fields"][0]["type"] == "string"


def _symbols() -> AvroSchema:
    return {key: KIND[key] for key in ("symbols", "default")}


@pytest.mark.parametrize(
    ("schema", "leave_out", "problem"),
    [
        ({"type": "JSON"}, [], r"holds JSON schemas, not Avro\. .*--from-topic TOPIC"),
        ({"type": "PROTOBUF"}, [], "holds PROTOBUF schemas, not Avro"),
        ({"type": "no JSON"}, [], "holds no Avro schema"),
        ({"type": "string"}, [], "is string, not a record"),
        (record(("x", "null")), [], "nothing of the subject's schema can be read"),
        (record(("x", "int")), ["y"], "no field y to leave out. The fields: x"),
        (record(("x", "int")), ["x"], "nothing of the subject's schema can be read"),
    ],
)
def test_what_cannot_be_taken_in_is_refused(schema: AvroSchema, leave_out: list[str], problem: str) -> None:
    with pytest.raises(ContractError, match=problem):
        take(schema, *leave_out)


def test_a_type_is_defined_where_it_is_used_first_and_named_then() -> None:
    schema = {**record(("a", "shop.common.Address"), ("b", {"type": "map", "values": "shop.common.Address"}))}
    taken = take({**schema, REFERENCES: [ADDRESS]}).schema

    a, b = (each["type"] for each in taken["fields"])
    assert (a["name"], b["values"]) == ("Address", "shop.common.Address")
    assert REFERENCES not in taken
    json.dumps(taken)


def test_a_default_with_a_field_that_is_left_out_is_left_out_too() -> None:
    inner = {"type": "record", "name": "Inner", "fields": [{"name": "x", "type": "int"}, {"name": "n", "type": "null"}]}
    schema = record(("a", "int"), ("inner", inner))
    schema["fields"][1]["default"] = {"x": 1, "n": None}

    taken = take(schema).schema

    assert "default" not in taken["fields"][1]
