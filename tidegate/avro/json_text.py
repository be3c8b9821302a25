"""JSON as others write it, read in one place: what has two meanings or none is refused, whoever reads it.

Source: RFC 8259 and, for what is refused beyond it, RFC 7493 (I-JSON): a key twice, bytes that are no UTF-8. Numbers
stay exact (``int`` and ``Decimal``). One that no field can hold, such as ``1e400`` written with twenty digits of
exponent, or Python's own ``NaN``, becomes an :class:`UnreadableNumber`, so that
:func:`tidegate.avro.json_values.from_json` can refuse it by the name of its field.
"""

import json
from decimal import Decimal
from typing import Any

MAX_DIGITS = 400
"""As many as a double written without an exponent has, at most 309, and some more."""
_MAX_EXPONENT_DIGITS = 4
_SHOWN_CHARACTERS = 40
_BLANKS = " \t\r\n"


class UnreadableNumber:
    """A number that is none, or none that any field could hold, as it was written."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        if len(self.text) <= _SHOWN_CHARACTERS:
            return self.text
        return f"{self.text[:_SHOWN_CHARACTERS]}… ({len(self.text):,} characters)"


def read_json(text: bytes | str) -> Any:
    """The value in ``text``; numbers are ``int``, ``Decimal`` or :class:`UnreadableNumber`.

    Takes time and memory in proportion to the text's length.

    Raises:
        ValueError: it is no JSON, or names a key twice; says what and where in one short line.
    """
    try:
        decoded = text if isinstance(text, str) else text.decode("utf-8")
        return json.loads(
            decoded,
            parse_float=exact_number,
            parse_int=_whole_number,
            parse_constant=UnreadableNumber,
            object_pairs_hook=_object,
        )
    except UnicodeDecodeError as error:
        raise ValueError(f"not UTF-8: byte 0x{error.object[error.start]:02x} at byte {error.start + 1}") from error
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error.msg} at character {error.pos + 1}") from error
    except RecursionError as error:
        raise ValueError("not JSON that can be read: nested too deeply") from error


def read_one_json(text: str) -> tuple[Any, str]:
    """The value that ``text`` begins with, and what follows it.

    As :func:`read_json`, but NaN and infinities are refused wherever they stand, as JSON has none.

    Raises:
        ValueError: it begins with no JSON, or names a key twice; says what and where in one short line.
    """
    start = len(text) - len(text.lstrip(_BLANKS))
    try:
        value, end = _ONE.raw_decode(text, start)
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error.msg} at character {error.pos + 1}") from error
    return value, text[end:].lstrip(_BLANKS)


def exact_number(text: str) -> Decimal | UnreadableNumber:
    """The number in ``text``, exactly; its digits are counted first, since Decimal would take seconds."""
    mantissa, _, exponent = text.lower().partition("e")
    if len(mantissa) > MAX_DIGITS or len(exponent.lstrip("+-").lstrip("0")) > _MAX_EXPONENT_DIGITS:
        return UnreadableNumber(text)
    return Decimal(text)


def _whole_number(text: str) -> int | UnreadableNumber:
    return int(text) if len(text) <= MAX_DIGITS else UnreadableNumber(text)


def _no_constant(text: str) -> Any:
    raise ValueError(f"not JSON: {text} is no number")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise ValueError(f"the key {twice[:_SHOWN_CHARACTERS]!r} is there twice")
    return found


_ONE = json.JSONDecoder(
    parse_float=exact_number, parse_int=_whole_number, parse_constant=_no_constant, object_pairs_hook=_object
)
