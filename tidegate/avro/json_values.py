"""JSON values in a contract's types, and back: what examples, JSON-lines files and command lines speak.

Times are ISO-8601 strings with a zone (or whole numbers in the field's own unit since 1970), dates ISO-8601,
decimals strings or whole numbers, bytes Base64. Nothing is rounded or guessed: what does not fit is an error
that names the field.
"""

import base64
import binascii
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, DecimalException, Inexact, localcontext
from typing import Any

from tidegate.avro.types import MAX_DECIMAL_PRECISION, AvroType
from tidegate.errors import TidegateError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_RANGES = {"int": 2**31, "long": 2**63}
_UNITS = {"timestamp-millis": timedelta(milliseconds=1), "timestamp-micros": timedelta(microseconds=1)}


class JsonValueError(TidegateError):
    """A JSON value does not fit its Avro type; ``place`` is the dotted path of the field."""

    def __init__(self, place: str, problem: str, *, remedy: str) -> None:
        super().__init__(f"{place}: {problem}.", remedy=remedy)
        self.place = place


def from_json(value: Any, avro: AvroType, place: str = "record") -> Any:
    """``value`` as fastavro takes it for writing.

    A field that is left out gets its default; a field the schema does not have is refused. Floating-point
    numbers are refused for decimals: parse JSON with ``parse_float=Decimal`` to keep them exact.

    Raises:
        JsonValueError: the value does not fit; names the field.
    """
    if value is None:
        if avro.nullable:
            return None
        raise JsonValueError(place, "null, but the field may not be null", remedy="Give a value.")
    match avro.kind:
        case "record":
            return _record(value, avro, place)
        case "array":
            return [from_json(item, avro.element, f"{place}[{i}]") for i, item in enumerate(_is(value, list, place))]
        case "map":
            entries = _is(value, dict, place).items()
            return {str(key): from_json(item, avro.element, f"{place}.{key}") for key, item in entries}
        case "timestamp-millis" | "timestamp-micros":
            return _time(value, _UNITS[avro.kind], place)
        case "date":
            return _date(value, place)
        case "decimal":
            return _decimal(value, avro, place)
        case "bytes":
            return _bytes(value, place)
        case _:
            return _primitive(value, avro, place)


def to_json(value: Any, avro: AvroType) -> Any:
    """The inverse of :func:`from_json` for a value that fastavro read."""
    if value is None:
        return None
    match avro.kind:
        case "record":
            return {field.name: to_json(value[field.name], field.type) for field in avro.fields}
        case "array":
            return [to_json(item, avro.element) for item in value]
        case "map":
            return {key: to_json(item, avro.element) for key, item in value.items()}
        case "timestamp-millis":
            return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        case "timestamp-micros":
            return value.isoformat(timespec="microseconds").replace("+00:00", "Z")
        case "date":
            return value.isoformat()
        case "decimal":
            return f"{value:f}"
        case "bytes":
            return base64.b64encode(value).decode("ascii")
        case _:
            return value


def _record(value: Any, avro: AvroType, place: str) -> dict[str, Any]:
    given: Mapping[str, Any] = _is(value, dict, place)
    if unknown := sorted(given.keys() - {field.name for field in avro.fields}):
        known = ", ".join(field.name for field in avro.fields)
        raise JsonValueError(f"{place}.{unknown[0]}", "the schema has no such field", remedy=f"Its fields: {known}.")
    record = {}
    for field in avro.fields:
        where = f"{place}.{field.name}"
        if field.name in given:
            record[field.name] = from_json(given[field.name], field.type, where)
        elif not field.has_default:
            raise JsonValueError(where, "missing, and it has no default", remedy="Give a value.")
        elif field.default is None or field.type.kind not in ("bytes", "decimal", "date"):
            record[field.name] = from_json(field.default, field.type, where)
    return record


def _primitive(value: Any, avro: AvroType, place: str) -> Any:
    match avro.kind:
        case "string":
            return _is(value, str, place)
        case "boolean":
            return _is(value, bool, place)
        case "int" | "long":
            limit = _RANGES[avro.kind]
            if isinstance(value, bool) or not isinstance(value, int) or not -limit <= value < limit:
                raise JsonValueError(
                    place, f"{value!r} is not a whole number of type {avro.kind}", remedy="Give one in range."
                )
            return value
        case _:
            if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
                raise JsonValueError(place, f"{value!r} is not a number", remedy="Give a number.")
            return float(value)


def _time(value: Any, unit: timedelta, place: str) -> datetime:
    try:
        if isinstance(value, int) and not isinstance(value, bool):
            return _EPOCH + value * unit
        moment = datetime.fromisoformat(_is(value, str, place))
        utc = moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError) as error:
        raise JsonValueError(place, f"{value!r} is not a time ({error})", remedy=_TIME_REMEDY) from error
    if utc is None:
        raise JsonValueError(place, f"{value!r} has no zone", remedy=_TIME_REMEDY)
    if (utc - _EPOCH) % unit:
        raise JsonValueError(place, f"{value!r} is finer than the field's unit", remedy="Round it yourself.")
    return utc


_TIME_REMEDY = "Write it as 2026-11-21T10:00:00.000Z."


def _date(value: Any, place: str) -> date:
    try:
        return date.fromisoformat(_is(value, str, place))
    except ValueError as error:
        raise JsonValueError(place, f"{value!r} is not a date", remedy="Write it as 2026-11-21.") from error


def _decimal(value: Any, avro: AvroType, place: str) -> Decimal:
    wanted = f"decimal({avro.precision}, {avro.scale})"
    if isinstance(value, bool | float) or not isinstance(value, str | int | Decimal):
        raise JsonValueError(place, f"{value!r} for a {wanted}", remedy='Write it as a string: "12.50".')
    try:
        with localcontext(prec=2 * MAX_DECIMAL_PRECISION) as context:
            context.traps[Inexact] = True
            exact = Decimal(value)
            unscaled = exact.scaleb(avro.scale)
            fits = unscaled == unscaled.to_integral_value() and abs(unscaled) < 10**avro.precision
    except (DecimalException, OverflowError) as error:
        raise JsonValueError(place, f"{value!r} is no {wanted}", remedy='Write it as "12.50".') from error
    if not fits:
        raise JsonValueError(place, f"{value!r} does not fit {wanted}", remedy="Round it or widen the type.")
    return exact


def _bytes(value: Any, place: str) -> bytes:
    try:
        return base64.b64decode(_is(value, str, place), validate=True)
    except binascii.Error as error:
        raise JsonValueError(place, f"{value!r} is not Base64", remedy="Encode the bytes as Base64.") from error


def _is(value: Any, kind: type, place: str) -> Any:
    if not isinstance(value, kind):
        raise JsonValueError(place, f"{value!r} is not {_NAMES[kind]}", remedy=f"Give {_NAMES[kind]}.")
    return value


_NAMES: dict[type, str] = {str: "a string", bool: "true or false", list: "a list", dict: "an object"}
