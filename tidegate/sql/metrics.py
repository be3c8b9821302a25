"""The metrics job's SQL: metrics per minute from committed silver rows, to compacted topics and OpenSearch.

Each ``metrics/<name>.sql`` of a dataset is a SELECT from ``silver`` that groups by the metric's key.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from tidegate.contracts import naming
from tidegate.contracts.dataset import Metric, Stream
from tidegate.contracts.model import Contract
from tidegate.dead_letters.codes import Stage
from tidegate.job_names import METRICS
from tidegate.sql.ddl import quoted
from tidegate.sql.job_sql import Insert, JobSql, Table, View
from tidegate.sql.literals import text
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
_LONGEST_GROUP_HOURS = 24
"""A metric groups by a day of event time at most: the first event of a group is so much older than its last."""
_BETWEEN_READING_AND_STATE_HOURS = 1
"""From a look at the clock until state is written: a batch, back pressure, clocks of two machines."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Which events count, so that each meets all of the state that earlier events of its group have made.

    They are at most ``max_lateness_hours`` old by the job's own clock. Until state that was empty at ``empty_at`` is
    so old itself, older events count too. All of them happened at ``since`` or after it.
    """

    max_lateness_hours: float
    since: datetime | None = None
    empty_at: datetime | None = None


def job_sql(stream: Stream, platform: Platform, counted: Counted) -> JobSql:
    """The SQL of one dataset; it inserts nothing if there are no metrics."""
    state_ttl_ms = state_lives_ms(stream.contract, counted)
    if not stream.metrics:
        return JobSql(state_ttl_ms)
    group = naming.group(METRICS, stream.name)
    return JobSql(
        state_ttl_ms,
        definitions=(
            silver_source(stream, platform.connections, group, table="silver_records"),
            silver_view(stream, counted),
            *(table for metric in stream.metrics for table in sinks_of(stream, metric, platform)),
            dead_letters_table(stream, platform, METRICS),
        ),
        shared_views=tuple(View(metric.name, metric.sql) for metric in stream.metrics),
        inserts=(
            *(insert for metric in stream.metrics for insert in inserts(metric)),
            insert_unreadable(stream, METRICS, Stage.METRICS, table="silver_records"),
        ),
    )


def silver_view(stream: Stream, counted: Counted) -> View:
    """``silver``: the rows that count. An event that is older than state is kept would start its group from zero."""
    arguments = ", ".join(
        (
            f"`{stream.contract.event_time.column}`",
            text(stream.name),
            _bigint(int(max_lateness_hours(stream.contract, counted) * MS_PER_HOUR)),
            _bigint(_epoch_ms(counted.empty_at)),
            _bigint(_epoch_ms(counted.since)),
        )
    )
    condition = f"_error_code IS NULL AND counts_still({arguments})"
    return View("silver", f"SELECT {quoted(stream.silver_columns)} FROM silver_records\nWHERE {condition}")


def state_lives_ms(contract: Contract, counted: Counted) -> int:
    """How long state is kept after it was last written: longer than any event that counts is younger than it.

    An event may be ahead of the clock by ``max_future_s``, and state that it made is so much older than the event.
    """
    hours = max_lateness_hours(contract, counted) + _LONGEST_GROUP_HOURS + _BETWEEN_READING_AND_STATE_HOURS
    return int(hours * MS_PER_HOUR) + contract.event_time.max_future_s * 1000


def inserts(metric: Metric) -> Iterator[Insert]:
    """The metric into both sinks, columns by name. It is a part of its own: others leave its operators' uids alone."""
    names = quoted(metric.columns)
    for sink in ("topic", "documents"):
        table = f"{metric.name}_{sink}"
        yield Insert(table, f"INSERT INTO `{table}` ({names})\nSELECT {names} FROM `{metric.name}`", part=metric.name)


def max_lateness_hours(contract: Contract, counted: Counted) -> float:
    """How late an event still counts: never later than silver is kept, or a start without state would count half."""
    return min(counted.max_lateness_hours, contract.topic.retention_hours)


def _bigint(number: int | None) -> str:
    return f"CAST({'NULL' if number is None else number} AS BIGINT)"


def _epoch_ms(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp() * 1000)


def sinks_of(stream: Stream, metric: Metric, platform: Platform) -> tuple[Table, Table]:
    """Its topic and its documents."""
    return metric_topic(metric, platform.connections), metric_index(stream, metric, platform)
