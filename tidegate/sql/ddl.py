"""The only builder of CREATE TABLE text; names of options are those of the connectors."""

import json
from collections.abc import Iterable

from tidegate.avro.types import AvroSchema, Column
from tidegate.sql.connections import Connections, Options, prefixed
from tidegate.sql.job_sql import Table
from tidegate.sql.literals import text


def create(name: str, body: list[str], options: Options) -> Table:
    """A temporary table of the lines of ``body``."""
    return Table(name, f"CREATE TEMPORARY TABLE `{name}` (\n{indented(body)}\n) WITH (\n{option_lines(options)}\n)")


def indented(lines: Iterable[str]) -> str:
    """What stands between a table's brackets."""
    return ",\n".join(f"  {line}" for line in lines)


def option_lines(options: Options) -> str:
    """What stands between the brackets of WITH."""
    return indented(f"'{key}' = {text(value)}" for key, value in options.items())


def column_lines(columns: Iterable[Column]) -> list[str]:
    """Each column with its type."""
    return [f"`{column.name}` {column.sql_type}" for column in columns]


def quoted(columns: Iterable[Column]) -> str:
    """The columns' names, for a list in a query."""
    return ", ".join(f"`{column.name}`" for column in columns)


def kafka_source(topic: str, connections: Connections, group: str) -> Options:
    """Options of a table that reads what is committed in a topic, from its beginning."""
    return {
        "connector": "kafka",
        "topic": topic,
        **prefixed("properties.", connections.kafka),
        "properties.group.id": group,
        "properties.isolation.level": "read_committed",
        "properties.max.partition.fetch.bytes": str(16 * 1024 * 1024),
        "properties.fetch.max.bytes": str(64 * 1024 * 1024),
        "properties.max.poll.records": "5000",
        "scan.startup.mode": "earliest-offset",
        "scan.topic-partition-discovery.interval": "1 min",
    }


def lake_catalog_options(catalog: Options) -> Options:
    """Options of Iceberg's catalog, by REST unless they say otherwise."""
    return {"type": "iceberg", "catalog-type": "rest", **catalog}


def contract_json(prefix: str, schema: AvroSchema, unknown_fields: str) -> Options:
    """Options of the format by which values in JSON are decoded."""
    return {
        f"{prefix}format": "contract-json",
        f"{prefix}contract-json.schema": json.dumps(schema),
        f"{prefix}contract-json.unknown-fields": unknown_fields,
    }


def contract_avro(prefix: str, schema: AvroSchema, connections: Connections) -> Options:
    """Options of the format by which values are decoded and encoded; ``prefix`` where a table has two formats."""
    return {
        f"{prefix}format": "contract-avro",
        **prefixed(f"{prefix}contract-avro.", connections.registry),
        f"{prefix}contract-avro.schema": json.dumps(schema),
    }
