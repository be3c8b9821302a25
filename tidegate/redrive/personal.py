"""Which fields of a raw record or of a document are personal, and texts without their values. Pure."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tidegate.avro.json_values import sent_name
from tidegate.avro.paths import column_of, field_at
from tidegate.avro.types import AvroType
from tidegate.contracts.dataset import Stream
from tidegate.contracts.map_sql import overlap, paths_in, read_map
from tidegate.redrive.change import values_at

MASK = "***"
_SHORTEST = 3
"""A text shorter than this is in too many others to be looked for."""


def personal_paths(stream: Stream) -> tuple[str, ...]:
    """The paths in a raw record, by the names that are sent, of what the contract calls personal."""
    columns = [privacy.field for privacy in stream.contract.privacy]
    if stream.map_sql is not None:
        read = read_map(stream.map_sql)
        columns = sorted(read.read_by({column.partition(".")[0] for column in columns}))
    is_json = stream.contract.is_json
    return tuple(_sent(stream.raw_type, path) if is_json else path for path in columns)


def document_paths(stream: Stream) -> tuple[str, ...]:
    """The paths in a document of what the contract calls personal, and the columns that ``refine.sql`` makes of it."""
    named = [privacy.field for privacy in stream.contract.privacy]
    return tuple(dict.fromkeys([*named, *_made_of(stream, named)]))


def columns_made_of(stream: Stream, field: str) -> tuple[str, ...]:
    """Where the values of one personal field are in a silver row: columns, or paths within such as ``operator.name``.

    None where ``refine.sql`` leaves it out. Where that is no plain SELECT, columns of the field's name.
    """
    named = [field, column_of(field)]
    columns = [name for name in _made_of(stream, named) if name in stream.silver_fields]
    found = columns or [name for name in named if field_at(stream.silver_fields, name) is not None]
    return tuple(dict.fromkeys(_narrowed(found, field if field_at(stream.silver_fields, field) else "")))


def _narrowed(columns: list[str], within: str) -> Iterator[str]:
    """In the place of a column that holds the field with others beside it, only the field itself."""
    for name in columns:
        yield within if within.startswith(f"{name}.") else name


def _made_of(stream: Stream, fields: list[str]) -> Iterator[str]:
    """The columns that ``refine.sql`` makes of these fields of a record."""
    read = read_map(stream.refine_sql)
    for item in read.items:
        paths = [each for path in paths_in(item.tokens, read.alias) for each in (path, path.partition(".")[2]) if each]
        if item.name and any(overlap(each, field) for field in fields for each in paths):
            yield item.name


def told_of(paths: tuple[str, ...], document: bytes, text: str) -> str:
    """A text about a document, without the values that it has at the paths."""
    return Masker(paths, json.loads(document)).told(text)


def is_personal(path: str, paths: tuple[str, ...]) -> bool:
    """Whether the path, which may count items (``lines[0].name``), is one of them, or lies within or around one."""
    plain = _without_numbers(path)
    return any(_leads(plain, each) or _leads(each, plain) for each in paths)


class Masker:
    """Takes the values of some records' personal fields out of texts; they may stand under other names there."""

    def __init__(self, paths: tuple[str, ...], *records: Mapping[str, Any]) -> None:
        found = (value for record in records for path in paths for value in values_at(record, path))
        self._values = {str(value) for each in found for value in _plain_values(each)}

    def holds(self, value: Any) -> bool:
        """Whether it is a personal value."""
        return value is not None and str(value) in self._values

    def told(self, text: str) -> str:
        """The text without them."""
        for value in sorted(self._values, key=len, reverse=True):
            if len(value) >= _SHORTEST:
                text = text.replace(value, MASK)
        return text


def _plain_values(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for each in value.values():
            yield from _plain_values(each)
    elif isinstance(value, list):
        for each in value:
            yield from _plain_values(each)
    elif value is not None and not isinstance(value, bool):
        yield value


def _sent(avro: AvroType, path: str) -> str:
    """A path by the names of the schema, as one by the names in JSON."""
    first, dot, rest = path.partition(".")
    for field in avro.fields:
        if field.name == first:
            return sent_name(field) + (f".{_sent(field.type, rest)}" if dot else "")
    return path


def _without_numbers(path: str) -> str:
    return ".".join(part.partition("[")[0] for part in path.split("."))


def _leads(path: str, to: str) -> bool:
    return to == path or to.startswith(f"{path}.")
