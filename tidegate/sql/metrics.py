"""The metrics job's SQL: metrics per minute from committed silver rows, to compacted topics and OpenSearch.

Each ``metrics/<name>.sql`` of a dataset is a SELECT from ``silver`` that groups by the metric's key.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from tidegate.contracts import naming
from tidegate.contracts.dataset import Metric, Stream
from tidegate.contracts.envelope import INGESTED_AT
from tidegate.contracts.model import Contract
from tidegate.dead_letters.codes import Stage
from tidegate.job_names import METRICS
from tidegate.sql.ddl import quoted
from tidegate.sql.job_sql import Insert, JobSql, Table, View
from tidegate.sql.literals import timestamp
from tidegate.sql.platform import Platform
from tidegate.sql.sinks import metric_index, metric_topic
from tidegate.sql.sources import silver_source
from tidegate.sql.state import MS_PER_HOUR, ROCKSDB
from tidegate.sql.unreadable import dead_letters_table, insert_unreadable

# Metrics change with every event; once a second is often enough to show them.
OPTIONS: Mapping[str, str] = {
    **ROCKSDB,
    "table.exec.mini-batch.enabled": "true",
    "table.exec.mini-batch.allow-latency": "1 s",
    "table.exec.mini-batch.size": "5000",
}
_KEPT_LONGER_HOURS = 24
_SECONDS_PER_HOUR = 3600


@dataclass(frozen=True, slots=True)
class Counted:
    """Which events count: those that arrive at most so late, and happened at ``since`` or after it."""

    max_lateness_hours: float
    since: datetime | None = None


def job_sql(stream: Stream, platform: Platform, counted: Counted) -> JobSql:
    """The SQL of one dataset; it inserts nothing if there are no metrics."""
    state_ttl_ms = int((max_lateness_hours(stream.contract, counted) + _KEPT_LONGER_HOURS) * MS_PER_HOUR)
    if not stream.metrics:
        return JobSql(state_ttl_ms)
    group = naming.group(METRICS, stream.name)
    return JobSql(
        state_ttl_ms,
        definitions=(
            silver_source(stream, platform.connections, group, table="silver_records"),
            silver_view(stream, counted),
            *(table for metric in stream.metrics for table in _sinks(stream, metric, platform)),
            dead_letters_table(stream, platform, METRICS),
        ),
        shared_views=tuple(View(metric.name, metric.sql) for metric in stream.metrics),
        inserts=(
            *(insert for metric in stream.metrics for insert in inserts(metric)),
            insert_unreadable(stream, METRICS, Stage.METRICS, table="silver_records"),
        ),
    )


def silver_view(stream: Stream, counted: Counted) -> View:
    """``silver``: the rows that count. An event that is later than state is kept would start its metric from zero."""
    seconds = int(max_lateness_hours(stream.contract, counted) * _SECONDS_PER_HOUR)
    event_time = f"`{stream.contract.event_time.field}`"
    conditions = ["_error_code IS NULL", f"{event_time} >= TIMESTAMPADD(SECOND, -{seconds}, {INGESTED_AT})"]
    if counted.since:
        conditions.append(f"{event_time} >= {timestamp(counted.since)}")
    query = f"SELECT {quoted(stream.silver_columns)} FROM silver_records\nWHERE {' AND '.join(conditions)}"
    return View("silver", query)


def inserts(metric: Metric) -> Iterator[Insert]:
    """The metric into both sinks, columns by name. It is a part of its own: others leave its operators' uids alone."""
    names = quoted(metric.columns)
    for sink in ("topic", "documents"):
        table = f"{metric.name}_{sink}"
        yield Insert(table, f"INSERT INTO `{table}` ({names})\nSELECT {names} FROM `{metric.name}`", part=metric.name)


def max_lateness_hours(contract: Contract, counted: Counted) -> float:
    """How late an event still counts: never later than silver is kept, or a start without state would count half."""
    return min(counted.max_lateness_hours, contract.topic.retention_hours)


def _sinks(stream: Stream, metric: Metric, platform: Platform) -> tuple[Table, Table]:
    return metric_topic(metric, platform.connections), metric_index(stream, metric, platform)
