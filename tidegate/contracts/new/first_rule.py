"""The one rule that a new contract begins with: its records say which they are. Pure."""

import re
from dataclasses import dataclass
from typing import Any

from tidegate.avro.types import AvroType

_WORD_BEGINS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NIL = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True, slots=True)
class FirstRule:
    """A rule about the identity; ``broken_by``: a JSON value that does not meet it."""

    name: str
    check: str
    meaning: str
    broken_by: Any


def first_rule(identity: str, avro: AvroType) -> FirstRule:
    """The rule for an identity of this type."""
    if avro.kind != "string":
        return _rule(identity, f"`{identity}` >= 0", "is not negative", -1)
    if avro.stored == "fixed":
        return _rule(identity, f"`{identity}` <> '{_NIL}'", "is not nil", _NIL)
    return _rule(identity, f"CHAR_LENGTH(`{identity}`) > 0", "is not empty", "")


def _rule(identity: str, check: str, meaning: str, broken_by: Any) -> FirstRule:
    words = _WORD_BEGINS.sub("_", identity).lower()
    return FirstRule(f"{words[:60]}_{meaning.replace(' ', '_')}", check, meaning, broken_by)
