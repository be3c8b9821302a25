"""Reads a dataset's records as its jobs do: the same ones, as the same values; others it refuses by the same code."""

from typing import Any, Protocol
from uuid import UUID

from tidegate.avro.binary import BadRecord, Cursor
from tidegate.avro.frame import FRAME_BYTES, schema_id_of, schema_named_by
from tidegate.avro.resolution import Read, resolve
from tidegate.avro.types import AvroSchema, AvroType
from tidegate.avro.writer_types import WriterSchemaError, read_writer_type

MAX_RECORD_BYTES = 1024 * 1024
"""A longer record is read by no job."""


class Schemas(Protocol):
    """Where writers' schemas are found; None for an id that nobody gave out. ``RegistryClient`` is one."""

    def by_id(self, schema_id: int) -> AvroSchema | None: ...

    def by_guid(self, guid: UUID) -> AvroSchema | None: ...


class ContractReader:
    """Reads records as ``contract``, the record of its newest version; each writer's schema is looked up once."""

    def __init__(self, schemas: Schemas, contract: AvroType) -> None:
        self._schemas = schemas
        self._contract = contract
        self._reads: dict[int | UUID, Read | BadRecord] = {}

    def read(self, value: bytes | None, header: bytes | None = None) -> dict[str, Any]:
        """The record, by the names of the contract; ``header`` is its ``frame.SCHEMA_ID_HEADER``.

        Raises:
            BadRecord: the record is not readable; a job makes it a dead letter of stage decode.
            TransientError: the registry does not answer.
        """
        body, schema, start = _framed(value, header)
        read = self._read_of(schema)
        cursor = Cursor(body, start, MAX_RECORD_BYTES)
        record = read(cursor)
        if cursor.left():
            raise BadRecord("TRAILING_BYTES", f"{cursor.left()} bytes after the last field")
        assert isinstance(record, dict)
        return record

    def read_or_none(self, value: bytes | None, header: bytes | None = None) -> dict[str, Any] | None:
        """As ``read``; None for a record that is not readable."""
        try:
            return self.read(value, header)
        except BadRecord:
            return None

    def _read_of(self, schema: int | UUID) -> Read:
        read = self._reads.get(schema)
        if read is None:
            read = self._reads[schema] = self._look_up(schema)
        if isinstance(read, BadRecord):
            raise read
        return read

    def _look_up(self, schema: int | UUID) -> Read | BadRecord:
        found = writer_schema(self._schemas, schema)
        if found is None:
            return BadRecord("UNKNOWN_SCHEMA", f"the registry has no schema {schema}")
        try:
            return resolve(read_writer_type(found), self._contract)
        except WriterSchemaError as error:
            return BadRecord("SCHEMA_MISMATCH", f"schema {schema} is no Avro schema: {error}")
        except BadRecord as mismatch:
            return mismatch


def writer_schema(schemas: Schemas, key: int | UUID) -> AvroSchema | None:
    """The schema with an id or a GUID; no registry gives out ids below one, so none is asked for them."""
    if isinstance(key, UUID):
        return schemas.by_guid(key)
    return schemas.by_id(key) if key > 0 else None


def _framed(value: bytes | None, header: bytes | None) -> tuple[bytes, int | UUID, int]:
    """The value, what it names as its schema, and where its Avro body begins."""
    if value is None:
        raise BadRecord("TOMBSTONE", "the record has no value")
    if header is None and not value:
        raise BadRecord("EMPTY_VALUE", "the value has no bytes")
    if len(value) > MAX_RECORD_BYTES:
        raise BadRecord("RECORD_TOO_LARGE", f"{len(value)} bytes are over the limit of {MAX_RECORD_BYTES}")
    if header is not None:
        return value, schema_named_by(header), 0
    if value[0] != 0:
        raise BadRecord("BAD_MAGIC", f"the first byte is {value[0]}, not 0")
    if len(value) < FRAME_BYTES:
        raise BadRecord("TRUNCATED", f"{len(value)} bytes end before the schema id")
    return value, schema_id_of(value), FRAME_BYTES
