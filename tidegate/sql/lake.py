"""The lake job's SQL: raw bytes to bronze and silver rows to silver, Iceberg tables that are partitioned by day.

Beside them dead letters (``lake_letters.py``) and what metrics were and are (``lake_changes.py``).
Bronze is partitioned by the day of arrival, silver by the day of the event, so that a late event lands in its own day.
"""

from collections.abc import Mapping

from tidegate.contracts import naming
from tidegate.contracts.dataset import Stream
from tidegate.contracts.envelope import (
    COORDINATES,
    HEADERS,
    INGESTED_AT,
    KEY,
    SOURCE_OFFSET,
    SOURCE_PARTITION,
    SOURCE_TOPIC,
    VALUE,
)
from tidegate.dead_letters.codes import Stage
from tidegate.job_names import LAKE
from tidegate.sql.connections import Options
from tidegate.sql.ddl import lake_catalog_options, option_lines, quoted
from tidegate.sql.job_sql import Insert, JobSql, Table
from tidegate.sql.lake_changes import definitions as changes
from tidegate.sql.lake_changes import insert_changes
from tidegate.sql.lake_letters import insert_letters, letters_source, letters_table
from tidegate.sql.lake_schema import PARTITIONS
from tidegate.sql.lake_tables import lake_lines, lake_table, namespace, quoted_name
from tidegate.sql.platform import Platform
from tidegate.sql.sources import bytes_source, silver_source
from tidegate.sql.state import dedup_ttl_ms
from tidegate.sql.unreadable import dead_letters_table, insert_unreadable

# The default sink has lost data files in bounded runs (docs/adr/0006).
OPTIONS: Mapping[str, str] = {"table.exec.iceberg.use-v2-sink": "true"}
_BRONZE_COLUMNS = (
    f"`{SOURCE_TOPIC}` STRING",
    f"`{SOURCE_PARTITION}` INT",
    f"`{SOURCE_OFFSET}` BIGINT",
    f"`{INGESTED_AT}` TIMESTAMP_LTZ(6)",
    f"`{KEY}` BYTES",
    f"`{HEADERS}` MAP<STRING, BYTES>",
    f"`{VALUE}` BYTES",
)
_NAMESPACES = ("bronze", "silver")


def job_sql(stream: Stream, platform: Platform) -> JobSql:
    """The SQL of one dataset: catalog, namespaces and tables where they are missing, then both inserts."""
    connections, group = platform.connections, naming.group(LAKE, stream.name)
    namespaces = (*_NAMESPACES, naming.GOLD) if stream.metrics else _NAMESPACES
    return JobSql(
        dedup_ttl_ms(stream.contract),
        definitions=(
            lake_catalog(connections.lake_catalog),
            *map(namespace, namespaces),
            bronze_table(stream),
            silver_table(stream),
            bytes_source(stream, connections, group),
            silver_source(stream, connections, group),
            dead_letters_table(stream, platform, LAKE),
            letters_table(platform.dead_letter),
            letters_source(stream, platform, group),
            *changes(stream, connections, group),
        ),
        inserts=(
            insert_bronze(stream),
            insert_silver(stream),
            insert_unreadable(stream, LAKE, Stage.LAKE),
            insert_letters(stream, platform.dead_letter),
            *(insert_changes(metric) for metric in stream.metrics),
        ),
    )


def lake_catalog(catalog: Options) -> Table:
    """``lake``: Iceberg's catalog, by REST unless the options say otherwise."""
    options = option_lines(lake_catalog_options(catalog))
    return Table("lake", f"CREATE CATALOG IF NOT EXISTS lake WITH (\n{options}\n)")


def bronze_table(stream: Stream) -> Table:
    """``lake.bronze.<dataset>``: the raw bytes and their coordinates."""
    return _dated(naming.lake_table("bronze", stream.name), [*_BRONZE_COLUMNS])


def silver_table(stream: Stream) -> Table:
    """``lake.silver.<dataset>``: the silver rows."""
    return _dated(naming.lake_table("silver", stream.name), lake_lines(stream.silver_columns))


def insert_bronze(stream: Stream) -> Insert:
    """Every raw record as it came, poison too."""
    name = naming.lake_table("bronze", stream.name)
    return Insert(
        f"lake.{name}",
        f"""INSERT INTO {quoted_name(name)}
SELECT {", ".join(COORDINATES)}, {INGESTED_AT}, {KEY}, {HEADERS}, {VALUE},
  {day_of(INGESTED_AT)}
FROM raw_records""",
    )


def insert_silver(stream: Stream) -> Insert:
    """Every committed silver row."""
    name, names = naming.lake_table("silver", stream.name), quoted(stream.silver_columns)
    return Insert(
        f"lake.{name}",
        f"""INSERT INTO {quoted_name(name)} ({names}, {", ".join(f"`{part}`" for part in PARTITIONS)})
SELECT {names}, {day_of(f"`{stream.contract.event_time.column}`")}
FROM silver WHERE _error_code IS NULL""",
    )


def _dated(name: naming.TableName, body: list[str]) -> Table:
    return lake_table(name, [*body, *(f"`{part}` INT" for part in PARTITIONS)], PARTITIONS, {})


def day_of(column: str) -> str:
    """The columns that partition a table, of a time."""
    return ", ".join(f"CAST(EXTRACT({part.upper()} FROM {column}) AS INT)" for part in PARTITIONS)
