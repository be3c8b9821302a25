"""Which fields of a sample identify a record and say when it happened; what can't is refused with its remedy. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tidegate.avro.infer import TIMESTAMP, TIMESTAMP_MICROS, AvroJson, is_time
from tidegate.avro.paths import field_at
from tidegate.avro.types import AvroSchema, AvroType, fields_by_name, read_record
from tidegate.errors import ContractError

_EVENT_IDS = ("event_id", "eventid")
_LIKELY_IDENTITY = re.compile(r"[iI][dD]|.*(_[iI][dD]|[a-z0-9]I[dD])")
_IDENTIFIES = ("string", "int", "long")
_TIME_KINDS = ("timestamp-millis", "timestamp-micros")
_FROM_S, _TO_S = 946_684_800, 4_102_444_800
"""2000 and 2100: numbers between them, in their unit, are taken for times since 1970."""
_OTHER_ID = "Name a field of text or whole numbers."
_TIME_REMEDY = "Send ISO 8601 with a zone, as 2026-11-21T10:00:00.000Z, or milliseconds since 1970."


@dataclass(frozen=True, slots=True)
class Fields:
    """Which fields identify a record and say when it happened; None: the first that looks like it."""

    identity: str | None = None
    event_time: str | None = None


def choose_identity(raw: AvroSchema, asked: str | None) -> str:
    """The field that identifies a record: ``event_id`` or else the first ``id`` or ``…_id``, if none is asked for.

    Raises:
        ContractError: no field looks like it, or the one asked for can't be it.
    """
    if asked is not None and (within := _within(raw, asked)) is not None:
        if not _identifies(within):
            raise ContractError(f"{asked} is of type {within.kind}, which identifies no record.", remedy=_OTHER_ID)
        return asked
    held = _held(raw)
    able = [name for name, avro in held.items() if _identifies(avro) and not avro.nullable]
    likely = sorted(filter(_LIKELY_IDENTITY.fullmatch, able), key=lambda name: name.lower() not in _EVENT_IDS)
    name = _asked_or_likely(raw, asked, likely, "identity", "--identity FIELD")
    _not_null(raw, name, "identify a record")
    if not _identifies(held[name]):
        kind = held[name].stored or held[name].kind
        others = f"one of {', '.join(able)}" if able else "a field of text or whole numbers"
        raise ContractError(f"{name} is of type {kind}, which identifies no record.", remedy=f"Name {others}.")
    return name


def choose_time(raw: AvroSchema, asked: str | None) -> str:
    """The field that says when a record happened: the first timestamp, if none is asked for.

    Raises:
        ContractError: no field looks like it, or the one asked for can't be it; its values are looked at by
            :func:`with_time`.
    """
    if asked is not None and (within := _within(raw, asked)) is not None:
        if within.kind not in _TIME_KINDS:
            raise ContractError(f"{asked} is of type {within.kind}, which is no time.", remedy=_TIME_REMEDY)
        return asked
    likely = [name for name, avro in _held(raw).items() if avro.kind in _TIME_KINDS and not avro.nullable]
    name = _asked_or_likely(raw, asked, likely, "event time", "--time FIELD")
    _not_null(raw, name, "say when one happened")
    return name


def with_time(raw: AvroSchema, name: str, samples: Sequence[Mapping[str, Any]]) -> AvroSchema:
    """The record schema in which field ``name`` is a timestamp: it is one, or holds milliseconds since 1970.

    Raises:
        ContractError: the field's values are no times.
    """
    if "." in name or _held(raw)[name].kind in _TIME_KINDS:
        return raw
    avro = _types(raw)[name]
    timestamp = _timestamp_of(name, avro, [sample[sent_name(raw, name)] for sample in samples])
    fields = [field | {"type": timestamp} if field["name"] == name else field for field in raw["fields"]]
    return {**raw, "fields": fields}


def _timestamp_of(name: str, avro: AvroJson, values: Sequence[Any]) -> AvroJson:
    if avro not in ("string", "long", "double"):
        raise ContractError(f"{name} is of type {_kind(avro)}, which is no time.", remedy=_TIME_REMEDY)
    if avro == "string":
        first = next((value for value in values if not is_time(value)), None)
        said = f"{name} is text" if first is None else f"{name}: {first!r} is no time with a zone"
        raise ContractError(f"{said}.", remedy=_TIME_REMEDY)
    if avro == "long" and _all_lie(values, 1000):
        return dict(TIMESTAMP)
    if avro == "long" and _all_lie(values, 1_000_000):
        return dict(TIMESTAMP_MICROS)
    if _all_lie(values, 1):
        raise ContractError(
            f"{name}: {values[0]!r} looks like seconds since 1970.",
            remedy="Send milliseconds, or ISO 8601 with a zone, as 2026-11-21T10:00:00.000Z.",
        )
    raise ContractError(f"{name}: {values[0]!r} is no time.", remedy=_TIME_REMEDY)


def _all_lie(values: Sequence[Any], units_per_s: int) -> bool:
    return all(_FROM_S * units_per_s <= value < _TO_S * units_per_s for value in values)


def _asked_or_likely(raw: AvroSchema, asked: str | None, likely: list[str], what: str, option: str) -> str:
    names = {sent_name(raw, name): name for name in _types(raw)}
    if asked is not None and asked not in (*names, *names.values()):
        raise ContractError(f"there is no field {asked}.", remedy=f"Its fields: {', '.join(names)}.")
    if asked is None and not likely:
        raise ContractError(f"no field looks like the {what}.", remedy=f"Name it with {option}: {', '.join(names)}.")
    return likely[0] if asked is None else names.get(asked, asked)


def _not_null(raw: AvroSchema, name: str, does: str) -> AvroJson:
    avro = _types(raw)[name]
    if isinstance(avro, list):
        raise ContractError(
            f"{name} is null or missing in some records, so it can't {does}.",
            remedy="Name another field, or take those records out of the sample and send none like them.",
        )
    return avro


def sent_name(raw: AvroSchema, name: str) -> str:
    """What the field ``name`` is called in the sample; a path is called as in the schema."""
    return next((str(field.get("json", name)) for field in raw["fields"] if field["name"] == name), name)


def _within(raw: AvroSchema, path: str) -> AvroType | None:
    """The type of a field within a record, by its path; None where the path is none.

    Raises:
        ContractError: it may be null, or is sent by a name that no path can have.
    """
    field = field_at(fields_by_name(read_record(raw)), path) if "." in path else None
    if field is None or path in {sent_name(raw, name) for name in _types(raw)}:
        return None
    if field.type.nullable:
        raise ContractError(f"{path} is null or missing in some records.", remedy="Name another field.")
    return field.type


def _types(raw: AvroSchema) -> dict[str, AvroJson]:
    return {field["name"]: field["type"] for field in raw["fields"]}


def _identifies(avro: AvroType) -> bool:
    return avro.kind in _IDENTIFIES and avro.stored != "enum"


def _held(raw: AvroSchema) -> dict[str, AvroType]:
    """What each field holds, by its name."""
    return {field.name: field.type for field in read_record(raw).fields}


def _kind(avro: AvroJson) -> str:
    return str(avro.get("logicalType", avro["type"]) if isinstance(avro, dict) else avro)
