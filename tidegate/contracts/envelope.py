"""The columns that Tidegate adds to a record, in every layer: where it came from, and as what. Pure.

Beside them, what identifies a row: the text that is its document's id and that the proof compares.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from tidegate.avro.types import AvroType

SOURCE_TOPIC = "_source_topic"
SOURCE_PARTITION = "_source_partition"
SOURCE_OFFSET = "_source_offset"
INGESTED_AT = "_ingested_at"
"""The broker's own time stamp of the raw record."""
SCHEMA_ID = "_schema_id"
WARNINGS = "_warnings"
RESCUED = "_rescued"
"""The fields that a record in JSON has and its contract lacks, as text; only where the contract rescues them."""
KEY = "_key"
HEADERS = "_headers"
VALUE = "_value"
"""The raw record's bytes, in bronze only."""
SPLIT_ROW = "_split_row"
"""Of a row of a file, within jobs only: its number in its part of the file."""
UNINDEXED = "_unindexed"
"""Of a document only: the entries of its maps that are too long to be searched."""

COORDINATES = (SOURCE_TOPIC, SOURCE_PARTITION, SOURCE_OFFSET)
"""Where the raw record lies."""
PLACE = (SOURCE_PARTITION, SOURCE_OFFSET)
"""Where it lies in its topic: the first columns of every silver row, which the proof reads by position."""
DROPPED_PLACE = ("source_partition", "source_offset")
"""The same in ``schemas/dropped``."""

LAKE_PARTITIONS = ("year", "month", "day")
"""By which the lake's tables are partitioned, so no column of silver may have one of these names."""

CHANGE_DELETED, CHANGED_AT = "_deleted", "_changed_at"
CHANGE_PLACE = ("_gold_partition", "_gold_offset")
"""Where the record lies in the metric's topic; of a key, all records lie in one partition."""
CHANGED_DAY = "_day"
"""The day of the metric's time, by which the table is partitioned."""
CHANGE_COLUMNS = (CHANGE_DELETED, CHANGED_AT, *CHANGE_PLACE, CHANGED_DAY)
"""What a table of a metric's changes has beside the metric's columns."""

TYPES: Mapping[str, AvroType] = {
    SOURCE_PARTITION: AvroType("int"),
    SOURCE_OFFSET: AvroType("long"),
    SOURCE_TOPIC: AvroType("string"),
    INGESTED_AT: AvroType("timestamp-millis"),
    SCHEMA_ID: AvroType("int"),
    WARNINGS: AvroType("array", items=AvroType("string")),
}
"""What every silver row has beside the columns of its record, and its types."""
RESCUED_TYPE = AvroType("string", nullable=True)

IDENTITY_SEPARATOR = "_"
IDENTITY_ESCAPE = "~"
"""Stands before a separator, or before itself, that belongs to a value."""
DOCUMENT_ID_MAX_BYTES = 512
"""Of OpenSearch's ``_id``: https://docs.opensearch.org/latest/mappings/metadata-fields/id/."""
_SEPARATOR, _ESCAPE = IDENTITY_SEPARATOR.encode(), IDENTITY_ESCAPE.encode()
_HASH_AT = DOCUMENT_ID_MAX_BYTES - 2 * hashlib.sha256().digest_size


def identity_bytes(values: Sequence[bytes]) -> bytes:
    """The values of a row's identity as one UTF-8 text, as the search sink makes document ids.

    No two identities have the same text: of several values, a separator in one of them is escaped, and a text that is
    too long for an id ends in its SHA-256. Only those have all of an id's bytes.
    """
    text = values[0] if len(values) == 1 else _SEPARATOR.join(map(_escaped, values))
    if len(text) < DOCUMENT_ID_MAX_BYTES:
        return text
    start = text[: _HASH_AT - 1].decode(errors="ignore").encode()
    return start.ljust(_HASH_AT, _ESCAPE) + hashlib.sha256(text).hexdigest().encode()


def identity_text(values: Iterable[object]) -> str:
    """As :func:`identity_bytes`, of values as they are decoded."""
    return identity_bytes([str(value).encode() for value in values]).decode()


def document_id(row: Mapping[str, object], identity: Sequence[str]) -> str:
    """The id of the row's document, and what the proof knows the row by."""
    return identity_text(row[name] for name in identity)


def _escaped(value: bytes) -> bytes:
    if _SEPARATOR not in value and _ESCAPE not in value:
        return value
    return value.replace(_ESCAPE, 2 * _ESCAPE).replace(_SEPARATOR, _ESCAPE + _SEPARATOR)
