"""The jobs' decoder of JSON and the proof's read the same records, as the same values, and refuse the others.

Records are of any contract, whole, broken and random. One process of Java decodes them all (``DecodeJsonLines`` of the
connectors' tests). Which code a record with two faults gets may differ; one with a single fault is in the table of
``tests/unit/avro/json_cases.py``.
"""

import json
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.flink.foreign_schemas import Schemas
from tests.unit.avro.json_cases import shown
from tidegate.avro.binary import BadRecord
from tidegate.avro.frame import frame
from tidegate.avro.json_records import JsonRecordReader, UnknownFields
from tidegate.avro.json_values import sent_name
from tidegate.avro.types import AvroSchema, AvroType, read_record

EXAMPLES = 150
RECORDS = 20
TEST_CLASSES = Path(__file__).parents[2] / "connectors/sql/target/test-classes"
PLAIN: Mapping[str, tuple[str, ...]] = {
    "int": ("0", "-1", "7", "2147483647", "-2147483648"),
    "long": ("0", "-1", "7", "2147483648", "-9223372036854775808"),
    "float": ("1.5", "0", "-0.0", "3e7", "0.1", "0.30000000000000004"),
    "double": ("1.5", "0", "-0.0", "3e7", "0.1", "0.30000000000000004", "123456789.123456789"),
    "boolean": ("true", "false"),
    "bytes": ('"AQI="', '""'),
    "date": ('"2026-11-21"', '"20261121"'),
    "decimal": ("0", "1", "-1.0", '"1"', "1e0", "0.1"),
    "timestamp-millis": ('"2026-11-21T10:00:00.250+01:00"', '"1969-12-31 23:59Z"', "1763700000000", "0"),
    "timestamp-micros": ('"2026-11-21T10:00:00.250001+01:00"', '"1969-12-31 23:59Z"', "1763700000000000", "0"),
}
POLICIES: tuple[UnknownFields, ...] = ("ignore", "reject", "rescue")
ODD = (
    "null", "true", "0", "-1", "1.0", "1e3", "1e400", "12.50", "12.505", "9223372036854775808", '"a"', '""', "[]", "{}",
    '"12.5"', '"AQI="', '"2026-11-21T10:00:00Z"', '"2026-11-21T10:00:00.1234567Z"', '"2026-11-21"', '"\\ud83d"', "NaN",
    "1763700000000", "1763700000", '"20261121T10+01"', '[[1,{"a":2}]]', '{"a":1,"a":2}', "-0", "-0.0", '"\\u0000"',
)  # fmt: skip
Record = tuple[bytes | None, bytes | None]


class Java:
    """The jobs' decoder in a process of its own."""

    def __init__(self, environment: dict[str, str]) -> None:
        classpath = f"{environment['FLINK_HOME']}/lib/*:{TEST_CLASSES}"
        self._process = subprocess.Popen(
            [f"{environment['JAVA_HOME']}/bin/java", "-cp", classpath, "io.tidegate.connectors.json.DecodeJsonLines"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def decode(self, contract: AvroSchema, unknown: str, records: list[Record]) -> list[Any]:
        """For each record its columns or its code."""
        shown_records = [[None if part is None else part.hex() for part in record] for record in records]
        task = {"contract": json.dumps(contract), "unknown": unknown, "records": shown_records}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(task).encode() + b"\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "the decoder has ended"
        return cast(list[Any], json.loads(line))

    def end(self) -> None:
        self._process.communicate(timeout=10)


@pytest.fixture(scope="module")
def java(flink_environment: dict[str, str]) -> Iterator[Java]:
    process = Java(flink_environment)
    yield process
    process.end()


def in_python(contract: AvroType, unknown: UnknownFields, records: list[Record]) -> list[Any]:
    reader = JsonRecordReader(contract, unknown)
    results: list[Any] = []
    for value, header in records:
        try:
            results.append(shown(reader.read(value, header), contract))
        except BadRecord as bad:
            results.append(bad.code)
    return results


def without_spelled_defaults(schema: Any) -> Any:
    """Without the defaults that Avro spells in a way of its own: Python leaves them to who writes the record."""
    if isinstance(schema, list):
        return [without_spelled_defaults(branch) for branch in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {key: without_spelled_defaults(value) for key, value in schema.items() if key != "default"}
    spelled = isinstance(schema.get("type"), dict) or schema.get("type") in ("bytes", ["bytes", "null"])
    return (
        kept if "default" not in schema or (spelled and schema["default"]) else {**kept, "default": schema["default"]}
    )


def text(avro: AvroType, rng: Random) -> str:
    """JSON that mostly fits the type."""
    if rng.random() < 0.04:
        return rng.choice(ODD)
    if avro.nullable and rng.random() < 0.3:
        return "null"
    match avro.kind:
        case "record":
            fields = [
                f"{json.dumps(sent_name(field))}:{text(field.type, rng)}"
                for field in avro.fields
                if not (field.has_default and rng.random() < 0.3)
            ]
            if rng.random() < 0.1:
                fields.insert(rng.randint(0, len(fields)), f'"unknown{rng.randint(0, 1)}": {rng.choice(ODD)}')
            return f"{{{', '.join(fields)}}}"
        case "array":
            return f"[{','.join(text(avro.element, rng) for _ in range(rng.randint(0, 2)))}]"
        case "map":
            keys = ("a", "é")[: rng.randint(0, 2)]
            return f"{{{','.join(f'{json.dumps(key)}:{text(avro.element, rng)}' for key in keys)}}}"
        case kind:
            return scalar(kind, avro, rng)


def scalar(kind: str, avro: AvroType, rng: Random) -> str:
    match kind:
        case "string" if avro.stored == "enum":
            return json.dumps(rng.choice(avro.symbols))
        case "string" if avro.stored == "fixed":
            return '"019b7975-5000-7c3a-9f21-6f0d6a1b2c01"'
        case "string":
            return json.dumps(rng.choice(["", "a", "é😀", '\\ " \n \x7f']), ensure_ascii=rng.random() < 0.5)
        case _:
            return rng.choice(PLAIN[kind])


def broken(value: bytes, rng: Random) -> bytes:
    at = rng.randint(0, len(value))
    match rng.randint(0, 4):
        case 0:
            return value[:at]
        case 1:
            return value[:at] + rng.randbytes(1) + value[at:]
        case 2:
            return value[:at] + value[at + 1 :]
        case 3:
            return value[:at] + rng.choice([b" ", b",", b"{", b"]", b'"', b"\\", b"0"]) + value[at:]
        case _:
            return value + rng.choice([b"\n", b"\x00", b"{}", b"x"])


def some_records(rng: Random, contract: AvroType) -> list[Record]:
    records: list[Record] = []
    for at in range(RECORDS):
        value = text(contract, rng).encode()
        if at >= RECORDS // 2:
            value = broken(value, rng)
        if rng.random() < 0.2:
            value = rng.choice([frame(7), b"\xef\xbb\xbf", frame(7)[:4], frame(0)]) + value
        header = rng.choice([frame(7), frame(0), b"", b"\x02"]) if rng.random() < 0.1 else None
        records.append((value, header))
    return records


@settings(max_examples=EXAMPLES, deadline=None)
@given(rng=st.randoms(use_true_random=False))
def test_any_record_has_one_verdict(java: Java, rng: Random) -> None:
    contract = without_spelled_defaults(Schemas(rng).contract())
    avro = read_record(contract)
    records = some_records(rng, avro)
    unknown = rng.choice(POLICIES)

    expected = in_python(avro, unknown, records)
    found = java.decode(contract, unknown, records)

    for record, python, decoded in zip(records, expected, found, strict=True):
        if isinstance(python, str):
            assert isinstance(decoded, str), (record, python, decoded)
        else:
            assert decoded == python, record
