"""What retention writes into the properties of a lake table, so that any machine knows what it took of it. Pure.

In the same commit as what it removes, so there is no moment at which rows are gone and nobody is told.
"""

import json
from collections.abc import Mapping
from datetime import date

REMOVED_BEFORE = "tidegate.retention.removed-before"
"""Rows of the days before this one, by the day that the table is partitioned by, may be gone."""
ERASED_BEFORE = "tidegate.retention.erased-before"
"""In JSON, by column: of rows of the days before this one its values may be gone."""

MARK = "tidegate.retention"
"""Property of a snapshot's summary: it was made by retention. What came before it may have what it took."""
REMOVED, ERASED = {MARK: "removed"}, {MARK: "erased"}


def removed_before(properties: Mapping[str, str]) -> date | None:
    """As it was noted; None if nothing was removed."""
    noted = properties.get(REMOVED_BEFORE)
    return None if noted is None else date.fromisoformat(noted)


def erased_before(properties: Mapping[str, str]) -> dict[str, date]:
    """By column, or path into one; empty if nothing was erased."""
    noted = json.loads(properties.get(ERASED_BEFORE, "{}"))
    return {path: date.fromisoformat(day) for path, day in noted.items()}


def note_removed(properties: Mapping[str, str], before: date) -> dict[str, str]:
    """The properties to set: what was removed once stays removed, whatever the contract says now."""
    noted = removed_before(properties)
    return {REMOVED_BEFORE: max(before, noted or before).isoformat()}


def note_erased(properties: Mapping[str, str], before: Mapping[str, date]) -> dict[str, str]:
    """The same of columns."""
    noted = erased_before(properties)
    later = {path: max(day, noted.get(path, day)) for path, day in before.items()}
    return {ERASED_BEFORE: json.dumps({path: day.isoformat() for path, day in sorted((noted | later).items())})}
