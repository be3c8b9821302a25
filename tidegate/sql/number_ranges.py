"""The condition for rows of files by their numbers, of which a load has thousands. Pure.

A list of ten thousand in its place keeps Flink's planner busy for minutes, and so many comparisons end it.
"""

from collections.abc import Iterable

from tidegate.sql.literals import text
from tidegate.sql.scope import chunks, encode

MOST_RANGES = 20
"""More than these are looked for by the Java function ``IsAmong``."""


def among(column: str, numbers: Iterable[int]) -> str:
    """In Flink's SQL, in parentheses; false for every row where there is no number."""
    wanted = tuple(sorted(set(numbers)))
    found = ranges(wanted)
    if len(found) <= MOST_RANGES:
        return f"({' OR '.join(_range(column, *each) for each in found) or 'FALSE'})"
    # Iceberg leaves out files by the first and the last.
    parts = (
        f"{column} BETWEEN {chunk[0]} AND {chunk[-1]} AND is_among(CAST({column} AS BIGINT), {text(encode(chunk))})"
        for _, chunk in chunks({0: wanted})
    )
    return f"({' OR '.join(parts)})"


def ranges(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """First and last of each run of ascending numbers without a gap."""
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and number == found[-1][1] + 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found


def _range(column: str, first: int, last: int) -> str:
    return f"{column} = {first}" if first == last else f"{column} BETWEEN {first} AND {last}"
