"""What a metric's rows were and are: each record of its topic is a row that stays, so any engine can read the table.

The newest row of a key is its value: ``tidegate query`` has a view of them. Iceberg's own way to replace rows leaves
delete files behind that pyiceberg can't read, and a reader has to apply one more of them with every commit.
"""

from tidegate.contracts import naming
from tidegate.contracts.dataset import Metric, Stream
from tidegate.contracts.envelope import CHANGE_DELETED, CHANGE_PLACE, CHANGED_AT, CHANGED_DAY
from tidegate.contracts.topics import DERIVED_MAX_BYTES
from tidegate.sql.connections import Connections
from tidegate.sql.ddl import column_lines, contract_avro, kafka_source, quoted
from tidegate.sql.job_sql import Insert, Table
from tidegate.sql.lake_tables import lake_lines, lake_table, quoted_name
from tidegate.sql.sources import ERROR_CODE, resumable

_KEY = "_key_"
_TOMBSTONE = "TOMBSTONE"


def changes_table(metric: Metric) -> Table:
    """``lake.gold.<dataset>_<metric>_changes``; its key stands in its properties."""
    partition, offset = CHANGE_PLACE
    body = [
        *lake_lines(metric.columns),
        f"`{CHANGE_DELETED}` BOOLEAN",
        f"`{CHANGED_AT}` TIMESTAMP_LTZ(6)",
        f"`{partition}` INT",
        f"`{offset}` BIGINT",
        f"`{CHANGED_DAY}` DATE",
    ]
    return lake_table(_name(metric), body, (CHANGED_DAY,), {naming.LAKE_KEY: ",".join(metric.key)})


def changes_source(metric: Metric, connections: Connections, group: str) -> Table:
    """Each record of the metric's topic: its key, and its row unless the key was deleted."""
    partition, offset = CHANGE_PLACE
    keys = [f"`{_KEY}{column.name}` {column.sql_type}" for column in metric.columns if column.name in metric.key]
    body = [
        *keys,
        *column_lines(metric.columns),
        ERROR_CODE,
        f"`{CHANGED_AT}` TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL",
        f"`{partition}` INT METADATA FROM 'partition' VIRTUAL",
        f"`{offset}` BIGINT METADATA FROM 'offset' VIRTUAL",
    ]
    options = {
        **kafka_source(metric.topic, connections, group),
        "key.format": "json",
        "key.json.timestamp-format.standard": "ISO-8601",
        "key.json.ignore-parse-errors": "true",
        "key.fields": ";".join(f"{_KEY}{name}" for name in metric.key),
        "key.fields-prefix": _KEY,
        "value.fields-include": "EXCEPT_KEY",
        **contract_avro("value.", metric.schema, connections),
        "value.contract-avro.max-record-bytes": str(DERIVED_MAX_BYTES),
    }
    return resumable(_source(metric), body, options)


def insert_changes(metric: Metric) -> Insert:
    """Every record but those that are none of the metrics job's."""
    into = f"{quoted(metric.columns)}, {', '.join((CHANGE_DELETED, CHANGED_AT, *CHANGE_PLACE, CHANGED_DAY))}"
    values = ", ".join(
        f"COALESCE(`{column.name}`, `{_KEY}{column.name}`)" if column.name in metric.key else f"`{column.name}`"
        for column in metric.columns
    )
    time = f"`{_KEY}{metric.key[0]}`"
    return Insert(
        f"lake.{_name(metric)}",
        f"""INSERT INTO {quoted_name(_name(metric))} ({into})
SELECT {values},
  COALESCE(_error_code, '') = '{_TOMBSTONE}', {CHANGED_AT}, {", ".join(CHANGE_PLACE)}, CAST({time} AS DATE)
FROM {_source(metric)} WHERE (_error_code IS NULL OR _error_code = '{_TOMBSTONE}') AND {time} IS NOT NULL""",
        metric.name,
    )


def definitions(stream: Stream, connections: Connections, group: str) -> list[Table]:
    """Table and source of each metric."""
    found: list[Table] = []
    for metric in stream.metrics:
        found += (changes_table(metric), changes_source(metric, connections, group))
    return found


def _name(metric: Metric) -> naming.TableName:
    return naming.lake_changes(metric.dataset, metric.name)


def _source(metric: Metric) -> str:
    return f"{metric.name}{naming.CHANGES_SUFFIX}"
