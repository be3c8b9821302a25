"""The silver table of visits on this machine's disk, what a replay wrote aside, and what raw has of its range."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
from pyiceberg.table import Table

from tests.unit.clients.strict_catalog import StrictCatalog, branch_of
from tests.unit.sql.visits import stream
from tidegate.proof.rows import Rows, make_rows
from tidegate.replay.range_plan import RangePlan
from tidegate.settings import Settings

VISITS = stream()
TIME, IDENTITY = VISITS.contract.event_time.column, VISITS.contract.identity_columns
SETTINGS = Settings.model_construct()
DAY = datetime(2026, 1, 2, tzinfo=UTC)
UTC_US = pa.timestamp("us", "UTC")
SCHEMA = pa.schema(
    [
        pa.field("_source_partition", pa.int32()),
        pa.field("_source_offset", pa.int64()),
        pa.field(TIME, UTC_US),
        pa.field("_ingested_at", UTC_US),
        *(pa.field(name, pa.string()) for name in IDENTITY),
        pa.field("value", pa.string()),
    ]
)
SIDE = pa.schema(
    [*(pa.field(name, SCHEMA.field(name).type) for name in SCHEMA.names[:2]), pa.field("verdict", pa.string())]
)
Row = tuple[int, str, str]
"""Offset in partition 0, identity, value; an event is as many seconds into the day as its offset says."""


def rows(*found: Row) -> pa.Table:
    times = [DAY + timedelta(seconds=offset) for offset, _, _ in found]
    names = [[name for _, name, _ in found] for _ in IDENTITY]
    columns = [[0] * len(found), [offset for offset, _, _ in found], times, times, *names]
    return pa.table([*columns, [value for _, _, value in found]], schema=SCHEMA)


class Lake:
    """The silver table of visits, what was written aside, and what raw has of the range."""

    def __init__(self, folder: Path) -> None:
        self.catalog = StrictCatalog(folder)
        self.catalog.create(f"silver.{VISITS.name}", SCHEMA)
        self.raw: Rows = make_rows([0] * 10, range(10, 20))

    def opened(self, _settings: Settings, name: str) -> Table | None:
        return self.catalog.load_table(name) if name in self.catalog.tables else None

    def append(self, *found: Row) -> int:
        table = self.catalog.load_table(f"silver.{VISITS.name}")
        table.append(rows(*found))
        current = table.current_snapshot()
        assert current is not None
        return current.snapshot_id

    def aside(self, made: RangePlan, passed: list[Row], others: dict[int, str]) -> None:
        main = self.append()
        for row in passed:
            self.append(row)
        branch_of(self.catalog, f"silver.{VISITS.name}", made.aside.branch, main)
        side = self.catalog.create(made.aside.table, SIDE)
        side.append(pa.table([[0] * len(others), [*others], [*others.values()]], schema=SIDE))

    def content(self) -> list[tuple[int, str]]:
        found = self.catalog.load_table(f"silver.{VISITS.name}").scan().to_arrow().to_pylist()
        return sorted((row["_source_offset"], row["value"]) for row in found)
