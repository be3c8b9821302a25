"""Whether a letter of Parquet has its row: it quotes JSON, which can't say all that a file may hold. Pure."""

from collections.abc import Mapping
from typing import Any

from tidegate.dead_letters.codes import Stage

_UNSAID = ("a text that is not UTF-8", "a decimal of no bytes", "a map with a key that is null")
"""What the connector's reader of Parquet finds at fault itself, and writes something else in its place."""


def not_said(letter: Mapping[str, Any]) -> str | None:
    """Why the row that a letter quotes is another one than the file's, in one line; None if it is the same."""
    message = str(letter["error_message"] or "")
    if letter["stage"] != Stage.DECODE or not message.endswith(_UNSAID):
        return None
    return f"its letter can't quote the row as it is ({message}): have its file corrected"
