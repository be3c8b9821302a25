"""From sample records in JSON to an Avro schema: a first draft of ``v1.avsc``, for a person to complete. Pure.

Text that is a time with a zone becomes a timestamp (of microseconds where one is finer than milliseconds), a number
with a fraction a double, an object a record that is named by its path; a field that is null or left out somewhere may
be null. Money is better a decimal, which only a person can know.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import chain, count
from typing import Any

from tidegate.errors import ContractError

AvroJson = Any
TIMESTAMP: Mapping[str, str] = {"type": "long", "logicalType": "timestamp-millis"}
TIMESTAMP_MICROS: Mapping[str, str] = {"type": "long", "logicalType": "timestamp-micros"}
_NAME = re.compile(r"^[A-Za-z_][A-Za-z0-9_]*$")


def infer_record(name: str, samples: Sequence[Mapping[str, Any]], taken: Iterable[str] = ()) -> dict[str, Any]:
    """The Avro record that all ``samples`` fit; its fields in the order in which they are met first.

    ``taken``: names that no record in it may have, since Avro wants each name once.

    Raises:
        ContractError: a field with values of several kinds, or with a name that Avro does not allow; names it.
    """
    return _record(name, samples, name, {name, *taken})


def camel_case(name: str) -> str:
    """The name of a record type for a field or dataset such as ``app_logs``."""
    return "".join(part.capitalize() for part in name.split("_")) or "Record"


def is_time(value: Any) -> bool:
    """Whether a JSON value is a moment: ISO 8601 with a zone."""
    if not isinstance(value, str) or "T" not in value:
        return False
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def _record(name: str, samples: Sequence[Mapping[str, Any]], place: str, taken: set[str]) -> dict[str, Any]:
    names = dict.fromkeys(field for sample in samples for field in sample)
    fields = [_field(field, samples, name, f"{place}.{field}", taken) for field in names]
    return {"type": "record", "name": name, "fields": fields}


def _field(name: str, samples: Sequence[Mapping[str, Any]], record: str, place: str, taken: set[str]) -> dict[str, Any]:
    if not _NAME.match(name):
        raise ContractError(f"{place}: Avro allows no such name.", remedy="Use letters, digits and _, no digit first.")
    values = [sample.get(name) for sample in samples]
    known = [value for value in values if value is not None]
    avro = _type(f"{record}{camel_case(name)}", known, place, taken)
    if len(known) == len(values):
        return {"name": name, "type": avro, "doc": ""}
    return {"name": name, "type": ["null", avro], "default": None, "doc": ""}


def _type(name: str, values: Sequence[Any], place: str, taken: set[str]) -> AvroJson:
    kinds = {_kind(value) for value in values} or {"string"}
    if kinds == {"time", "string"}:
        kinds = {"string"}
    if kinds == {"long", "double"}:
        kinds = {"double"}
    if len(kinds) > 1:
        raise ContractError(
            f"{place}: its values are of several kinds ({', '.join(sorted(kinds))}).", remedy="Send one kind per field."
        )
    match kinds.pop():
        case "time":
            return dict(TIMESTAMP_MICROS if any(map(_is_finer_than_ms, values)) else TIMESTAMP)
        case "record":
            return _record(_free(name, taken), values, place, taken)
        case "array":
            return {"type": "array", "items": _type(name, list(_items(values)), f"{place}[]", taken)}
        case kind:
            return kind


def _kind(value: Any) -> str:
    match value:
        case bool():
            return "boolean"
        case int():
            return "long"
        case float():
            return "double"
        case str():
            return "time" if is_time(value) else "string"
        case list():
            return "array"
        case _:
            return "record"


def _is_finer_than_ms(time: str) -> bool:
    return datetime.fromisoformat(time).microsecond % 1000 != 0


def _free(name: str, taken: set[str]) -> str:
    """The name, with a number if it is taken; it is taken from now on."""
    free = next(other for other in chain([name], (f"{name}{number}" for number in count(2))) if other not in taken)
    taken.add(free)
    return free


def _items(values: Iterable[list[Any]]) -> Iterable[Any]:
    return (item for value in values for item in value if item is not None)
