"""The jobs' decoder and the proof's read the same records, as the same values, and refuse the others by the same code.

What a writer may be is all of the Avro specification, and records are whole, broken and random. One process of Java
decodes them all (``DecodeLines`` of the connectors' tests).
"""

import json
import math
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import IO, Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.flink.foreign_records import Bodies
from tests.flink.foreign_schemas import Schemas
from tidegate.avro.binary import BadRecord
from tidegate.avro.contract_records import ContractReader
from tidegate.avro.frame import frame
from tidegate.avro.types import AvroSchema, AvroType, read_record
from tidegate.avro.writer_types import WriterSchemaError, read_writer_type

EXAMPLES = 250
RECORDS = 6
TEST_CLASSES = Path(__file__).parents[2] / "connectors/sql/target/test-classes"
Record = tuple[bytes | None, bytes | None]
OWN_ID = b"the id of the writer"


class Java:
    """The jobs' decoder in a process of its own; the id of the n-th writer's schema is n."""

    def __init__(self, environment: dict[str, str]) -> None:
        classpath = f"{environment['FLINK_HOME']}/lib/*:{TEST_CLASSES}"
        self._process = subprocess.Popen(
            [f"{environment['JAVA_HOME']}/bin/java", "-cp", classpath, "io.tidegate.connectors.avro.DecodeLines"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self.schema_id = 1

    def decode(self, answer: dict[str, Any], contract: AvroSchema, records: list[Record]) -> list[Any]:
        """For each record its columns or its code."""
        shown = [[None if part is None else part.hex() for part in record] for record in records]
        task = {"writer": answer, "contract": json.dumps(contract), "records": shown}
        stdin, stdout = self._pipes()
        stdin.write(json.dumps(task).encode() + b"\n")
        stdin.flush()
        self.schema_id += 1
        line = stdout.readline()
        assert line, "the decoder has ended"
        results = json.loads(line)
        assert isinstance(results, list)
        return results

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        return self._process.stdin, self._process.stdout

    def end(self) -> None:
        for pipe in self._pipes():
            pipe.close()
        assert self._process.wait(10) == 0


@pytest.fixture(scope="module")
def java(flink_environment: dict[str, str]) -> Iterator[Java]:
    process = Java(flink_environment)
    yield process
    process.end()


class OneSchema:
    """A registry with one answer."""

    def __init__(self, schema_id: int, schema: AvroSchema) -> None:
        self.by_id = {schema_id: schema}.get

    def by_guid(self, guid: UUID) -> AvroSchema | None:
        return None


def in_python(java: Java, writer: AvroSchema, contract: AvroSchema, records: list[Record]) -> list[Any]:
    record_type = read_record(contract)
    reader = ContractReader(OneSchema(java.schema_id, writer), record_type)
    results: list[Any] = []
    for value, header in records:
        try:
            results.append(shown(reader.read(value, header), record_type))
        except BadRecord as bad:
            results.append(bad.code)
    return results


def shown(value: Any, avro: AvroType) -> Any:
    """A value as the process of Java shows it."""
    if value is None:
        return None
    match avro.kind:
        case "record":
            return [shown(value[field.name], field.type) for field in avro.fields]
        case "array":
            return [shown(item, avro.element) for item in value]
        case "map":
            return {key: shown(item, avro.element) for key, item in value.items()}
        case "float" | "double":
            return shown_floating(value, avro.kind)
        case "bytes":
            return value.hex()
        case "boolean":
            return value
        case _:
            return str(value)


def shown_floating(value: float, kind: str) -> int | str:
    """The bits of a number, as text where they are 64; not-a-number has many, and is shown as one of them."""
    if kind == "float":
        return 0x7FC00000 if math.isnan(value) else int(struct.unpack("<i", struct.pack("<f", value))[0])
    return str(0x7FF8000000000000 if math.isnan(value) else struct.unpack("<q", struct.pack("<d", value))[0])


def some_records(rng: Random, schema_id: int, writer: Any) -> list[Record]:
    """Framed records of a writer: whole, broken, random, and some with a header."""
    bodies = Bodies(rng)
    records: list[Record] = []
    for at in range(RECORDS):
        try:
            body = bodies.body(read_writer_type(writer))
        except WriterSchemaError:
            body = rng.randbytes(rng.randint(0, 20))
        if at >= RECORDS // 2:
            body = bodies.broken(body)
        prefix, header = frame(schema_id), None
        if rng.random() < 0.1:
            header = rng.choice(
                [frame(schema_id), frame(0), b"", b"\x02", frame(schema_id)[:4], frame(schema_id) + b"\x00"]
            )
            prefix = rng.choice([b"", b"", prefix])
        records.append((prefix + body, header))
    return records


@settings(max_examples=EXAMPLES, deadline=None)
@given(rng=st.randoms(use_true_random=False))
def test_any_record_of_any_writer_has_one_verdict(java: Java, rng: Random) -> None:
    schemas = Schemas(rng)
    contract = schemas.contract()
    writer = schemas.writer(contract)
    records = some_records(rng, java.schema_id, writer)

    expected = in_python(java, writer, contract, records)

    assert java.decode({"schema": json.dumps(writer)}, contract, records) == expected


CONTRACT: AvroSchema = {
    "type": "record",
    "name": "Thing",
    "fields": [
        {"name": "id", "type": {"type": "string", "logicalType": "uuid"}},
        {"name": "at", "type": ["null", {"type": "long", "logicalType": "timestamp-micros"}], "default": None},
    ],
}


@pytest.mark.parametrize(
    ("value", "header"),
    [
        (None, None),
        (None, OWN_ID),
        (b"", None),
        (b"", OWN_ID),
        (b"\x00", None),
        (b"\x00\x00\x00", None),
        (b"{}", None),
        (frame(0) + b"\x02a\x00", None),
        (frame(2**32 - 1) + b"\x02a\x00", None),
        (frame(2**31 - 1) + b"\x02a\x00", None),
        (b"\x02a\x00", b"\x01" + bytes(16)),
        (b"\x02a\x00", b"\x01" + bytes(15)),
        (b"\x02a\x00", b"\x00" + b"\xff" * 4),
        (bytes(1024 * 1024 + 1), None),
        (bytes(1024 * 1024 + 1), OWN_ID),
    ],
)
def test_any_framing_has_one_verdict(java: Java, value: bytes | None, header: bytes | None) -> None:
    records: list[Record] = [(value, frame(java.schema_id) if header is OWN_ID else header)]
    expected = in_python(java, CONTRACT, CONTRACT, records)

    assert java.decode({"schema": json.dumps(CONTRACT)}, CONTRACT, records) == expected
    assert isinstance(expected[0], str)


def test_identities_and_times_are_those_that_were_written(java: Java) -> None:
    upper, late = b"0193A4E2-7B1C-7DEF-8123-0000000000AB", b"\x02" + b"\xfe" + b"\xff" * 8 + b"\x01"
    records: list[Record] = [(frame(java.schema_id) + b"\x48" + upper + late, None)]

    found = java.decode({"schema": json.dumps(CONTRACT)}, CONTRACT, records)

    assert found == [[upper.decode(), str(2**63 - 1)]]


@pytest.mark.parametrize("language", ["JSON", "PROTOBUF"])
def test_a_schema_of_another_language_is_one_mismatch(java: Java, language: str) -> None:
    records: list[Record] = [(frame(java.schema_id) + b"\x02a\x00", None)]
    expected = in_python(java, {"type": language}, CONTRACT, records)

    answer = {"schema": json.dumps(CONTRACT), "schemaType": language}
    assert java.decode(answer, CONTRACT, records) == expected == ["SCHEMA_MISMATCH"]
