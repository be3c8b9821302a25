"""Versions of files, for tests."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from tidegate.clients.file_version import FileVersion, State

NOW = datetime(2026, 11, 29, 7, 0, tzinfo=UTC)
DAY = date(2026, 11, 28)


def version(number: int, name: str = "part-1.csv", state: State = "seen", **changes: Any) -> FileVersion:
    """Of the dataset orders; its content is told by its number, unless ``sha256`` is said."""
    made = {
        "dataset": "orders",
        "number": number,
        "uri": f"s3://landing/{DAY}/{name}",
        "date": DAY,
        "size": 100,
        "modified_at": datetime(2026, 11, 29, 5, 0, 0, 123456, tzinfo=UTC),
        "etag": f"etag-{number}",
        "sha256": f"{number:064x}",
        "stored": f"s3://files/orders/00/{number:064x}",
        "state": state,
        "at": NOW,
    }
    return FileVersion(**{**made, **changes})


def newest(rows: Iterable[FileVersion]) -> tuple[FileVersion, ...]:
    """What state each version of one dataset is in now, by their numbers: found row by row."""
    found: dict[int, FileVersion] = {}
    for row in rows:
        if row.number not in found or found[row.number].sequence < row.sequence:
            found[row.number] = row
    return tuple(found[number] for number in sorted(found))
