"""The only builder of the lake's CREATE TABLE text."""

from collections.abc import Iterable, Mapping, Sequence

from tidegate.avro.types import Column
from tidegate.contracts.naming import TableName
from tidegate.sql.ddl import indented, option_lines
from tidegate.sql.job_sql import Table

_OPTIONS = {
    "format-version": "2",
    "write.format.default": "parquet",
    "write.parquet.compression-codec": "zstd",
    "write.distribution-mode": "none",
    "write.metadata.delete-after-commit.enabled": "true",
    "write.metadata.previous-versions-max": "20",
}


def lake_table(name: TableName, body: Sequence[str], parts: Sequence[str], options: Mapping[str, str]) -> Table:
    """A table of the lines of ``body``, partitioned by these of its columns if any; made only where it is missing."""
    every = option_lines({**_OPTIONS, **options})
    partitioned = f"PARTITIONED BY ({', '.join(f'`{part}`' for part in parts)}) " if parts else ""
    return Table(
        f"lake.{name}",
        f"CREATE TABLE IF NOT EXISTS {quoted_name(name)} (\n{indented(body)}\n)\n{partitioned}WITH (\n{every}\n)",
    )


def quoted_name(name: TableName) -> str:
    """For SQL."""
    return "lake." + ".".join(f"`{part}`" for part in name.split("."))


def lake_lines(columns: Iterable[Column]) -> list[str]:
    """Each column with its type."""
    return [f"`{column.name}` {lake_type(column)}" for column in columns]


def lake_type(column: Column) -> str:
    """The column's type in Iceberg, which knows timestamps in microseconds only."""
    return column.sql_type.replace("TIMESTAMP_LTZ(3)", "TIMESTAMP_LTZ(6)")


def as_in_silver(column: Column) -> str:
    """Silver has times in milliseconds, in rows and arrays too; the lake has more, or would keep more."""
    if lake_type(column) == column.sql_type:
        return f"`{column.name}`"
    return f"CAST(`{column.name}` AS {column.sql_type}) AS `{column.name}`"


def namespace(name: str) -> Table:
    """Where tables are; made only where it is missing."""
    return Table(f"lake.{name}", f"CREATE DATABASE IF NOT EXISTS lake.`{name}`")
