"""What the dataset's ``refine.sql`` makes of a record: columns that silver can hold, or a fault of the record.

An expression can be null although its type says it is not, such as a CAST to a decimal that overflows. Kafka's sink
could only fail for it, at every restart; ``storable`` refuses it where the record is at hand to become a dead letter.
"""

import json
from collections.abc import Iterator

from tidegate.avro.holding import holds
from tidegate.avro.types import AvroType, Field
from tidegate.contracts import envelope
from tidegate.contracts.dataset import Stream
from tidegate.contracts.sql_outline import outline
from tidegate.sql.job_sql import View
from tidegate.sql.literals import text


def refined_view(stream: Stream) -> View:
    """``refined``: the rows of ``refine.sql``."""
    return View("refined", refined_query(stream))


def refined_query(stream: Stream) -> str:
    """Its SELECT: the columns of silver by name."""
    return f"SELECT {', '.join(_columns(stream))}\nFROM (\n{stream.refine_sql}\n)"


def _columns(stream: Stream) -> Iterator[str]:
    certain = set(_certain(stream))
    for name, field in stream.silver_fields.items():
        if name in certain or not _can_be_refused(field):
            yield f"`{name}`"
        else:
            yield f"storable(`{name}`, {text(_record_of(stream, name))}) AS `{name}`"


def _certain(stream: Stream) -> Iterator[str]:
    """The columns that come as they were decoded, in the same type: silver holds them as the record did."""
    yield from envelope.TYPES
    sources = dict(_decoded(stream))
    for name, source in outline(stream.refine_sql).passed.items():
        silver = stream.silver_fields.get(name)
        if silver and source in sources and holds(silver.type, sources[source]):
            yield name


def _decoded(stream: Stream) -> Iterator[tuple[str, AvroType]]:
    """The columns of ``validated`` that are the record's own, or its item's; no one has replaced them by null."""
    emptied = {privacy.field for privacy in stream.contract.privacy if privacy.method == "drop"}
    yield from ((name, field.type) for name, field in stream.record_fields.items() if name not in emptied)
    if explode := stream.contract.explode:
        yield explode.position, AvroType("int")
        if not stream.record_fields[explode.field].type.element.nullable:
            yield from ((name, field.type) for name, field in stream.item_fields.items())


def _can_be_refused(field: Field) -> bool:
    return not field.type.nullable or field.type.kind in ("array", "map", "record", "timestamp-micros")


def _record_of(stream: Stream, name: str) -> str:
    """An Avro record with this field alone."""
    [field] = [{"name": name, "type": field["type"]} for field in stream.silver["fields"] if field["name"] == name]
    return json.dumps({"type": "record", "name": "Silver", "fields": [field]})
