"""What of a dataset's SQL gives another answer each time: a replay of it would be no repetition. Pure."""

import re
from collections.abc import Iterator

from tidegate.contracts.dataset import Stream

_CHANGING = re.compile(
    r"\b(?:(current_timestamp|current_date|current_time|localtime|localtimestamp)\b"
    r"|(current_row_timestamp|proctime|now|rand|rand_integer|uuid|unix_timestamp)\s*\()",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_TEXT = re.compile(r"'(?:[^']|'')*'")


def not_idempotent(stream: Stream) -> list[str]:
    """One line for each function that makes the result depend on when it runs, or on chance."""
    return [f"{where} uses {name}" for where, sql in _texts(stream) for name in _changing(sql)]


def _texts(stream: Stream) -> Iterator[tuple[str, str]]:
    yield "refine.sql", stream.refine_sql
    if stream.map_sql is not None:
        yield "map.sql", stream.map_sql
    for rule in stream.contract.rules:
        yield f"the rule {rule.name}", rule.check


def _changing(sql: str) -> list[str]:
    bare = _TEXT.sub("''", _COMMENT.sub(" ", sql))
    found = [match.group(1) or match.group(2) for match in _CHANGING.finditer(bare)]
    return list(dict.fromkeys(name.upper() for name in found))
