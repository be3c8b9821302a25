"""JSON values in a contract's types, and back: what examples, JSON-lines files and command lines speak.

Times are ISO-8601 strings with a zone (or whole numbers in the field's own unit since 1970), dates ISO-8601,
decimals strings or whole numbers, bytes Base64. Nothing is rounded or guessed: what does not fit is an error
that names the field. The one exception is what a double is: the nearest of its values is taken for a number between
two of them, but never an infinity, nor zero for what is not zero.
"""

import base64
import math
import re
import struct
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, DecimalException, Inexact, localcontext
from reprlib import Repr
from typing import Any
from uuid import UUID

from tidegate.avro.iso_time import ISO_DAY, ISO_TIME
from tidegate.avro.json_text import MAX_DIGITS
from tidegate.avro.logical_types import MAX_DECIMAL_PRECISION
from tidegate.avro.types import AvroType, Field
from tidegate.errors import TidegateError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_RANGES = {"int": 2**31, "long": 2**63}
_UNITS = {"timestamp-millis": timedelta(milliseconds=1), "timestamp-micros": timedelta(microseconds=1)}
_UNIT_NAMES = {"seconds": 1, "milliseconds": 10**3, "microseconds": 10**6, "nanoseconds": 10**9}
_LIKELY_S = (10**9, 4 * 10**9)
"""2001 to 2096: a number that says such a time in another unit than the field's was written in that unit."""
_FINER_THAN_MICROS = re.compile(r"[.,]\d{6}0*[1-9]")  # fromisoformat leaves these digits out
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_DECIMAL = re.compile(r"\s*[+-]?(\d++(\.\d*+)?|\.\d++)([eE][+-]?\d{1,4})?\s*", re.ASCII)
_shorten = Repr()
_shorten.maxstring = _shorten.maxother = _shorten.maxlong = 80


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
            return {
                _text(key, f"{place} (a key)"): from_json(item, avro.element, f"{place}.{key}") for key, item in entries
            }
        case "timestamp-millis" | "timestamp-micros":
            return _time(value, _UNITS[avro.kind], place)
        case "date":
            return _date(value, place)
        case "decimal":
            return _decimal(value, avro, place)
        case "bytes":
            return _bytes(value, avro, place)
        case _:
            return _primitive(value, avro, place)


def sent_name(field: Field) -> str:
    """What a field is called in JSON."""
    return field.name if field.json_name is None else field.json_name


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
        case "string" if avro.stored == "fixed":
            return str(UUID(bytes=value))
        case _:
            return value


def _record(value: Any, avro: AvroType, place: str) -> dict[str, Any]:
    given: Mapping[str, Any] = _is(value, dict, place)
    names = {field.name: sent_name(field) if sent_name(field) in given else field.name for field in avro.fields}
    if unknown := sorted(given.keys() - set(names.values())):
        remedy = f"Its fields: {', '.join(sent_name(field) for field in avro.fields)}."
        raise JsonValueError(f"{place}.{unknown[0][:80]}", "the schema has no such field", remedy=remedy)
    record = {}
    for field in avro.fields:
        name = names[field.name]
        where = f"{place}.{name}"
        if name in given:
            record[field.name] = from_json(given[name], field.type, where)
        elif not field.has_default:
            raise JsonValueError(where, "missing, and it has no default", remedy="Give a value.")
        elif field.default is None or not _is_spelled_otherwise(field.type):
            record[field.name] = from_json(field.default, field.type, where)
    return record


def _is_spelled_otherwise(avro: AvroType) -> bool:
    """Whether a default is spelled in Avro's JSON in another way than here; who writes the record puts it in."""
    return avro.kind in ("bytes", "decimal", "date") or avro.stored == "fixed"


def _primitive(value: Any, avro: AvroType, place: str) -> Any:
    match avro.kind:
        case "string":
            return _stored_text(_text(value, place), avro, place)
        case "boolean":
            return _is(value, bool, place)
        case "int" | "long":
            limit = _RANGES[avro.kind]
            if isinstance(value, bool) or not isinstance(value, int) or not -limit <= value < limit:
                raise JsonValueError(
                    place, f"{shown(value)} is not a whole number of type {avro.kind}", remedy="Give one in range."
                )
            return value
        case _:
            return _float(value, avro, place)


def _text(value: Any, place: str) -> str:
    text: str = _is(value, str, place)
    if not text.isascii() and not _is_unicode(text):
        raise JsonValueError(
            place,
            f"{shown(text)} holds half of a surrogate pair, which is no character",
            remedy=r"An emoji is two escapes, such as \ud83d\ude00; do not cut between them.",
        )
    return text


def _stored_text(text: str, avro: AvroType, place: str) -> str | bytes:
    """The text as another team's schema stores it: as one of its symbols, or a uuid as bytes."""
    if avro.stored == "enum" and text not in avro.symbols:
        raise JsonValueError(
            place, f"{shown(text)} is no symbol of it", remedy=f"Give one of {', '.join(avro.symbols)}."
        )
    if avro.stored != "fixed":
        return text
    if not _UUID.fullmatch(text):
        remedy = "Write it as 019b7975-5000-7c3a-9f21-6f0d6a1b2c01."
        raise JsonValueError(place, f"{shown(text)} is no uuid", remedy=remedy)
    return UUID(text).bytes


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _float(value: Any, avro: AvroType, place: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise JsonValueError(place, f"{shown(value)} is not a number", remedy="Give a number.")
    try:
        number = float(value)
        stored = number if avro.kind == "double" else struct.unpack("<f", struct.pack("<f", number))[0]
    except OverflowError:
        number = stored = math.inf
    if not math.isfinite(stored) or (value and not stored):
        raise JsonValueError(
            place,
            f"{shown(value)} is no finite number of type {avro.kind}",
            remedy="Leave out what was not measured, where the field may be null.",
        )
    return number


def _time(value: Any, unit: timedelta, place: str) -> datetime:
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return _counted_time(value, unit, place)
    try:
        moment = datetime.fromisoformat(_matching(ISO_TIME, value, place))
        utc = moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError) as error:
        raise JsonValueError(place, f"{shown(value)} is not a time", remedy=_TIME_REMEDY) from error
    if utc is None:
        raise JsonValueError(place, f"{shown(value)} has no zone", remedy=_TIME_REMEDY)
    if (utc - _EPOCH) % unit or _FINER_THAN_MICROS.search(value):
        raise JsonValueError(place, f"{shown(value)} is finer than the field's unit", remedy="Round it yourself.")
    return utc


def _counted_time(value: int | Decimal, unit: timedelta, place: str) -> datetime:
    """A time as a number of units since 1970; refused if it is a likely time in another unit only."""
    name = next(name for name, per_s in _UNIT_NAMES.items() if timedelta(seconds=1) / unit == per_s)
    remedy = f"Give whole {name} since 1970, or write it as 2026-11-21T10:00:00.000Z."
    low, high = _LIKELY_S
    written = next((other for other, count in _UNIT_NAMES.items() if low * count <= value < high * count), name)
    if written != name:
        raise JsonValueError(place, f"{shown(value)} looks like {written}, but the field counts {name}", remedy=remedy)
    try:
        if isinstance(value, int):
            return _EPOCH + value * unit
    except OverflowError:
        pass
    raise JsonValueError(place, f"{shown(value)} is not a time", remedy=remedy)


_TIME_REMEDY = "Write it as 2026-11-21T10:00:00.000Z."


def _date(value: Any, place: str) -> date:
    try:
        return date.fromisoformat(_matching(ISO_DAY, value, place))
    except ValueError as error:
        raise JsonValueError(place, f"{shown(value)} is not a date", remedy="Write it as 2026-11-21.") from error


def _matching(form: re.Pattern[str], value: Any, place: str) -> str:
    text: str = _is(value, str, place)
    if not form.fullmatch(text):
        raise ValueError(f"not of the form {form.pattern}")
    return text


def _decimal(value: Any, avro: AvroType, place: str) -> Decimal:
    wanted = f"decimal({avro.precision}, {avro.scale})"
    if isinstance(value, bool | float) or not isinstance(value, str | int | Decimal):
        raise JsonValueError(place, f"{shown(value)} for a {wanted}", remedy='Write it as a string: "12.50".')
    if isinstance(value, str) and (len(value) > MAX_DIGITS or not _DECIMAL.fullmatch(value)):
        raise JsonValueError(place, f"{shown(value)} is no {wanted}", remedy='Write it as "12.50".')
    try:
        with localcontext(prec=2 * MAX_DECIMAL_PRECISION) as context:
            context.traps[Inexact] = True
            unscaled = Decimal(value).scaleb(avro.scale)
            fits = unscaled == unscaled.to_integral_value() and abs(unscaled) < 10**avro.precision
            if fits:  # with the scale's own number of digits: zeros behind them are no rounding
                return unscaled.to_integral_value().scaleb(-avro.scale).quantize(Decimal(1).scaleb(-avro.scale))
    except (DecimalException, OverflowError) as error:
        raise JsonValueError(place, f"{shown(value)} is no {wanted}", remedy='Write it as "12.50".') from error
    raise JsonValueError(place, f"{shown(value)} does not fit {wanted}", remedy="Round it or widen the type.")


def _bytes(value: Any, avro: AvroType, place: str) -> bytes:
    try:
        decoded = base64.b64decode(_is(value, str, place), validate=True)
    except ValueError as error:  # binascii.Error is one, and so is what no ASCII text gives
        raise JsonValueError(place, f"{shown(value)} is not Base64", remedy="Encode the bytes as Base64.") from error
    if avro.stored == "fixed" and len(decoded) != avro.size:
        problem = f"{shown(value)} is {len(decoded)} bytes in Base64, not {avro.size}"
        raise JsonValueError(place, problem, remedy=f"Give {avro.size} bytes, which its schema fixes.")
    return decoded


def _is(value: Any, kind: type, place: str) -> Any:
    if not isinstance(value, kind):
        raise JsonValueError(place, f"{shown(value)} is not {_NAMES[kind]}", remedy=f"Give {_NAMES[kind]}.")
    return value


def shown(value: Any) -> str:
    """A value in a message: as it was written if that is short, and in bounded time whatever it is."""
    return str(value) if isinstance(value, Decimal) else _shorten.repr(value)


_NAMES: dict[type, str] = {str: "a string", bool: "true or false", list: "a list", dict: "an object"}
