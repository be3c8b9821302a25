"""Whether what jobs write, silver rows and metrics, is of the types that they can write. Pure.

Another team's enum or fixed is read as text, bytes or a decimal; a row of Tidegate's own says that in its schema.
"""

from collections.abc import Iterator

from tidegate.avro.types import AvroType, read_record
from tidegate.contracts.dataset import Draft
from tidegate.contracts.problem import Problem

_INSTEAD = {
    "string": '"string"',
    "bytes": '"bytes"',
    "decimal": '{"type": "bytes", "logicalType": "decimal", …}',
}
_WITH_ARTICLE = {"enum": "an enum", "fixed": "a fixed"}


def written_problems(draft: Draft) -> list[Problem]:
    """The fields of silver and metrics that are an enum or a fixed."""
    schemas = {f"metrics/{metric.name}.avsc": metric.type for metric in draft.metrics}
    if draft.silver is not None:
        schemas["silver.avsc"] = read_record(draft.silver)
    return [
        Problem(
            f"{draft.name}/{file}",
            f"fields.{place}",
            f"{_WITH_ARTICLE[avro.stored]} is read from others' records, never written",
            f"Write {_INSTEAD[avro.kind]}, which holds the same.",
        )
        for file, record in schemas.items()
        for place, avro in _stored(record, "")
    ]


def _stored(avro: AvroType, place: str) -> Iterator[tuple[str, AvroType]]:
    if avro.stored:
        yield place, avro
    for field in avro.fields:
        yield from _stored(field.type, f"{place}.{field.name}" if place else field.name)
    if avro.items is not None:
        yield from _stored(avro.items, f"{place}[]")
