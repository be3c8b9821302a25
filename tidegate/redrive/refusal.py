"""Whether the record of a letter may be sent again at all. Pure; processes that make copies load no more than this."""

from collections.abc import Mapping
from typing import Any

from tidegate.dead_letters.codes import STAGES_BEFORE_SILVER


def refusal(letter: Mapping[str, Any]) -> str:
    """Why the letter's record must not go to the raw topic again; empty if it may."""
    source = letter["source"]
    if letter["stage"] not in STAGES_BEFORE_SILVER:
        return "its row is in silver: it is the job behind silver that has to take it"
    if source is not None and source.get("row") is not None:
        return "it is one row of a record whose other rows are in silver: sent again, the record is a duplicate"
    return ""
