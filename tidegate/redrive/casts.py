"""From one value to another of a named type: what a recipe's ``cast`` does. A value that does not fit is refused."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from tidegate.avro.json_text import exact_number
from tidegate.avro.json_values import shown

_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
_TRUTH = {"true": True, "1": True, "false": False, "0": False}
_INT, _LONG = 2**31, 2**63
_MILLIS, _MICROS = timedelta(milliseconds=1), timedelta(microseconds=1)


class CastError(ValueError):
    """A value is none of the type; the message names both."""


def cast(value: Any, to: str) -> Any:
    """``value`` as the type ``to``, one of :data:`CASTS`; null stays null.

    Raises:
        CastError: it can't be told without losing anything.
    """
    if value is None:
        return None
    try:
        return CASTS[to](value)
    except (ArithmeticError, TypeError, ValueError) as error:
        raise CastError(f"{shown(value)} is no {to.replace('_', ' ')}") from error


def _decimal(value: Any) -> Decimal:
    if isinstance(value, bool | bytes):
        raise TypeError
    number = exact_number(value.strip()) if isinstance(value, str) else Decimal(str(value))
    if not isinstance(number, Decimal) or not number.is_finite():
        raise InvalidOperation
    return number


def _whole(limit: int) -> Callable[[Any], int]:
    def whole(value: Any) -> int:
        number = _decimal(value)
        if number != number.to_integral_value() or not -limit <= number < limit:
            raise ValueError
        return int(number)

    return whole


def _float(value: Any) -> float:
    return float(_decimal(value))


def _boolean(value: Any) -> bool:
    truth = _TRUTH.get(_string(value).strip().lower())
    if truth is None:
        raise ValueError
    return truth


def _string(value: Any) -> str:
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case Decimal():
            return f"{value:f}"
        case int() | float():
            return str(value)
        case bytes():
            return value.decode()
        case _:
            raise TypeError


def _time(unit: timedelta) -> Callable[[Any], int]:
    """A time as text with its zone, or a number of that unit as text, to the number."""

    def time(value: Any) -> int:
        if isinstance(value, str) and not value.strip().lstrip("-").isdigit():
            moment = datetime.fromisoformat(value.strip())
            if moment.tzinfo is None:
                raise ValueError
            return (moment - _EPOCH) // unit
        return _whole(_LONG)(value)

    return time


def _millis_times(factor: Decimal) -> Callable[[Any], int]:
    def millis(value: Any) -> int:
        return int(_decimal(value) * factor)

    return millis


CASTS: Mapping[str, Callable[[Any], Any]] = {
    "string": _string,
    "int": _whole(_INT),
    "long": _whole(_LONG),
    "float": _float,
    "double": _float,
    "decimal": _decimal,
    "boolean": _boolean,
    "timestamp-millis": _time(_MILLIS),
    "timestamp-micros": _time(_MICROS),
    "millis_from_seconds": _millis_times(Decimal(1000)),
    "millis_from_micros": _millis_times(Decimal("0.001")),
    "millis_from_nanos": _millis_times(Decimal("0.000001")),
}
"""By name: Avro's types, and a time that was sent in another unit than milliseconds."""
