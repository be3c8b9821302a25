"""The columns that Tidegate adds to a record, in every layer: where it came from, and as what. Pure.

Beside them, what identifies a row: the text that is its document's id and that the proof compares.
"""

from collections.abc import Iterable, Mapping, Sequence

from tidegate.avro.types import AvroType

SOURCE_TOPIC = "_source_topic"
SOURCE_PARTITION = "_source_partition"
SOURCE_OFFSET = "_source_offset"
INGESTED_AT = "_ingested_at"
"""The broker's own time stamp of the raw record."""
SCHEMA_ID = "_schema_id"
WARNINGS = "_warnings"
KEY = "_key"
HEADERS = "_headers"
VALUE = "_value"
"""The raw record's bytes, in bronze only."""

COORDINATES = (SOURCE_TOPIC, SOURCE_PARTITION, SOURCE_OFFSET)
"""Where the raw record lies."""
PLACE = (SOURCE_PARTITION, SOURCE_OFFSET)
"""Where it lies in its topic: the first columns of every silver row, which the proof reads by position."""
DROPPED_PLACE = ("source_partition", "source_offset")
"""The same in ``schemas/dropped``."""

TYPES: Mapping[str, AvroType] = {
    SOURCE_PARTITION: AvroType("int"),
    SOURCE_OFFSET: AvroType("long"),
    SOURCE_TOPIC: AvroType("string"),
    INGESTED_AT: AvroType("timestamp-millis"),
    SCHEMA_ID: AvroType("int"),
    WARNINGS: AvroType("array", items=AvroType("string")),
}
"""What every silver row has beside the columns of its record, and its types."""

IDENTITY_SEPARATOR = "_"


def identity_text(values: Iterable[object]) -> str:
    """The values of a row's identity as one text, as the search sink makes document ids."""
    return IDENTITY_SEPARATOR.join(map(str, values))


def document_id(row: Mapping[str, object], identity: Sequence[str]) -> str:
    """The id of the row's document, and what the proof knows the row by."""
    return identity_text(row[name] for name in identity)
