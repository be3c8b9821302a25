"""Versions of files for tests."""

from datetime import UTC, date, datetime
from typing import Any

from tidegate.clients.file_version import FileVersion

AT = datetime(2026, 11, 28, 6, tzinfo=UTC)


def version(number: int, **changes: Any) -> FileVersion:
    """Version ``number`` of visits, checked."""
    values: dict[str, Any] = {
        "dataset": "visits",
        "number": number,
        "uri": f"file:///in/{number}.csv",
        "date": date(2026, 11, 28),
        "size": 100,
        "modified_at": AT,
        "etag": "e",
        "sha256": f"{number:064x}",
        "stored": f"s3://files/visits/{number:064x}",
        "state": "checked",
        "at": AT,
    }
    return FileVersion(**{**values, **changes})
