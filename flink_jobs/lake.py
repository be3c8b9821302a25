"""The lake job: raw bytes to bronze and silver rows to silver, Iceberg tables on S3, committed at checkpoints.

Run by ``tidegate run lake`` or by ``flink run -py flink_jobs/lake.py``. Bronze is partitioned by the day of arrival,
silver by the day of the event, so that a late event lands in its own day.
"""

from flink_jobs import tables
from flink_jobs.environment import Job, main
from flink_jobs.lake_evolution import follow_silver
from tidegate.avro.types import columns
from tidegate.contracts.dataset import Stream
from tidegate.settings import Settings

NAME = "lake"
# The default sink has lost data files in bounded runs (docs/adr/0006).
OPTIONS = {"table.exec.iceberg.use-v2-sink": "true"}


def statements(dataset: Stream, settings: Settings) -> list[str]:
    """The SQL of one dataset: catalog, namespaces and tables where they are missing, then two INSERTs."""
    group = f"tidegate-{NAME}-{dataset.name}"
    return [
        f"CREATE CATALOG IF NOT EXISTS {tables.lake_catalog(settings)}",
        "CREATE DATABASE IF NOT EXISTS lake.`bronze`",
        "CREATE DATABASE IF NOT EXISTS lake.`silver`",
        tables.bronze_table(dataset),
        tables.silver_table(dataset),
        tables.bytes_source(dataset, settings, group),
        tables.silver_source(dataset, settings, group),
        insert_bronze(dataset),
        insert_silver(dataset),
    ]


def insert_bronze(dataset: Stream) -> str:
    """Every raw record as it came, poison too."""
    return f"""INSERT INTO lake.`bronze`.`{dataset.name}`
SELECT _source_topic, _source_partition, _source_offset, _ingested_at, _key, _headers, _value,
  {_day_of("_ingested_at")}
FROM raw_records"""


def insert_silver(dataset: Stream) -> str:
    """Every committed silver row."""
    names = ", ".join(f"`{column.name}`" for column in columns(dataset.silver))
    return f"""INSERT INTO lake.`silver`.`{dataset.name}` ({names}, `year`, `month`, `day`)
SELECT {names}, {_day_of(f"`{dataset.contract.event_time.field}`")}
FROM silver WHERE _error_code IS NULL"""


def _day_of(column: str) -> str:
    parts = ("YEAR", "MONTH", "DAY")
    return ", ".join(f"CAST(EXTRACT({part} FROM {column}) AS INT)" for part in parts)


JOB = Job(name=NAME, statements=statements, options=OPTIONS, before_inserts=follow_silver)

if __name__ == "__main__":
    main(JOB)
