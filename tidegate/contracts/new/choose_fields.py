"""Which fields of a sample identify a record and say when it happened; what can't is refused with its remedy. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

from tidegate.avro.infer import AvroJson
from tidegate.avro.json_values import sent_name as json_name
from tidegate.avro.paths import field_at
from tidegate.avro.types import AvroSchema, AvroType, fields_by_name, read_record
from tidegate.contracts.new.time_sent import OTHER_FIELD, SENT_KINDS, MadeTime, TimeField, Told, made_time, stored_time
from tidegate.errors import ContractError

_EVENT_IDS = ("event_id", "eventid")
_LIKELY_IDENTITY = re.compile(r"[iI][dD]|.*(_[iI][dD]|[a-z0-9]I[dD])")
_IDENTIFIES = ("string", "int", "long")
_TIME_KINDS = ("timestamp-millis", "timestamp-micros")
_OTHER_ID = "Name a field of text or whole numbers."


@dataclass(frozen=True, slots=True)
class Fields:
    """Which fields identify a record and say when it happened; None: the first that looks like it.

    ``time_format`` and ``time_zone``: how the time is written, where that is not plain from its values.
    """

    identity: str | None = None
    event_time: str | None = None
    time_format: str | None = None
    time_zone: str | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """As :class:`Fields`, found in a schema; ``made``: how a mapping makes a timestamp of the event time."""

    identity: str
    event_time: str
    made: MadeTime | None = None


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
        if within.kind not in (*_TIME_KINDS, *SENT_KINDS):
            raise ContractError(f"{asked} is of type {within.kind}, which is no time.", remedy=OTHER_FIELD)
        return asked
    likely = [name for name, avro in _held(raw).items() if avro.kind in _TIME_KINDS and not avro.nullable]
    name = _asked_or_likely(raw, asked, likely, "event time", "--time FIELD")
    _not_null(raw, name, "say when one happened")
    return name


def with_time(raw: AvroSchema, fields: Fields, values: Sequence[Any]) -> tuple[AvroSchema, MadeTime | None]:
    """The record schema as records are read, and how ``map.sql`` makes a timestamp of their event time.

    None: the field is one as it is sent, or a whole number of milliseconds or microseconds that is read as one.
    ``values``: what it holds in records.

    Raises:
        ContractError: they are no times, or in a form that has to be told.
    """
    name, told = str(fields.event_time), Told(fields.time_format, fields.time_zone)
    found = field_at(fields_by_name(read_record(raw)), name)
    assert found is not None, f"{name} is no field"
    field = TimeField(name, found.type.kind, values)
    if field.kind in _TIME_KINDS:
        if told != Told():
            raise ContractError(f"{name} is a timestamp as it is.", remedy="Leave out --time-format and --time-zone.")
        return raw, None
    timestamp = None if told.format is not None or "." in name else stored_time(field)
    if timestamp is None:
        return raw, made_time(field, told)
    read = [field | {"type": dict(timestamp)} if field["name"] == name else field for field in raw["fields"]]
    return {**raw, "fields": read}, None


def values_of(raw: AvroSchema, path: str, samples: Sequence[Mapping[str, Any]]) -> list[Any]:
    """What the field at a path of the schema holds in records as they are sent."""
    names, fields = [], fields_by_name(read_record(raw))
    for part in path.split("."):
        names.append(json_name(fields[part]))
        fields = fields_by_name(fields[part].type) if fields[part].type.kind == "record" else {}
    return [reduce(lambda value, name: value[name], names, sample) for sample in samples]


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
