"""The SQL of a replay into the metrics: whole days of silver, out of the lake, counted once more as one batch.

The metrics' own SQL reads them and the live job's sinks are written, a final figure for each key. A metric may compare
with what was before: the day before is read too, of which no key is written.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from tidegate.contracts import naming
from tidegate.contracts.dataset import Metric, Stream
from tidegate.sql import lake
from tidegate.sql.job_sql import Insert, JobSql, View
from tidegate.sql.lake_tables import as_in_silver, namespace, quoted_name
from tidegate.sql.metrics import inserts, sinks_of
from tidegate.sql.platform import Platform

OPTIONS: Mapping[str, str] = {"execution.runtime-mode": "BATCH"}
Times = Sequence[tuple[int, int]]
"""Event times [start, end) in ms since 1970, of whole days."""
_LOOKS_BACK_MS = 24 * 3_600_000
"""So much of what was before may go into a figure: as much as the longest group spans."""


def job_sql(stream: Stream, platform: Platform, times: Times) -> JobSql:
    """The SQL of one replay: of a dataset that has metrics."""
    return JobSql(
        0,
        definitions=(
            lake.lake_catalog(platform.connections.lake_catalog),
            namespace("silver"),
            lake.silver_table(stream),
            silver_view(stream, times),
            *(table for metric in stream.metrics for table in sinks_of(stream, metric, platform)),
        ),
        shared_views=tuple(View(metric.name, metric.sql) for metric in stream.metrics),
        inserts=tuple(insert for metric in stream.metrics for insert in inserts_of(metric, times)),
    )


def silver_view(stream: Stream, times: Times) -> View:
    """``silver``: the rows that figures of these times are made from, with the types that they have in its topic."""
    columns = ", ".join(map(as_in_silver, stream.silver_columns))
    time = f"`{stream.contract.event_time.column}`"
    name = quoted_name(naming.lake_table("silver", stream.name))
    read = [(start - _LOOKS_BACK_MS, end) for start, end in times]
    return View("silver", f"SELECT {columns}\nFROM {name}\nWHERE {among(time, read)}")


def inserts_of(metric: Metric, times: Times) -> Iterator[Insert]:
    """The live job's, of the keys of these times alone: those before lack some of what they are made from."""
    time = f"CAST(`{metric.key[0]}` AS TIMESTAMP_LTZ(3))"
    for insert in inserts(metric):
        yield replace(insert, sql=f"{insert.sql}\nWHERE {among(time, times)}")


def among(time: str, times: Times) -> str:
    """The condition for a time of these spans."""
    spans = (f"({time} >= {_literal(start)} AND {time} < {_literal(end)})" for start, end in times)
    return " OR ".join(spans) or "FALSE"


def _literal(at_ms: int) -> str:
    at = datetime.fromtimestamp(at_ms / 1000, UTC)
    return f"CAST(TIMESTAMP '{at:%Y-%m-%d %H:%M:%S}' AS TIMESTAMP_LTZ(3))"
