"""Reads a dataset's records in JSON as its jobs do: the same ones, as the same values; it refuses the others, too.

The jobs' decoder is ``connectors/…/json``. What a value may look like is said by :mod:`tidegate.avro.json_values`.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal, get_args

from tidegate.avro.binary import MAX_NESTED, BadRecord
from tidegate.avro.contract_records import MAX_RECORD_BYTES
from tidegate.avro.frame import FRAME_BYTES, NO_SCHEMA_ID, schema_id_of, schema_named_by
from tidegate.avro.json_text import read_one_json
from tidegate.avro.json_values import JsonValueError, from_json, sent_name
from tidegate.avro.logical_types import Kind
from tidegate.avro.types import AvroType, Field

UnknownFields = Literal["reject", "rescue", "ignore"]
"""What becomes of a field that the contract lacks: its record is refused, it is kept as text, or passed over."""
MAX_RESCUED = 1000
"""A record with more fields to keep is refused."""
_PLAIN: frozenset[Kind] = frozenset(get_args(Kind)) - {"record", "array", "map"}
_BOM = "\ufeff"
_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*+"|[\[{]|[\]}]', re.DOTALL)


class JsonRecordReader:
    """Reads records as ``contract``, the record of its newest version."""

    def __init__(self, contract: AvroType, unknown: UnknownFields) -> None:
        self._contract = contract
        self._unknown = unknown
        self._fields: dict[int, Mapping[str, Field]] = {}

    def read(self, value: bytes | None, header: bytes | None = None) -> dict[str, Any]:
        """The record, by the names of the contract; ``header`` is its ``frame.SCHEMA_ID_HEADER``.

        Raises:
            BadRecord: the record is not readable; a job makes it a dead letter of stage decode.
        """
        parsed = parsed_json(json_of(value, header))
        unknown: list[str] = []
        known = self._known(parsed, self._contract, "", unknown)
        if unknown and self._unknown == "reject":
            raise BadRecord("UNKNOWN_FIELD", f"field {unknown[0]!r}: the contract has no such field")
        if len(unknown) > MAX_RESCUED and self._unknown == "rescue":
            raise BadRecord("BAD_LENGTH", f"more than {MAX_RESCUED} fields that the contract lacks")
        try:
            record = from_json(known, self._contract)
        except JsonValueError as error:
            raise BadRecord("BAD_VALUE", error.problem) from error
        assert isinstance(record, dict)
        return record

    def read_or_none(self, value: bytes | None, header: bytes | None = None) -> dict[str, Any] | None:
        """As ``read``; None for a record that is not readable."""
        try:
            return self.read(value, header)
        except BadRecord:
            return None

    def _known(self, value: Any, avro: AvroType, place: str, unknown: list[str]) -> Any:
        """The value without the fields that the type lacks, whose places are added to ``unknown``."""
        if avro.kind == "record" and isinstance(value, dict):
            return self._known_fields(value, avro, place, unknown)
        if avro.kind == "array" and isinstance(value, list):
            return [self._known(item, avro.element, f"{place}[{at}]", unknown) for at, item in enumerate(value)]
        if avro.kind == "map" and isinstance(value, dict):
            return {key: self._known(item, avro.element, f"{place}.{key}", unknown) for key, item in value.items()}
        return value

    def _known_fields(self, value: Mapping[str, Any], avro: AvroType, place: str, unknown: list[str]) -> dict[str, Any]:
        fields = self._fields.get(id(avro))  # of a part of the contract, which lives as long as this
        if fields is None:
            fields = self._fields[id(avro)] = _by_sent_names(avro)
        known: dict[str, Any] = {}
        for key, item in value.items():
            field, where = fields.get(key), f"{place}.{key}" if place else key
            if field is None:
                unknown.append(where)
                continue
            name = sent_name(field)
            if name in known:
                raise BadRecord("NOT_JSON", f"the key {name!r} is there twice, once by its alias")
            known[name] = item if field.type.kind in _PLAIN else self._known(item, field.type, where, unknown)
        return known


def _by_sent_names(avro: AvroType) -> dict[str, Field]:
    """The fields by their names in JSON, and by their aliases where these are nobody's name."""
    aliases = {alias: field for field in reversed(avro.fields) for alias in field.aliases}
    return aliases | {sent_name(field): field for field in avro.fields}


def json_of(value: bytes | None, header: bytes | None = None) -> bytes:
    """The JSON of a record: all of its value, or what follows the frame.

    Raises:
        BadRecord: there is no value, or it is too large, or names a schema that no registry can have.
    """
    if value is None:
        raise BadRecord("TOMBSTONE", "the record has no value")
    if header is None and not value:
        raise BadRecord("EMPTY_VALUE", "the value has no bytes")
    if len(value) > MAX_RECORD_BYTES:
        raise BadRecord("RECORD_TOO_LARGE", f"{len(value)} bytes are over the limit of {MAX_RECORD_BYTES}")
    if header is not None:
        _require_id(schema_named_by(header))
        return value
    if value[0] != 0:
        return value
    if len(value) < FRAME_BYTES:
        raise BadRecord("TRUNCATED", f"{len(value)} bytes end before the schema id")
    _require_id(schema_id_of(value))
    return value[FRAME_BYTES:]


def parsed_json(value: bytes) -> Any:
    """What the JSON says, numbers exact.

    Raises:
        BadRecord: it is none, or none that a job reads.
    """
    try:
        text = value.decode("utf-8").removeprefix(_BOM)
    except UnicodeDecodeError as error:
        raise BadRecord("BAD_UTF8", f"not UTF-8: byte 0x{error.object[error.start]:02x}") from error
    if text.count("{") + text.count("[") > MAX_NESTED and max(_depths(text)) > MAX_NESTED:
        raise BadRecord("BAD_VALUE", f"values nested deeper than {MAX_NESTED}")
    try:
        parsed, rest = read_one_json(text)
    except ValueError as error:
        raise BadRecord("NOT_JSON", str(error)) from error
    if rest:
        raise BadRecord("TRAILING_BYTES", f"{len(rest)} characters after the record")
    return parsed


def _require_id(schema: object) -> None:
    if schema == NO_SCHEMA_ID:
        raise BadRecord("UNKNOWN_SCHEMA", "no registry has a schema with this id")


def _depths(text: str) -> Iterator[int]:
    depth = 0
    yield depth
    for found in _BRACKETS.finditer(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(found[0], 0)
        yield depth
