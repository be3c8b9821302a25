"""Cells of a CSV file as JSON values of their fields' types. What does not look like its type stays text, and is
refused by the schema; nothing is guessed.
"""

import re
from typing import Any

from tidegate.avro.json_text import MAX_DIGITS, exact_number
from tidegate.avro.json_values import shown
from tidegate.avro.types import AvroType

TRUE = frozenset({"true", "t", "yes", "y", "1"})
FALSE = frozenset({"false", "f", "no", "n", "0", ""})
"""The spellings of a boolean, in small or capital letters: those of PostgreSQL but for ``on`` and ``off``."""
_MYSQL_NULL = r"\N"
_WHOLE = re.compile(r"-?\d++", re.ASCII)
_NUMBER = re.compile(r"-?(\d++(\.\d*+)?|\.\d++)([eE][+-]?\d++)?", re.ASCII)


def typed(cell: str, avro: AvroType, place: str) -> Any:
    """A cell as the JSON value of its type; nothing is null.

    Raises:
        ValueError: it is what another database writes for null.
    """
    if not cell:
        return None
    if cell == _MYSQL_NULL:
        raise ValueError(rf"{place}: \N is how MySQL writes null. Leave the cell empty.")
    match avro.kind:
        case "int" | "long" | "timestamp-millis" | "timestamp-micros":
            return int(cell) if len(cell) <= MAX_DIGITS and _WHOLE.fullmatch(cell) else cell
        case "float" | "double":
            return exact_number(cell) if _NUMBER.fullmatch(cell) else cell
        case "boolean" if cell.lower() in TRUE | FALSE:
            return cell.lower() in TRUE
        case _:
            return cell


def truth(value: object, place: str) -> bool:
    """Whether a flag is set: true or false, 1 or 0, or one of their spellings; null is false.

    Raises:
        ValueError: it is none of them.
    """
    match value:
        case None | bool():
            return bool(value)
        case int() if value in (0, 1):
            return bool(value)
        case str() if value.lower() in TRUE | FALSE:
            return value.lower() in TRUE
    raise ValueError(f"{place}: {shown(value)} is neither true nor false. Write true, t, yes, y, 1 or nothing.")
