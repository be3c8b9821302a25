"""The lake job's SQL: raw bytes to bronze and silver rows to silver, Iceberg tables that are partitioned by day.

Bronze by the day of arrival, silver by the day of the event, so that a late event lands in its own day.
"""

from collections.abc import Mapping

from tidegate.avro.types import Column
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
from tidegate.contracts.naming import Layer
from tidegate.dead_letters.codes import Stage
from tidegate.job_names import LAKE
from tidegate.sql.connections import Options
from tidegate.sql.ddl import indented, option_lines, quoted
from tidegate.sql.job_sql import Insert, JobSql, Table
from tidegate.sql.lake_schema import PARTITIONS
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
_LAYERS: tuple[Layer, ...] = ("bronze", "silver")
_TABLE_OPTIONS = {
    "format-version": "2",
    "write.format.default": "parquet",
    "write.parquet.compression-codec": "zstd",
    "write.distribution-mode": "none",
    "write.metadata.delete-after-commit.enabled": "true",
    "write.metadata.previous-versions-max": "20",
}


def job_sql(stream: Stream, platform: Platform) -> JobSql:
    """The SQL of one dataset: catalog, namespaces and tables where they are missing, then both inserts."""
    connections, group = platform.connections, naming.group(LAKE, stream.name)
    return JobSql(
        dedup_ttl_ms(stream.contract),
        definitions=(
            lake_catalog(connections.lake_catalog),
            *(Table(f"lake.{layer}", f"CREATE DATABASE IF NOT EXISTS lake.`{layer}`") for layer in _LAYERS),
            bronze_table(stream),
            silver_table(stream),
            bytes_source(stream, connections, group),
            silver_source(stream, connections, group),
            dead_letters_table(stream, platform, LAKE),
        ),
        inserts=(insert_bronze(stream), insert_silver(stream), insert_unreadable(stream, LAKE, Stage.LAKE)),
    )


def lake_catalog(catalog: Options) -> Table:
    """``lake``: Iceberg's catalog, by REST unless the options say otherwise."""
    options = {"type": "iceberg", "catalog-type": "rest", **catalog}
    return Table("lake", f"CREATE CATALOG IF NOT EXISTS lake WITH (\n{option_lines(options)}\n)")


def bronze_table(stream: Stream) -> Table:
    """``lake.bronze.<dataset>``: the raw bytes and their coordinates."""
    return _lake_table("bronze", stream.name, [*_BRONZE_COLUMNS])


def silver_table(stream: Stream) -> Table:
    """``lake.silver.<dataset>``: the silver rows."""
    return _lake_table(
        "silver", stream.name, [f"`{column.name}` {lake_type(column)}" for column in stream.silver_columns]
    )


def lake_type(column: Column) -> str:
    """The column's type in Iceberg, which knows timestamps in microseconds only."""
    return column.sql_type.replace("TIMESTAMP_LTZ(3)", "TIMESTAMP_LTZ(6)")


def insert_bronze(stream: Stream) -> Insert:
    """Every raw record as it came, poison too."""
    return Insert(
        f"lake.{naming.lake_table('bronze', stream.name)}",
        f"""INSERT INTO {_quoted_name("bronze", stream.name)}
SELECT {", ".join(COORDINATES)}, {INGESTED_AT}, {KEY}, {HEADERS}, {VALUE},
  {_day_of(INGESTED_AT)}
FROM raw_records""",
    )


def insert_silver(stream: Stream) -> Insert:
    """Every committed silver row."""
    names = quoted(stream.silver_columns)
    return Insert(
        f"lake.{naming.lake_table('silver', stream.name)}",
        f"""INSERT INTO {_quoted_name("silver", stream.name)} ({names}, {", ".join(f"`{part}`" for part in PARTITIONS)})
SELECT {names}, {_day_of(f"`{stream.contract.event_time.column}`")}
FROM silver WHERE _error_code IS NULL""",
    )


def _lake_table(layer: Layer, name: str, body: list[str]) -> Table:
    return Table(
        f"lake.{naming.lake_table(layer, name)}",
        f"CREATE TABLE IF NOT EXISTS {_quoted_name(layer, name)} (\n"
        f"{indented([*body, *(f'`{part}` INT' for part in PARTITIONS)])}\n)\n"
        f"PARTITIONED BY ({', '.join(f'`{part}`' for part in PARTITIONS)}) WITH (\n{option_lines(_TABLE_OPTIONS)}\n)",
    )


def _quoted_name(layer: Layer, name: str) -> str:
    return f"lake.`{layer}`.`{name}`"


def _day_of(column: str) -> str:
    return ", ".join(f"CAST(EXTRACT({part.upper()} FROM {column}) AS INT)" for part in PARTITIONS)
