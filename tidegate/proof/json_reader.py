"""Turns the raw records of a topic in JSON into rows, as :mod:`tidegate.proof.record_reader` does those in Avro."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import getitem
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from tidegate.avro.frame import FRAME_BYTES
from tidegate.avro.json_records import JsonRecordReader, UnknownFields
from tidegate.avro.json_values import sent_name
from tidegate.avro.paths import value_at
from tidegate.avro.types import AvroType, Field, fields_by_name
from tidegate.clients.kafka_records import Batch, Scan
from tidegate.contracts.envelope import identity_text
from tidegate.proof.marks import noting_marks
from tidegate.proof.raw_rows import RawRows
from tidegate.proof.record_reader import claimed_rows, exploded_rows
from tidegate.proof.rows import Marked, Offsets, Place, Rows, concat, fingerprints

_TEXTS: Mapping[str, type] = {"string": str, "int": int, "long": int}


@dataclass(frozen=True, slots=True)
class JsonLayout:
    """What is read of raw records: as what, and the paths that identify one; ``items``: the array that explodes."""

    record: AvroType
    identity: tuple[str, ...]
    unknown: UnknownFields
    items: str | None = None


def read_raw_json(scan: Scan, layout: JsonLayout, claimed: Mapping[int, Offsets]) -> RawRows:
    """Coordinates and identity of every raw record.

    Only the identity is looked at of an offset in ``claimed`` (sorted, by partition); any other may be a duplicate, and
    is read whole, since a broken record is none.
    """
    identities = JsonIdentities(layout)
    parts: list[Rows] = []
    decodable: list[NDArray[np.bool_]] = []
    marked: dict[Place, Marked] = {}
    for batch in noting_marks(scan, marked):
        taken = claimed_rows(batch, claimed).tolist()
        texts = [identities.of(batch, row, is_taken=taken[row]) for row in range(len(batch.values))]
        parts.append(Rows(batch.partition, batch.offset, fingerprints(text or b"" for text in texts)))
        decodable.append(np.array([text is not None for text in texts], np.bool_))
    return RawRows(concat(parts), np.concatenate(decodable) if decodable else np.zeros(0, np.bool_), marked)


def read_exploding_json(scan: Scan, layout: JsonLayout) -> RawRows:
    """Coordinates and identity of every silver row that the raw records stand for, as ``read_exploding_raw``."""
    identities = JsonIdentities(layout)
    return exploded_rows(scan, identities.of_items)


class JsonIdentities:
    """Reads the identities of records of one layout."""

    def __init__(self, layout: JsonLayout) -> None:
        fields = [[*_fields_on(layout.record, path)] for path in layout.identity]
        self._layout = layout
        self._reader = JsonRecordReader(layout.record, layout.unknown)
        self._is_text_stored = all(on_path[-1].type.stored != "fixed" for on_path in fields)
        self._sent = [(tuple(map(sent_name, on_path)), _TEXTS[on_path[-1].type.kind]) for on_path in fields]

    def of(self, batch: Batch, row: int, *, is_taken: bool) -> bytes | None:
        """The text of a record's identity; None if no job could read the record. Of one that a job took, it can."""
        value, header = batch.values[row], batch.schema_headers.get(row)
        found = self._at_once(value, is_framed=header is None) if is_taken and self._is_text_stored else None
        if found is not None:
            return found
        record = self._reader.read_or_none(value, header)
        values = [None] if record is None else self._values(record)
        return None if None in values else identity_text(values).encode()

    def of_items(self, batch: Batch, row: int) -> list[bytes | None]:
        """The identity of each row that a record stands for; [None] if no job could read it."""
        record = self._reader.read_or_none(batch.values[row], batch.schema_headers.get(row))
        items = None if record is None else value_at(record, str(self._layout.items))
        values = [None] if record is None else self._values(record)
        if items is None or None in values:
            return [None]
        positions = range(1, len(items) + 1) or (0,)
        return [identity_text([*values, position]).encode() for position in positions]

    def _at_once(self, value: bytes, *, is_framed: bool) -> bytes | None:
        """The identity without a look at the rest of the record; None where it is not found so."""
        try:
            record = json.loads(value[FRAME_BYTES:] if is_framed and value[:1] == b"\0" else value)
            values = [reduce(getitem, names, record) for names, _ in self._sent]
            # A bool is an int for isinstance.
            fits = all(type(value) is kind for value, (_, kind) in zip(values, self._sent, strict=True))
            return identity_text(values).encode() if fits else None
        except (ValueError, LookupError, TypeError, RecursionError):
            return None

    def _values(self, record: Mapping[str, Any]) -> list[Any]:
        values = [value_at(record, path) for path in self._layout.identity]
        # A uuid that a schema stores as bytes is a text in columns.
        return [str(UUID(bytes=value)) if isinstance(value, bytes) else value for value in values]


def _fields_on(record: AvroType, path: str) -> Iterator[Field]:
    """The fields that the path leads through, and the one to which."""
    for name in path.split("."):
        field = fields_by_name(record)[name]
        yield field
        record = field.type
