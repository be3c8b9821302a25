"""Turns the records of raw, silver and dropped topics into rows; each function is one worker's job."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import NamedTuple

import numpy as np

from tidegate.avro.contract_records import ContractReader
from tidegate.avro.frame import NO_SCHEMA_ID, prefixed
from tidegate.avro.leading_fields import Buffer, Ints, Layout, Mask, OneSchema, layouts, read_by_schema, texts
from tidegate.avro.paths import value_at
from tidegate.avro.records import LookUp, WriterSchemas
from tidegate.avro.types import AvroType
from tidegate.clients.kafka_records import Batch, Scan, read_batches
from tidegate.clients.registry import RegistryClient
from tidegate.contracts.envelope import DOCUMENT_ID_MAX_BYTES, DROPPED_PLACE, PLACE, identity_bytes, identity_text
from tidegate.proof.marks import noting_marks
from tidegate.proof.raw_rows import RawRows
from tidegate.proof.rows import (
    Fingerprints,
    Marked,
    Offsets,
    Place,
    Rows,
    among_places,
    concat,
    fingerprints,
    make_rows,
)


@dataclass(frozen=True, slots=True)
class RawLayout:
    """What is read of raw records: as what, and the paths that identify one; ``items``: the array that explodes."""

    record: AvroType
    identity: tuple[str, ...]
    items: str | None = None


class Leading(NamedTuple):
    """Records of an output by what they name, and the places of those that can't be read.

    ``doubtful`` of these have the frame of a schema that the registry does not know (any more): a job may have written
    them. The others no job has.
    """

    rows: Rows
    unreadable: Rows
    doubtful: int


def read_silver(scan: Scan, identity: tuple[str, ...]) -> Leading:
    """Coordinates and identity of every silver row."""
    return _read_leading(scan, (*PLACE, *identity))


def read_dropped(scan: Scan) -> Leading:
    """Coordinates of every dropped record."""
    return _read_leading(scan, DROPPED_PLACE)


def read_silver_at(scan: Scan, identity: tuple[str, ...], wanted: Mapping[int, Offsets]) -> tuple[Rows, Rows]:
    """The silver rows at the ``wanted`` places (offsets of the silver topic, sorted, by partition).

    Returns the places of those that could be read, and for each its row.
    """
    found = layouts(_look_up(scan), (*PLACE, *identity))
    own, rows = [], []
    for batch in read_batches(scan):
        chosen = np.flatnonzero(claimed_rows(batch, wanted))
        values = [batch.values[row] for row in chosen.tolist()]
        for some in read_by_schema(Buffer.of(values), found):
            places, read = _leading_rows(some)
            own.append(make_rows(batch.partition[chosen[places]], batch.offset[chosen[places]]))
            rows.append(read)
    return concat(own), concat(rows)


def silver_of(scan: Scan, identity: tuple[str, ...], wanted: Rows) -> Iterator[tuple[Rows, list[bytes]]]:
    """The silver rows of the raw records at the places of ``wanted``, with their bytes, a batch at a time."""
    found = layouts(_look_up(scan), (*PLACE, *identity))
    for batch in read_batches(scan):
        for some in read_by_schema(Buffer.of(batch.values), found):
            places, rows = _leading_rows(some)
            mine = np.flatnonzero(among_places(rows, wanted))
            yield rows.where(mine), [batch.values[place] for place in places[mine].tolist()]


def rows_in(values: Sequence[bytes], look_up: LookUp, identity: tuple[str, ...]) -> Rows:
    """The silver rows that these values are, of those that can be read; one may be cut behind its leading fields."""
    found = layouts(look_up, (*PLACE, *identity))
    return concat([_leading_rows(some)[1] for some in read_by_schema(Buffer.of(values), found)])


def read_raw(scan: Scan, layout: RawLayout, claimed: Mapping[int, Offsets]) -> RawRows:
    """Coordinates and identity of every raw record.

    Only the leading fields are read of an offset in ``claimed`` (sorted, by partition); any other may be a
    duplicate, and is decoded whole, since a broken record is none.
    """
    found = layouts(_look_up(scan), layout.identity, layout.record)
    reader = ContractReader(RegistryClient(scan.settings), layout.record)
    parts: list[Rows] = []
    decodable: list[Mask] = []
    marked: dict[Place, Marked] = {}
    for batch in noting_marks(scan, marked):
        identities, readable = _identities(Buffer.of(_with_prefix(batch)), found)
        unsure = np.flatnonzero(~readable | ~claimed_rows(batch, claimed))
        texts_found = [_decoded_identity(batch, row, reader, layout) for row in unsure.tolist()]
        readable[unsure] = [text is not None for text in texts_found]
        identities[unsure] = fingerprints(text or b"" for text in texts_found)
        parts.append(Rows(batch.partition, batch.offset, identities))
        decodable.append(readable)
    return RawRows(concat(parts), np.concatenate(decodable) if decodable else np.zeros(0, np.bool_), marked)


def read_exploding_raw(scan: Scan, layout: RawLayout) -> RawRows:
    """Coordinates and identity of every silver row that the raw records stand for: one per item of ``layout.items``.

    Each record is decoded whole, since only then the number of its items is known. A record without items has one
    row, with a position that silver never has.
    """
    reader = ContractReader(RegistryClient(scan.settings), layout.record)
    return exploded_rows(scan, lambda batch, row: _item_identities(batch, row, reader, layout))


def exploded_rows(scan: Scan, identities_of: Callable[[Batch, int], list[bytes | None]]) -> RawRows:
    """The rows that ``identities_of`` finds in each record of a batch."""
    parts: list[Rows] = []
    decodable: list[Mask] = []
    marked: dict[Place, Marked] = {}
    for batch in noting_marks(scan, marked):
        found = [identities_of(batch, row) for row in range(len(batch.values))]
        row = np.repeat(np.arange(len(found)), [len(texts_found) for texts_found in found])
        flat = [text for texts_found in found for text in texts_found]
        identities = fingerprints(text or b"" for text in flat)
        parts.append(Rows(batch.partition[row], batch.offset[row], identities))
        decodable.append(np.array([text is not None for text in flat], np.bool_))
    return RawRows(concat(parts), np.concatenate(decodable) if decodable else np.zeros(0, np.bool_), marked)


def _read_leading(scan: Scan, names: tuple[str, ...]) -> Leading:
    found = layouts(_look_up(scan), names)
    parts: list[Rows] = []
    unreadable: list[Rows] = []
    doubtful = 0
    for batch in read_batches(scan):
        for some in read_by_schema(Buffer.of(batch.values), found):
            places, rows = _leading_rows(some)
            parts.append(rows)
            if len(rows) < len(some.places):
                others = np.setdiff1d(some.places, places)
                unreadable.append(make_rows(batch.partition[others], batch.offset[others]))
            if some.fields is None:
                doubtful += int(np.count_nonzero(some.buffer.schema_ids() != NO_SCHEMA_ID))
    return Leading(concat(parts), concat(unreadable), doubtful)


def _leading_rows(some: OneSchema) -> tuple[Offsets, Rows]:
    """The rows of those records of one schema that can be read, and the places of these among all."""
    if some.fields is None:
        return some.places[:0], make_rows()
    partition, offset, *rest = some.fields.columns
    identities = fingerprints(_identity_texts(some.buffer, rest)) if rest else None
    rows, readable = make_rows(partition, offset, identities), some.fields.readable
    return (some.places, rows) if readable.all() else (some.places[readable], rows.where(readable))


def _identities(buffer: Buffer, found: WriterSchemas[Layout]) -> tuple[Fingerprints, Mask]:
    """The identity of each record as its leading fields tell it, and for which records they do."""
    identities = np.zeros((len(buffer.starts), 2), np.uint64)
    readable = np.zeros(len(buffer.starts), np.bool_)
    for some in read_by_schema(buffer, found):
        if some.fields is not None:
            readable[some.places] = some.fields.readable
            identities[some.places] = fingerprints(_identity_texts(some.buffer, some.fields.columns))
    return identities, readable


def claimed_rows(batch: Batch, claimed: Mapping[int, Offsets]) -> Mask:
    """The rows of the batch whose offsets are ``claimed`` (sorted, by partition)."""
    known = np.zeros(len(batch.offset), np.bool_)
    for number in np.unique(batch.partition).tolist():
        mine = np.flatnonzero(batch.partition == number)
        offsets = claimed.get(number, np.zeros(0, np.int64))
        at = np.searchsorted(offsets, batch.offset[mine])
        inside = at < len(offsets)
        known[mine[inside]] = offsets[at[inside]] == batch.offset[mine[inside]]
    return known


def _with_prefix(batch: Batch) -> list[bytes]:
    """The values, those of records that name their schema in a header as if they named it before their body."""
    if not batch.schema_headers:
        return batch.values
    values = batch.values.copy()
    for row, header in batch.schema_headers.items():
        values[row] = prefixed(values[row], header)
    return values


def _decoded_identity(batch: Batch, row: int, reader: ContractReader, layout: RawLayout) -> bytes | None:
    """The text of a record's identity, as in the index's document id; None if no job could take the record.

    One whose identity is null is refused by the mapping, which alone may name a path that can be.
    """
    record = reader.read_or_none(batch.values[row], batch.schema_headers.get(row))
    values = [None] if record is None else [value_at(record, path) for path in layout.identity]
    return None if None in values else identity_text(values).encode()


def _item_identities(batch: Batch, row: int, reader: ContractReader, layout: RawLayout) -> list[bytes | None]:
    """The identity of each row that a record stands for; [None] if no job could read it."""
    record = reader.read_or_none(batch.values[row], batch.schema_headers.get(row))
    items = None if record is None else value_at(record, str(layout.items))
    if record is None or items is None:
        return [None]
    values = [value_at(record, path) for path in layout.identity]
    if None in values:
        return [None]
    positions = range(1, len(items) + 1) or (0,)
    return [identity_text([*values, position]).encode() for position in positions]


def _look_up(scan: Scan) -> LookUp:
    return RegistryClient(scan.settings).by_id


def _identity_texts(buffer: Buffer, columns: Sequence[Ints | tuple[Ints, Ints]]) -> list[bytes]:
    """As ``identity_bytes`` has them; most are the value of one column as it is, and need no call of it."""
    if len(columns) > 1:
        return texts(buffer, columns, identity_bytes)
    values = texts(buffer, columns, itemgetter(0))
    return [value if len(value) < DOCUMENT_ID_MAX_BYTES else identity_bytes((value,)) for value in values]
