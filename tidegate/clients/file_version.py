"""A version of a supplier's file, as ``files.versions`` of the lake has it: a row for each state it was in. Pure."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from itertools import repeat
from typing import Literal

import numpy as np
import pyarrow as pa

State = Literal["seen", "checked", "loading", "loaded", "quarantined", "superseded", "ignored"]
MOST_FAULTS = 100


@dataclass(frozen=True, slots=True)
class FileVersion:
    """One row: the version ``number`` of ``dataset`` is in ``state`` since ``at``.

    ``uri``, ``size`` (bytes), ``modified_at`` and ``etag`` are of the supplier's file; ``stored`` is our copy's URI.
    ``sequence`` grows by one with each row of the dataset. ``replaces`` is the number of the version of the same URI
    that this one corrects; ``promised_rows`` is what a manifest says, or the end of a file of Parquet. What is counted:
    rows of the file, of them silver records, rejected, dropped and duplicate ones, and ``blank`` lines besides (blank,
    header, comment). ``faults`` is JSON: the first hundred. ``indexed``: the version that its documents have in search,
    once they are written; 0: they are gone again. ``repairs``: of a file of the gate's own, the number of the version
    whose rows it has, mended. ``days``: JSON, those of which rows may be, or were; ``counted``: 1 once the metrics have
    its rows, 0 once they have them no more.
    """

    dataset: str
    number: int
    uri: str
    date: date
    size: int
    modified_at: datetime
    etag: str
    sha256: str
    stored: str
    state: State
    at: datetime
    sequence: int = 0
    run: str | None = None
    replaces: int | None = None
    promised_rows: int | None = None
    rows: int | None = None
    silver: int | None = None
    rejected: int | None = None
    dropped: int | None = None
    duplicates: int | None = None
    blank: int | None = None
    reason: str | None = None
    faults: str | None = None
    indexed: int | None = None
    repairs: int | None = None
    days: str | None = None
    counted: int | None = None


_TIME = pa.timestamp("us", "UTC")
_INT = pa.int32()
_TYPES = {
    "number": _INT,
    "replaces": _INT,
    "repairs": _INT,
    "date": pa.date32(),
    "modified_at": _TIME,
    "at": _TIME,
}
_TEXTS = {"dataset", "uri", "etag", "sha256", "stored", "state", "run", "reason", "faults", "days"}
_MAY_LACK = {each.name for each in fields(FileVersion) if each.default is None}
ARROW = pa.schema(
    [
        pa.field(
            each.name,
            _TYPES.get(each.name, pa.string() if each.name in _TEXTS else pa.int64()),
            nullable=each.name in _MAY_LACK,
        )
        for each in fields(FileVersion)
    ]
)
"""The table's columns."""


def to_arrow(versions: Iterable[FileVersion]) -> pa.Table:
    """As rows of the table."""
    return pa.Table.from_pylist([asdict(version) for version in versions], schema=ARROW)


def from_arrow(rows: pa.Table) -> list[FileVersion]:
    """Of rows of the table; columns that it has besides are left alone, and one that may be null may be missing."""
    missing = _MAY_LACK - {*rows.column_names}
    columns = (repeat(None) if name in missing else rows[name].to_pylist() for name in ARROW.names)
    return [*map(FileVersion, *columns)]


def newest_rows(rows: pa.Table) -> pa.Table:
    """Of each version of one dataset the row of the state that it is in now, by their numbers."""
    ordered = rows.sort_by([("number", "ascending"), ("sequence", "ascending")])
    numbers = ordered["number"].to_numpy()
    return ordered.filter(pa.array(np.append(numbers[1:] != numbers[:-1], np.ones(min(1, len(numbers)), np.bool_))))
