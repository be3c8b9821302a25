"""The metrics job: business figures per minute from committed silver rows, to compacted topics and OpenSearch.

Run by ``tidegate run metrics`` or by ``flink run -py flink_jobs/metrics.py``. Each ``metrics/<name>.sql`` of a dataset
is a SELECT from ``silver`` that groups by the metric's key. There are no windows that close: a late event corrects the
figure of its own minute, and a replay ends with the same figures.
"""

import time
from datetime import UTC, datetime, timedelta

from flink_jobs import tables
from flink_jobs.environment import ROCKSDB, Job, main
from tidegate import log
from tidegate.avro.types import columns
from tidegate.clients.kafka_offsets import OffsetReader
from tidegate.clients.kafka_single_records import SingleRecords
from tidegate.contracts.dataset import Metric, Stream
from tidegate.contracts.load import platform_schema
from tidegate.contracts.model import Contract
from tidegate.settings import Settings
from tidegate.sql.literals import timestamp

NAME = "metrics"
# Figures change with every event; once a second is often enough to show them.
OPTIONS = {
    **ROCKSDB,
    "table.exec.mini-batch.enabled": "true",
    "table.exec.mini-batch.allow-latency": "1 s",
    "table.exec.mini-batch.size": "5000",
}
_KEPT_LONGER_HOURS = 24
_SECONDS_PER_HOUR = 3600


def statements(dataset: Stream, settings: Settings) -> list[str]:
    """The SQL of one dataset; none if it has no metrics."""
    if not dataset.metrics:
        return []
    dead_letter = platform_schema(settings.schemas_dir, "dead_letter")
    return [
        tables.silver_source(dataset, settings, f"tidegate-{NAME}-{dataset.name}", table="silver_records"),
        silver_view(dataset, settings),
        *(
            statement
            for metric in dataset.metrics
            for statement in (
                tables.metric_topic(metric, settings),
                tables.metric_index(dataset, metric, dead_letter, settings),
            )
        ),
        *(insert for metric in dataset.metrics for insert in inserts(metric)),
    ]


def silver_view(dataset: Stream, settings: Settings) -> str:
    """``silver``: the rows that count. An event that is later than state is kept would begin its figure anew."""
    names = ", ".join(f"`{column.name}`" for column in columns(dataset.silver))
    seconds = int(max_lateness_hours(dataset, settings) * _SECONDS_PER_HOUR)
    event_time = f"`{dataset.contract.event_time.field}`"
    conditions = ["_error_code IS NULL", f"{event_time} >= TIMESTAMPADD(SECOND, -{seconds}, _ingested_at)"]
    if settings.metrics_since:
        conditions.append(f"{event_time} >= {timestamp(settings.metrics_since)}")
    return f"CREATE TEMPORARY VIEW silver AS\nSELECT {names} FROM silver_records\nWHERE {' AND '.join(conditions)}"


def inserts(metric: Metric) -> list[str]:
    """The figures into both sinks, columns by name."""
    names = ", ".join(f"`{column.name}`" for column in columns(metric.schema))
    return [
        f"INSERT INTO `{metric.name}_{sink}` ({names})\nSELECT {names} FROM `{metric.name}`"
        for sink in ("topic", "documents")
    ]


def views(dataset: Stream) -> dict[str, str]:
    """Each metric's SELECT, which both of its sinks read."""
    return {metric.name: metric.sql for metric in dataset.metrics}


def max_lateness_hours(dataset: Stream, settings: Settings) -> float:
    """How late an event still counts: never later than silver is kept, or a start without state had half a figure."""
    return min(settings.metrics_max_lateness_hours, dataset.contract.topic.retention_hours)


def state_ttl_ms(dataset: Stream, settings: Settings) -> int:
    """A day longer than an event may be late."""
    return int((max_lateness_hours(dataset, settings) + _KEPT_LONGER_HOURS) * _SECONDS_PER_HOUR * 1000)


def without_state(dataset: Stream, settings: Settings) -> Settings:
    """Where retention has cut silver, figures begin with its first whole day: earlier ones would be of half the rows.

    What was computed of those days stays in topics and indices as it is.
    """
    if settings.metrics_since or not dataset.metrics:
        return settings
    since = first_whole_day(dataset.contract, settings)
    if since is None:
        return settings
    log.tell(
        f"Figures of {dataset.name} begin with {since:%Y-%m-%d} (UTC): of earlier days retention has removed silver "
        "rows. Those computed before stay; TIDEGATE_METRICS_SINCE sets another day.",
        "metrics_since",
        dataset=dataset.name,
        since=since.isoformat(),
    )
    return settings.model_copy(update={"metrics_since": since})


def first_whole_day(contract: Contract, settings: Settings) -> datetime | None:
    """The first day (UTC) of which silver holds every row it ever had; None if nothing was removed.

    A removed row was written before the first one that is left, and is at most ``max_future_s`` ahead of that.

    Raises:
        TransientError: Kafka does not answer.
    """
    offsets = OffsetReader(settings)
    starts = offsets.starts(offsets.places([contract.silver_topic]))
    cut = {place: start for place, start in starts.items() if start > 0}
    if not cut:
        return None
    left = SingleRecords(settings).at(cut)
    emptied_s = time.time() if cut.keys() - left.keys() else 0.0
    removed_s = max([emptied_s, *(message.timestamp()[1] / 1000 for message in left.values())])
    day = datetime.fromtimestamp(removed_s + contract.event_time.max_future_s, UTC)
    return day.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def metric_of(table: str) -> str:
    """The metric that a sink's table belongs to: another metric of the dataset leaves its operators' uids alone."""
    return table.removesuffix("_topic").removesuffix("_documents")


JOB = Job(
    name=NAME,
    statements=statements,
    options=OPTIONS,
    state_ttl_ms=state_ttl_ms,
    views=views,
    without_state=without_state,
    part_of=metric_of,
)

if __name__ == "__main__":
    main(JOB)
