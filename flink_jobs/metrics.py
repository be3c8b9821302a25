"""The metrics job: business figures per minute from committed silver rows, to compacted topics and OpenSearch.

Run by ``tidegate run metrics`` or by ``flink run -py flink_jobs/metrics.py``. Each ``metrics/<name>.sql`` of a dataset
is a SELECT from ``silver`` that groups by the metric's key. There are no windows that close: a late event corrects the
figure of its own minute, and a replay ends with the same figures.
"""

from flink_jobs import tables
from flink_jobs.environment import ROCKSDB, Job, main
from tidegate.contracts.avro_types import columns
from tidegate.contracts.load import Dataset, Metric, platform_schema
from tidegate.settings import Settings

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


def statements(dataset: Dataset, settings: Settings) -> list[str]:
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


def silver_view(dataset: Dataset, settings: Settings) -> str:
    """``silver``: the rows that count. An event that is later than state is kept would begin its figure anew."""
    assert dataset.silver is not None, "checked by Job"
    names = ", ".join(f"`{column.name}`" for column in columns(dataset.silver))
    seconds = int(settings.metrics_max_lateness_hours * _SECONDS_PER_HOUR)
    return f"""CREATE TEMPORARY VIEW silver AS
SELECT {names} FROM silver_records
WHERE _error_code IS NULL AND `{dataset.contract.event_time.field}` >= TIMESTAMPADD(SECOND, -{seconds}, _ingested_at)"""


def inserts(metric: Metric) -> list[str]:
    """The figures into both sinks, columns by name."""
    names = ", ".join(f"`{column.name}`" for column in columns(metric.schema))
    return [
        f"INSERT INTO `{metric.name}_{sink}` ({names})\nSELECT {names} FROM `{metric.name}`"
        for sink in ("topic", "documents")
    ]


def views(dataset: Dataset) -> dict[str, str]:
    """Each metric's SELECT, which both of its sinks read."""
    return {metric.name: metric.sql for metric in dataset.metrics}


def state_ttl_ms(_dataset: Dataset, settings: Settings) -> int:
    """A day longer than an event may be late."""
    return int((settings.metrics_max_lateness_hours + _KEPT_LONGER_HOURS) * _SECONDS_PER_HOUR * 1000)


def metric_of(table: str) -> str:
    """The metric that a sink's table belongs to: another metric of the dataset leaves its operators' uids alone."""
    return table.removesuffix("_topic").removesuffix("_documents")


JOB = Job(name=NAME, statements=statements, options=OPTIONS, state_ttl_ms=state_ttl_ms, views=views, part_of=metric_of)

if __name__ == "__main__":
    main(JOB)
