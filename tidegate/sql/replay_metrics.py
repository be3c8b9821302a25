"""The SQL of a replay into the metrics: whole days of silver, out of the lake, counted once more as one batch.

The metrics' own SQL reads them and the live job's sinks are written, a final figure for each key.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from tidegate.contracts import naming
from tidegate.contracts.dataset import Stream
from tidegate.sql import lake
from tidegate.sql.job_sql import JobSql, Table, View
from tidegate.sql.lake_tables import as_in_silver, quoted_name
from tidegate.sql.metrics import inserts, sinks_of
from tidegate.sql.platform import Platform

OPTIONS: Mapping[str, str] = {"execution.runtime-mode": "BATCH"}
Times = Sequence[tuple[int, int]]
"""Event times [start, end) in ms since 1970, of whole days."""


def job_sql(stream: Stream, platform: Platform, times: Times) -> JobSql:
    """The SQL of one replay: of a dataset that has metrics."""
    return JobSql(
        0,
        definitions=(
            lake.lake_catalog(platform.connections.lake_catalog),
            Table("lake.silver", "CREATE DATABASE IF NOT EXISTS lake.`silver`"),
            lake.silver_table(stream),
            silver_view(stream, times),
            *(table for metric in stream.metrics for table in sinks_of(stream, metric, platform)),
        ),
        shared_views=tuple(View(metric.name, metric.sql) for metric in stream.metrics),
        inserts=tuple(insert for metric in stream.metrics for insert in inserts(metric)),
    )


def silver_view(stream: Stream, times: Times) -> View:
    """``silver``: the rows of these times, with the types that they have in silver's topic."""
    columns = ", ".join(map(as_in_silver, stream.silver_columns))
    time = f"`{stream.contract.event_time.column}`"
    among = " OR ".join(f"({time} >= {_literal(start)} AND {time} < {_literal(end)})" for start, end in times)
    name = quoted_name(naming.lake_table("silver", stream.name))
    return View("silver", f"SELECT {columns}\nFROM {name}\nWHERE {among or 'FALSE'}")


def _literal(at_ms: int) -> str:
    at = datetime.fromtimestamp(at_ms / 1000, UTC)
    return f"CAST(TIMESTAMP '{at:%Y-%m-%d %H:%M:%S}' AS TIMESTAMP_LTZ(3))"
