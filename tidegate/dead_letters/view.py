"""A dead letter's record for people: decoded as far as it goes, in hex from there, personal fields masked. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tidegate.avro.binary import BadRecord
from tidegate.avro.contract_records import Schemas, writer_schema
from tidegate.avro.frame import FRAME_BYTES, SCHEMA_ID_HEADER, schema_id_of, schema_named_by
from tidegate.avro.partial import read_partial
from tidegate.avro.paths import value_at, with_value
from tidegate.avro.types import AvroSchema
from tidegate.avro.writer_types import WriterSchemaError, read_writer_type
from tidegate.contracts.dataset import Stream
from tidegate.dead_letters.payload import PayloadReader

MASK = "***"
MOST_HEX_BYTES = 2_000


@dataclass(frozen=True, slots=True)
class View:
    """What of a record can be shown: its fields, text that is none, and from where on only bytes are left.

    ``problem``: why it could not be read to its end. ``rest`` is in hex, None where it is hidden; ``rest_bytes`` is its
    whole length.
    """

    fields: dict[str, Any]
    text: str = ""
    problem: str | None = None
    rest_at: int = 0
    rest_bytes: int = 0
    rest: str | None = ""


def personal_paths(stream: Stream) -> tuple[str, ...]:
    """The personal fields, as paths in a raw record."""
    return tuple(stream.raw_path(each.field) or each.field for each in stream.contract.privacy)


def view_payload(stream: Stream, schemas: Schemas, letter: Mapping[str, Any], *, reveal: bool) -> View:
    """The record in a decoded letter. Bytes that can't be read may hold anything: without ``reveal`` they are hidden
    where the contract has personal fields.

    Raises:
        TransientError: the registry does not answer.
    """
    hidden = () if reveal else personal_paths(stream)
    try:
        return View(masked(PayloadReader(stream, schemas).read(letter), hidden))
    except BadRecord as problem:
        found = _partly(stream, schemas, letter, problem)
    if not hidden:
        return found
    text = MASK if found.text else ""
    rest = None if found.rest_bytes else ""
    return View(masked(found.fields, hidden), text, found.problem, found.rest_at, found.rest_bytes, rest)


def masked(record: Mapping[str, Any], paths: Iterable[str]) -> dict[str, Any]:
    """The record with a mask in place of what is at the paths."""
    shown = {**record}
    for path in paths:
        if value_at(shown, path) is not None:
            shown = with_value(shown, path, MASK)
    return shown


def offending_value(stream: Stream, field: str, view: View) -> Any:
    """What the record has in a field that a violation names; None where that can't be told."""
    path = stream.raw_path(field)
    return None if path is None else value_at(view.fields, path)


def _partly(stream: Stream, schemas: Schemas, letter: Mapping[str, Any], problem: BadRecord) -> View:
    payload: bytes = letter["payload"] or b""
    if stream.contract.is_json:
        return _as_text(payload, str(problem))
    found = _writer(schemas, letter, payload)
    if found is None:
        return _from(payload, 0, {}, str(problem))
    schema, start = found
    try:
        partial = read_partial(payload, start, read_writer_type(schema), len(payload))
    except WriterSchemaError:
        return _from(payload, 0, {}, str(problem))
    return _from(payload, partial.read_bytes, partial.fields, str(partial.problem or problem))


def _writer(schemas: Schemas, letter: Mapping[str, Any], payload: bytes) -> tuple[AvroSchema, int] | None:
    """The schema it was written with, and where its body begins; None where that can't be told."""
    header = ((letter["source"] or {}).get("headers") or {}).get(SCHEMA_ID_HEADER)
    if header is None and payload[:1] != b"\0":
        return None
    try:
        key = schema_id_of(payload) if header is None else schema_named_by(header)
    except BadRecord:
        return None
    schema = writer_schema(schemas, key)
    return None if schema is None else (schema, FRAME_BYTES if header is None else 0)


def _as_text(payload: bytes, problem: str) -> View:
    try:
        text, at = payload.decode(), len(payload)
    except UnicodeDecodeError as error:
        text, at = payload[: error.start].decode(), error.start
    shown = _from(payload, at, {}, problem)
    return View({}, text, problem, shown.rest_at, shown.rest_bytes, shown.rest)


def _from(payload: bytes, at: int, fields: dict[str, Any], problem: str) -> View:
    rest = payload[at:]
    return View(fields, "", problem, at, len(rest), rest[:MOST_HEX_BYTES].hex(" "))
