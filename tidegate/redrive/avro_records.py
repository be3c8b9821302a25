"""Opens records in Avro by the schema that each names, and writes them by the newest or a named one."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

from fastavro.validation import validate

from tidegate.avro.binary import BadRecord, Cursor
from tidegate.avro.codec import Encoder
from tidegate.avro.contract_records import Schemas, writer_schema
from tidegate.avro.frame import FRAME_BYTES, frame, schema_id_of, schema_named_by
from tidegate.avro.types import AvroSchema
from tidegate.avro.writer_types import WriterSchemaError, WriterType, read_writer_type
from tidegate.avro.written_values import WrittenReader
from tidegate.contracts.topics import RAW_MAX_BYTES
from tidegate.errors import ContractError, TidegateError
from tidegate.redrive.casts import CastError, cast
from tidegate.redrive.opened import Bytes, Opened, Unopened

Fit = Callable[[Any], Any]
_TIMES = ("timestamp-millis", "timestamp-micros")
_UNWRITABLE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


class AvroRecords:
    """``newest`` is the id and the schema that records are written with where no recipe names one."""

    def __init__(self, schemas: Schemas, newest: tuple[int, AvroSchema]) -> None:
        self._schemas = schemas
        self._newest_id = newest[0]
        self._encoders: dict[int, tuple[Encoder, Fit | None]] = {newest[0]: _encoder(*newest)}
        self._readers: dict[int | UUID, WrittenReader | str] = {}

    def require(self, schema_id: int) -> None:
        """Makes sure that records can be written by a schema.

        Raises:
            TidegateError: the registry has none of this id, or one that can't be written by.
        """
        if schema_id in self._encoders:
            return
        schema = self._schemas.by_id(schema_id)
        remedy = "Name a schema of the topic's subject, or `newest`."
        if schema is None:
            raise TidegateError(f"the registry has no schema {schema_id}.", remedy=remedy)
        try:
            self._encoders[schema_id] = _encoder(schema_id, schema)
        except (ContractError, WriterSchemaError, KeyError) as error:
            raise TidegateError(f"no record can be written by the schema {schema_id}.", remedy=remedy) from error

    def open(self, came: Bytes) -> Opened:
        record, fault, cursor = self._read(came)
        if fault is None and cursor.left():
            return Opened(record, f"TRAILING_BYTES: {cursor.left()} bytes after the last field")
        return Opened(record, None if fault is None else str(fault))

    def write(self, record: dict[str, Any], came: Bytes, encode: int | None) -> Bytes:
        encoder, fit = self._encoders[self._newest_id if encode is None else encode]
        try:
            fitting = record if fit is None else fit(record)
        except CastError as error:
            raise Unopened(f"it does not fit the schema it is written by: {error}") from error
        try:
            value = encoder.encode(fitting)
        except _UNWRITABLE as error:
            raise Unopened(_misfit(fitting, encoder, error)) from error
        if came.header is not None:
            return Bytes(value[FRAME_BYTES:], encoder.frame)
        return Bytes(value)

    def cut(self, came: Bytes) -> Bytes:
        _, fault, cursor = self._read(came)
        if fault is not None:
            raise Unopened(f"where it ends can't be told: {fault}")
        assert came.value is not None
        return came._replace(value=came.value[: len(came.value) - cursor.left()])

    def named(self, came: Bytes, schema_id: int | None, *, framed: bool) -> Bytes:
        name = frame(self._newest_id if schema_id is None else schema_id)
        value = came.value or b""
        if framed and came.header is not None:
            return came._replace(header=name)
        if framed and (len(value) < FRAME_BYTES or value[0] != 0):
            raise Unopened("it has no frame whose schema id could be changed: use the step frame")
        return came._replace(value=name + (value[FRAME_BYTES:] if framed else value))

    def _read(self, came: Bytes) -> tuple[dict[str, Any], BadRecord | None, Cursor]:
        if not came.value:
            raise Unopened("it has no value")
        try:
            key = schema_id_of(came.value) if came.header is None else schema_named_by(came.header)
        except BadRecord as error:
            raise Unopened(str(error)) from error
        cursor = Cursor(came.value, FRAME_BYTES if came.header is None else 0, RAW_MAX_BYTES)
        reader = self._reader(key)
        return *reader.read(cursor), cursor

    def _reader(self, key: int | UUID) -> WrittenReader:
        if key not in self._readers:
            self._readers[key] = self._made(key)
        found = self._readers[key]
        if isinstance(found, str):
            raise Unopened(found)
        return found

    def _made(self, key: int | UUID) -> WrittenReader | str:
        if isinstance(key, int) and key <= 0:
            return "it names no schema: use the step frame or schema_id first"
        schema = writer_schema(self._schemas, key)
        if schema is None:
            return f"the registry has no schema {key}: use the step schema_id first"
        try:
            return WrittenReader(read_writer_type(schema))
        except WriterSchemaError as error:
            return f"schema {key} is no Avro schema: {error}"


def _encoder(schema_id: int, schema: AvroSchema) -> tuple[Encoder, Fit | None]:
    return Encoder(schema, schema_id), fit_of(read_writer_type(schema), {})


def _misfit(record: dict[str, Any], encoder: Encoder, error: Exception) -> str:
    """What does not fit, by the name of its field where fastavro tells it."""
    reason: Exception = error
    try:
        validate(record, encoder.schema, raise_errors=True)
    except Exception as told:  # noqa: BLE001 - only for its text
        reason = told
    return "it does not fit the schema it is written by: " + " ".join(str(reason).split())[:400]


def fit_of(avro: WriterType, known: dict[int, Fit]) -> Fit | None:
    """What gives values of a type numbers as decimals and texts as times, where the schema wants these.

    None where every value stays as it is. ``known`` are the records that were met.
    """
    match avro.kind:
        case "record":
            return known.get(id(avro)) or _fit_of_record(avro, known)
        case "array":
            item = fit_of(avro.element, known)
            return item and (lambda value: [*map(item, value)] if isinstance(value, list) else value)
        case "map":
            entry = fit_of(avro.element, known)
            return entry and (
                lambda value: {key: entry(each) for key, each in value.items()} if isinstance(value, dict) else value
            )
        case "union":
            others = [branch for branch in avro.branches if branch.kind != "null"]
            return fit_of(others[0], known) if len(others) == 1 else None
        case _:
            return _fit_of_scalar(avro)


def _fit_of_record(avro: WriterType, known: dict[int, Fit]) -> Fit | None:
    fits: list[tuple[str, Fit]] = []

    def fit(value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return value | {name: each(value[name]) for name, each in fits if name in value}

    known[id(avro)] = fit
    found = ((name, fit_of(field, known)) for name, field in avro.fields)
    fits += [(name, each) for name, each in found if each is not None]
    return fit if fits else None


def _fit_of_scalar(avro: WriterType) -> Fit | None:
    logical = avro.logical
    if logical == "decimal":
        return lambda value: (
            Decimal(str(value)) if isinstance(value, int | float) and not isinstance(value, bool) else value
        )
    if logical in _TIMES:
        return lambda value: cast(value, logical) if isinstance(value, str) else value
    if avro.kind in ("float", "double"):
        return lambda value: float(value) if isinstance(value, Decimal) else value
    return None
