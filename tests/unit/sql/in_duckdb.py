"""Runs the statements of refine in DuckDB: a record in, and out comes what becomes of it.

Their SQL is Flink's. What DuckDB writes otherwise is put into its words here; the Java functions are macros that say
the same with less, and a reference answers as of every event's time with the rows that it has.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import duckdb

from tests.unit.sql.visits import DELIVERY, PLATFORM
from tidegate.contracts.dataset import Stream
from tidegate.sql.dead_letters import causes
from tidegate.sql.job_sql import View
from tidegate.sql.refine import job_sql
from tidegate.sql.scope import Scope

TIME = "TIMESTAMP_LTZ(3)"
NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
TYPES = {
    "STRING": "VARCHAR",
    "TIMESTAMP_LTZ(3)": "TIMESTAMPTZ",
    "ARRAY<STRING>": "VARCHAR[]",
    "BYTES": "BLOB",
    "MAP<STRING, BYTES>": "MAP(VARCHAR, BLOB)",
}
ENVELOPE = {
    "_key": "BYTES",
    "_source_topic": "STRING",
    "_source_partition": "INT",
    "_source_offset": "BIGINT",
    "_ingested_at": "TIMESTAMP_LTZ(3)",
    "_headers": "MAP<STRING, BYTES>",
    "_error_code": "STRING",
    "_error_message": "STRING",
    "_payload": "BYTES",
    "_payload_sha256": "STRING",
    "_payload_bytes": "INT",
    "_schema_id": "INT",
    "_proc_time": "TIMESTAMP_LTZ(3)",
}
MACROS = """
CREATE MACRO hmac_sha256(value) AS 'hashed ' || value;
CREATE MACRO first_arrival(arrived, headers, payload, payload_sha256) AS
    coalesce(decode(headers['tidegate.redrive.arrived'])::TIMESTAMPTZ, arrived);
CREATE MACRO bits(mask, names) AS list_filter(names, lambda _name, number: (mask >> (number - 1)) & 1 = 1);
CREATE MACRO rule_names(mask, names) AS bits(mask, string_split(names, ','));
CREATE MACRO first_rule_name(mask, names) AS rule_names(mask, names)[1];
CREATE MACRO violations(mask, lines) AS
    list_transform(bits(mask, string_split(lines, chr(10))), lambda line: split_part(line, chr(9), 1));
"""

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """What a dead letter says of its record."""

    offset: int
    stage: str
    code: str
    message: str
    violations: Sequence[str]


@dataclass(frozen=True, slots=True)
class Outputs:
    """What refine writes: silver rows, dead letters, and by offset the rule by which a record is dropped."""

    silver: list[dict[str, Any]]
    dead_letters: list[DeadLetter]
    dropped: dict[int, str]


def refined(stream: Stream, records: Iterable[Row], references: Mapping[str, Iterable[Row]]) -> Outputs:
    """The outputs for the records, which have offsets from 0 on in one partition."""
    sql = job_sql(stream, PLATFORM, Scope(), DELIVERY)
    duck = duckdb.connect()
    duck.execute("SET TimeZone = 'UTC'")
    duck.execute(MACROS)
    _create(duck, "raw_records", {column.name: column.sql_type for column in stream.raw_columns} | ENVELOPE)
    for offset, record in enumerate(records):
        _insert(duck, "raw_records", {**_envelope(offset), **record})
    for name, rows in references.items():
        _create(duck, name, {each.name: each.sql_type for each in PLATFORM.references[name].raw_columns})
        for row in rows:
            _insert(duck, name, row)
        duck.execute(
            f"CREATE VIEW ref_{name} AS SELECT * FROM {name}, "
            f"(SELECT DISTINCT {stream.contract.event_time.field} AS _as_of FROM raw_records)"
        )
    for view in sql.definitions:
        if isinstance(view, View):
            duck.execute(of_duckdb(view.sql))
    _create(duck, "silver", {column.name: column.sql_type for column in stream.silver_columns})
    _create(duck, "dropped", {"partition": "INT", "number": "BIGINT", "topic": "STRING", "at": TIME, "rule": "STRING"})
    for insert in sql.inserts:
        if insert.into != "dead_letters":
            duck.execute(of_duckdb(insert.sql))
    return Outputs(
        silver=_rows(duck, "SELECT * FROM silver ORDER BY _source_offset"),
        dead_letters=_dead_letters(duck, stream),
        dropped={row["number"]: row["rule"] for row in _rows(duck, "SELECT * FROM dropped ORDER BY number")},
    )


def _dead_letters(duck: duckdb.DuckDBPyConnection, stream: Stream) -> list[DeadLetter]:
    """The INSERT's expressions, without the functions and types that only Flink has."""
    rows = [
        row
        for cause in causes(stream)
        for row in duck.execute(
            of_duckdb(
                f"SELECT _source_offset, {cause.stage}, {cause.code}, {cause.message}, {cause.violations}\n"
                f"FROM {cause.relation}"
            )
        ).fetchall()
    ]
    return [DeadLetter(*row) for row in sorted(rows)]


def _envelope(offset: int) -> dict[str, Any]:
    return {
        "_source_topic": "raw.visits",
        "_source_partition": 0,
        "_source_offset": offset,
        "_ingested_at": NOW,
        "_schema_id": 1,
        "_proc_time": NOW.replace(second=offset),
    }


def _create(duck: duckdb.DuckDBPyConnection, table: str, columns: Mapping[str, str]) -> None:
    lines = ", ".join(f'"{name}" {TYPES.get(sql_type, sql_type)}' for name, sql_type in columns.items())
    duck.execute(f"CREATE TABLE {table} ({lines})")


def _insert(duck: duckdb.DuckDBPyConnection, table: str, row: Row) -> None:
    names = ", ".join(f'"{name}"' for name in row)
    duck.execute(f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' for _ in row)})", [*row.values()])


def _rows(duck: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    result = duck.execute(query)
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def of_duckdb(sql: str) -> str:
    """A query in DuckDB's words."""
    sql = sql.replace("`", '"').replace("TIMESTAMP_LTZ(3)", "TIMESTAMPTZ").replace("TIMESTAMP_LTZ(6)", "TIMESTAMPTZ")
    sql = sql.replace("PROCTIME()", "_source_offset")
    sql = sql.replace(" FOR SYSTEM_TIME AS OF e._proc_time", "")
    return re.sub(r"TIMESTAMPADD\(SECOND, (\d+), (\w+)\)", r"(\2 + INTERVAL \1 SECOND)", sql)
