"""From sample records in JSON to an Avro schema: a first draft of ``v1.avsc``, for a person to complete. Pure.

Text that is a time with a zone becomes a timestamp (of microseconds where one is finer than milliseconds), a number
with a fraction a double, an object a record that is named by its path; a field that is null or left out somewhere may
be null. Money is better a decimal, which only a person can know. An object that is always empty is a map. A name that
Avro does not allow is replaced by one that it does, and stays beside it as ``json``, by which it is read.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import chain, count
from typing import Any

from tidegate.avro.iso_time import is_iso_time
from tidegate.avro.legal_names import IsFree, legal_names
from tidegate.errors import ContractError

AvroJson = Any
TIMESTAMP: Mapping[str, str] = {"type": "long", "logicalType": "timestamp-millis"}
TIMESTAMP_MICROS: Mapping[str, str] = {"type": "long", "logicalType": "timestamp-micros"}
_FINER_THAN_MICROS = re.compile(r"[.,]\d{6}0*[1-9]")


def infer_record(
    name: str, samples: Sequence[Mapping[str, Any]], taken: Iterable[str] = (), is_free: IsFree = lambda _name: True
) -> dict[str, Any]:
    """The Avro record that all ``samples`` fit; its fields in the order in which they are met first.

    ``taken``: names that no record in it may have, since Avro wants each name once. ``is_free``: whether a field of
    the record itself, not of one within, may have a name.

    Raises:
        ContractError: a field with values of several kinds; names it.
    """
    return _record(name, samples, name, {name, *taken}, is_free)


def camel_case(name: str) -> str:
    """The name of a record type for a field or dataset such as ``app_logs``."""
    return "".join(part.capitalize() for part in name.split("_")) or "Record"


def is_time(value: Any) -> bool:
    """Whether a JSON value is a moment: ISO 8601 with a zone, in microseconds at the finest."""
    if not isinstance(value, str) or "T" not in value or not is_iso_time(value):
        return False
    try:
        return datetime.fromisoformat(value).tzinfo is not None and not _FINER_THAN_MICROS.search(value)
    except ValueError:
        return False


def _record(
    name: str,
    samples: Sequence[Mapping[str, Any]],
    place: str,
    taken: set[str],
    is_free: IsFree = lambda _name: True,
) -> dict[str, Any]:
    names = legal_names(list(dict.fromkeys(field for sample in samples for field in sample)), is_free)
    fields = []
    for sent, legal in names.items():
        values = [sample.get(sent) for sample in samples]
        avro = _nullable(_type(f"{name}{camel_case(legal)}", _known(values), f"{place}.{sent}", taken), values)
        default = {"default": None} if isinstance(avro, list) else {}
        fields.append({"name": legal, "type": avro, **default, **({"json": sent} if sent != legal else {}), "doc": ""})
    return {"type": "record", "name": name, "fields": fields}


def _known(values: Sequence[Any]) -> list[Any]:
    return [value for value in values if value is not None]


def _nullable(avro: AvroJson, values: Sequence[Any]) -> AvroJson:
    """The type, which may be null if one of the values is."""
    return ["null", avro] if any(value is None for value in values) else avro


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
        case "record" if not any(values):
            return {"type": "map", "values": "string"}
        case "record":
            return _record(_free(name, taken), values, place, taken)
        case "array":
            items = list(chain.from_iterable(values))
            return {"type": "array", "items": _nullable(_type(name, _known(items), f"{place}[]", taken), items)}
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
