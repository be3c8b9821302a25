"""How the event time is sent, by its values: as a timestamp, or as what ``map.sql`` makes one of. Pure.

Producers that count seconds, or write times in a form of their own, keep doing so: the record in ``v1.avsc`` is as it
is sent, and the SQL here makes the timestamp.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tidegate.avro.infer import TIMESTAMP, TIMESTAMP_MICROS
from tidegate.avro.iso_time import is_iso_time
from tidegate.avro.types import Kind
from tidegate.contracts.new.time_format import TimeFormat, likely_format
from tidegate.errors import ContractError

SENT_KINDS: frozenset[Kind] = frozenset({"int", "long", "double", "string"})
"""Of which a timestamp can be made; a float has too few digits for a moment."""
EXAMPLE_TIME = "2026-01-01T11:59:58.250Z"
OTHER_FIELD = "Name another field with --time."
_EXAMPLE = datetime.fromisoformat(EXAMPLE_TIME)
_EXAMPLE_MS = 1_767_268_798_250
_FROM_S, _TO_S = 946_684_800, 4_102_444_800
"""2000 and 2100: numbers between them, in their unit, are taken for times since 1970."""
_UNITS: Mapping[int, str] = {
    1: "seconds",
    1000: "milliseconds",
    1_000_000: "microseconds",
    1_000_000_000: "nanoseconds",
}
"""By how many of them a second has."""
_DIGITS = re.compile(r"\d+(\.\d+)?", re.ASCII)
_FINER_THAN_MS = re.compile(r"[.,]\d{3}\d*[1-9]")


@dataclass(frozen=True, slots=True)
class Told:
    """What a person says of a time in text: its format and its zone, such as ``Europe/Berlin``."""

    format: str | None = None
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class TimeField:
    """The field of the event time: its path, its type and values of it."""

    path: str
    kind: Kind
    values: Sequence[Any]

    @property
    def sql(self) -> str:
        """The path in SQL over ``raw``, which a record within may be called, too."""
        quoted = ".".join(f"`{name}`" for name in self.path.split("."))
        return f"`raw`.{quoted}" if self.path.lower().startswith("raw.") else quoted


@dataclass(frozen=True, slots=True)
class MadeTime:
    """The SQL that makes a timestamp of type ``avro``; ``sent``: the example as sent; ``said``: how it is sent."""

    sql: str
    avro: Mapping[str, str]
    sent: Any
    said: str


def stored_time(field: TimeField) -> Mapping[str, str] | None:
    """The timestamp that a whole number is as it is sent; without any value it is taken for milliseconds."""
    if field.kind != "long":
        return None
    return {1000: TIMESTAMP, 1_000_000: TIMESTAMP_MICROS}.get(_unit(field) or 0)


def made_time(field: TimeField, told: Told) -> MadeTime:
    """How ``map.sql`` makes a timestamp of the field.

    Raises:
        ContractError: its values are no times, or in a form that has to be told; says by which option.
    """
    if field.kind not in SENT_KINDS:
        raise ContractError(f"{field.path} is of type {field.kind}, which is no time.", remedy=OTHER_FIELD)
    if told.format is not None:
        return _by_format(field, TimeFormat(told.format), told.zone)
    if field.kind == "string":
        return _of_text(field, told.zone)
    unit = _unit(field)
    if unit is None:
        raise ContractError(f"{field.path}: {_odd(field.values)!r} is no time.", remedy=_remedy(field.values))
    return _counted(field, unit, field.sql, is_whole=field.kind != "double")


def _counted(field: TimeField, unit: int, number: str, *, is_whole: bool) -> MadeTime:
    """Made of a number since 1970, to the millisecond."""
    if is_whole and unit <= 1000:
        sql = f"to_timestamp_ltz({number}, {0 if unit == 1 else 3})"
    elif is_whole:
        sql = f"to_timestamp_ltz({number} / {unit // 1000}, 3)"
    else:
        scaled = {1: f"{number} * 1000", 1000: number}.get(unit, f"{number} / {unit // 1000}")
        sql = f"to_timestamp_ltz(cast(floor({scaled} + 0.5) as bigint), 3)"
    sent = _EXAMPLE_MS * unit // 1000 if is_whole else _EXAMPLE_MS * unit / 1000
    return MadeTime(sql, TIMESTAMP, sent, f"{field.path} counts {_UNITS[unit]} since 1970")


def _of_text(field: TimeField, zone: str | None) -> MadeTime:
    values = [str(value) for value in field.values]
    if not values:
        return _iso(field, "text, taken for ISO 8601 as no record shows it")
    if all(map(_has_zone, values)):
        return _iso(field, "text of ISO 8601")
    if all(map(_DIGITS.fullmatch, values)) and (unit := _unit_of([float(value) for value in values])):
        is_whole = all(map(str.isdigit, values))
        number = f"cast({field.sql} as {'bigint' if is_whole else 'double'})"
        made = _counted(field, unit, number, is_whole=is_whole)
        return MadeTime(made.sql, made.avro, str(made.sent), f"{made.said}, as text")
    if zone is not None and all(map(is_iso_time, values)):
        return _in_zone(field, zone)
    first = next((value for value in values if not _has_zone(value)), values[0])
    raise ContractError(f"{field.path}: {first!r} is no time with a zone.", remedy=_remedy(values))


def _iso(field: TimeField, said: str) -> MadeTime:
    is_finer = any(_FINER_THAN_MS.search(str(value)) for value in field.values)
    avro = TIMESTAMP_MICROS if is_finer else TIMESTAMP
    return MadeTime(f"iso_time({field.sql})", avro, EXAMPLE_TIME, f"{field.path} is {said}")


def _in_zone(field: TimeField, zone: str) -> MadeTime:
    """ISO 8601 without a zone: ``iso_time`` takes it as UTC with any number of digits; another zone needs a format."""
    if zone_of(zone) is UTC:
        return _iso(field, "text of ISO 8601, in UTC")
    pattern = likely_format(str(field.values[0]))
    if pattern is None:
        raise ContractError(
            f"{field.path}: the form of {field.values[0]!r} is not known.", remedy=_remedy(field.values)
        )
    return _by_format(field, TimeFormat(pattern), zone)


def _by_format(field: TimeField, form: TimeFormat, zone: str | None) -> MadeTime:
    if field.kind == "double":
        raise ContractError(f"{field.path} is of type double, which has no format.", remedy="Leave out --time-format.")
    odd = next((value for value in field.values if not form.fits(str(value))), None)
    if odd is not None:
        raise ContractError(
            f"{field.path}: {odd!r} is not written as {form.pattern!r}.", remedy="Give the format of all of them."
        )
    text, local = field.sql, form.written(_EXAMPLE.astimezone(zone_of(zone)))
    if field.kind != "string":
        text = f"cast({text} as string)"
    arguments = [text, _literal(form.pattern), *([] if zone is None else [_literal(zone)])]
    return MadeTime(
        f"to_timestamp_ltz({', '.join(arguments)})",
        TIMESTAMP_MICROS if form.is_finer_than_ms else TIMESTAMP,
        local if field.kind == "string" else int(local),
        f"{field.path} is written as {form.pattern}, in {zone or 'UTC'}",
    )


def zone_of(name: str | None) -> tzinfo:
    """The time zone of this name; UTC without one.

    Raises:
        ContractError: there is none.
    """
    if name in (None, "UTC", "Z"):
        return UTC
    try:
        return ZoneInfo(str(name))
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ContractError(f"{name!r} is no time zone.", remedy="Name one as Europe/Berlin or UTC.") from error


def _literal(value: str) -> str:
    doubled = value.replace("'", "''")
    return f"'{doubled}'"


def _unit(field: TimeField) -> int | None:
    """By the values; a number of 32 bits can only count seconds."""
    return _unit_of(field.values) if field.values else 1 if field.kind in ("int", "double") else 1000


def _unit_of(values: Sequence[float]) -> int | None:
    return next((unit for unit in _UNITS if all(_FROM_S * unit <= each < _TO_S * unit for each in values)), None)


def _odd(values: Sequence[Any]) -> Any:
    """The first that is a time in no unit, or in another than those before."""
    return next(value for place, value in enumerate(values) if _unit_of(values[: place + 1]) is None)


def _has_zone(value: str) -> bool:
    if not is_iso_time(value):
        return False
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def _remedy(values: Sequence[Any]) -> str:
    """How to have it taken as it is sent."""
    text = next((str(value) for value in values if not _has_zone(str(value))), "")
    pattern = likely_format(text)
    if pattern is None:
        return f"{OTHER_FIELD[:-1]}, or say how it is written: --time-format 'dd.MM.yyyy HH:mm'."
    if is_iso_time(text):
        return "Say in which zone it is: --time-zone UTC, or --time-zone Europe/Berlin."
    return f'Say how it is written: --time-format "{pattern}", and --time-zone Europe/Berlin if it is not in UTC.'
