"""A dataset's ``map.sql`` as Flink runs it: each value that can't be converted is told by field and value.

All in one job: ``items`` catches what an expression throws for a row, as the decoder does for a record.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from tests.polling import HANGS_S
from tidegate.avro.types import AvroType, Field
from tidegate.sql.conversions import running
from tidegate.sql.literals import literal
from tidegate.sql.private import private

RUN = """
import json, sys
from pyflink.table import EnvironmentSettings, TableEnvironment
from flink_jobs.sql_functions import register_functions

flink = TableEnvironment.create(EnvironmentSettings.in_streaming_mode())
flink.get_config().set("table.local-time-zone", "UTC")
flink.get_config().set("parallelism.default", "1")
register_functions(flink)
for statement in json.loads(open(sys.argv[1]).read()):
    if statement.startswith("CREATE"):
        flink.execute_sql(statement)
    else:
        with flink.execute_sql(statement).collect() as rows:
            print(json.dumps(sorted([list(row) for row in rows])))
"""
SECONDS_OF_D = "to_timestamp_ltz(cast(floor(d * 1000 + 0.5) as bigint), 3)"
LOCAL_TIME_OF_T = "to_timestamp_ltz(t, 'yyyy-MM-dd HH:mm:ss', 'America/New_York')"
TEXT = AvroType("string", nullable=True)
TYPES = {"t": "STRING", "n": "BIGINT", "d": "DOUBLE", "m": "DECIMAL(20, 2)", "o": "ROW<`a` STRING>"}


@dataclass(frozen=True)
class Case:
    """One column of a map.sql for one record: what it gives as text, or the reason why it fails."""

    sql: str
    record: Mapping[str, str]
    gives: str | None = None
    fails: str | None = None


CASES = [
    Case("cast(t as int)", {"t": "'12'"}, "12"),
    Case("cast(t as int)", {"t": "NULL"}),
    Case("cast(t as int)", {"t": "'abc'"}, fails="t (for x): 'abc' is no INT"),
    Case("CAST( t AS INT )", {"t": "'3000000000'"}, fails="t (for x): '3000000000' is no INT"),
    Case("try_cast(t as int)", {"t": "'abc'"}),
    Case("coalesce(try_cast(t as int), -1)", {"t": "'abc'"}, "-1"),
    Case("cast(n as int)", {"n": "3000000000"}, fails="n (for x): 3000000000 is no INT"),
    Case("cast(n as int)", {"n": "-5"}, "-5"),
    Case("cast(d as int)", {"d": "3.7E9"}, fails="d (for x): 3.7E9 is no INT"),
    Case("cast(d as bigint)", {"d": "CAST('NaN' AS DOUBLE)"}, fails="d (for x): NaN is no BIGINT"),
    Case("cast(d as decimal(5, 2))", {"d": "CAST('NaN' AS DOUBLE)"}, fails="d (for x): NaN is no DECIMAL(5, 2)"),
    Case("cast(d as float)", {"d": "1E300"}, fails="d (for x): 1.0E300 is no FLOAT"),
    Case("cast(m as smallint)", {"m": "40000.00"}, fails="m (for x): 40000.00 is no SMALLINT"),
    Case("cast(t as double)", {"t": "'1e400'"}, fails="t (for x): '1e400' is no DOUBLE"),
    Case("cast(t as double)", {"t": "'1.5'"}, "1.5"),
    Case("cast(t as decimal(5, 2))", {"t": "'99999'"}, fails="t (for x): '99999' is no DECIMAL(5, 2)"),
    Case("cast(replace(t, ',', '.') as decimal(5, 2))", {"t": "'12,5'"}, "12.50"),
    Case("cast(replace(t, ',', '.') as decimal(5, 2))", {"t": "'12;5'"}, fails="t (for x): '12;5' is no DECIMAL(5, 2)"),
    Case("cast(t as boolean)", {"t": "'true'"}, "TRUE"),
    Case("cast(t as boolean)", {"t": "'ja'"}, fails="t (for x): 'ja' is no BOOLEAN"),
    Case("cast(t as date)", {"t": "'2026-01-05'"}, "2026-01-05"),
    Case("cast(t as date)", {"t": "'12'"}, fails="t (for x): '12' is no DATE"),
    Case("cast(t as date)", {"t": "'2026-02-30'"}, fails="t (for x): '2026-02-30' is no DATE"),
    Case("cast(t as timestamp_ltz(3))", {"t": "'2026-01-05 10:00:00'"}, "2026-01-05 10:00:00.000"),
    Case(
        "cast(t as timestamp_ltz(3))",
        {"t": "'2026-02-30 1:00'"},
        fails="t (for x): '2026-02-30 1:00' is no TIMESTAMP_LTZ(3)",
    ),
    Case("to_timestamp_ltz(t)", {"t": "'soon'"}, fails="t (for x): 'soon' is no TIMESTAMP_LTZ"),
    Case("to_timestamp_ltz(t, 'dd.MM.yyyy HH:mm')", {"t": "'05.01.2026 10:00'"}, "2026-01-05 10:00:00.000"),
    Case("to_timestamp_ltz(t, 'dd.MM.yyyy HH:mm')", {"t": "'2026'"}, fails="t (for x): '2026' is no TIMESTAMP_LTZ"),
    Case("to_timestamp_ltz(n, 0)", {"n": "1767268799"}, "2026-01-01 11:59:59.000"),
    Case(
        "to_timestamp_ltz(n, 3)",
        {"n": "1000000000000000000"},
        fails="n (for x): 1000000000000000000 is no TIMESTAMP_LTZ",
    ),
    Case("to_timestamp_ltz(cast(t as bigint), 0)", {"t": "'1767268799'"}, "2026-01-01 11:59:59.000"),
    Case("to_timestamp_ltz(cast(t as bigint), 0)", {"t": "'now'"}, fails="t (for x): 'now' is no BIGINT"),
    Case("to_timestamp_ltz(cast(n as int), 0)", {"n": "1767268799"}, "2026-01-01 11:59:59.000"),
    Case(SECONDS_OF_D, {"d": "1764300000.29"}, "2025-11-28 03:20:00.290"),
    Case(SECONDS_OF_D, {"d": "CAST('NaN' AS DOUBLE)"}, fails="d (for x): NaN is no BIGINT"),
    Case("to_timestamp_ltz(n / 1000000, 3)", {"n": "1764300000123456789"}, "2025-11-28 03:20:00.123"),
    Case(LOCAL_TIME_OF_T, {"t": "'2026-11-21 10:00:00'"}, "2026-11-21 15:00:00.000"),
    Case(LOCAL_TIME_OF_T, {"t": "'2026-02-30 10:00:00'"}, fails="t (for x): '2026-02-30 10:00:00' is no TIMESTAMP_LTZ"),
    Case("to_date(t, 'dd.MM.yyyy')", {"t": "'05.01.2026'"}, "2026-01-05"),
    Case("iso_time(t)", {"t": "'2026-01-05T10:00:00Z'"}, "2026-01-05 10:00:00.000000"),
    Case("iso_time(t)", {"t": "'2026-01-05 10:00:00.123456789+02:00'"}, "2026-01-05 08:00:00.123456"),
    Case("iso_time(t)", {"t": "'2026-01-05T10:00:00-0130'"}, "2026-01-05 11:30:00.000000"),
    Case(
        "iso_time(t)", {"t": "'2026-02-30T10:00:00Z'"}, fails="t (for x): '2026-02-30T10:00:00Z' is no time of ISO 8601"
    ),
    Case("cast(o.a as int) + 1", {"o": "ROW('7')"}, "8"),
    Case("cast(o.a as int)", {"o": "CAST(NULL AS ROW<`a` STRING>)"}),
    Case("upper(cast(cast(o.a as int) as string))", {"o": "ROW('x')"}, fails="o.a (for x): 'x' is no INT"),
    Case("case when n > 0 then cast(t as int) end", {"n": "0", "t": "'abc'"}),
    Case("try_cast(cast(t as int) as smallint)", {"t": "'abc'"}, fails="t (for x): 'abc' is no INT"),
    Case("cast(t as int)", {"t": f"'{'9' * 100}'"}, fails=f"t (for x): '{'9' * 60}…' is no INT"),
    Case("10 / n", {"n": "0"}, fails="an expression fails: / by zero"),
    Case("cast(raw.t as int)", {"t": "'abc'"}, fails="t (for x): 'abc' is no INT"),
]


def statements() -> list[str]:
    """A table of the records, and the query; a record that fails comes again without values, but with its position."""
    rows = ", ".join(f"ROW({number}, {values(case)})" for number, case in enumerate(CASES))
    names = ["number", *TYPES, "_position", "_fault"]
    items = f"LATERAL TABLE(items(g.given)) AS i ({', '.join(names)})"
    records = f"(VALUES (ARRAY[{rows}])) AS g (given) CROSS JOIN {items}"
    branches = " ".join(f"when {number} then cast({case.sql} as string)" for number, case in enumerate(CASES))
    query = running(f"select case number {branches} end as x from raw", (), "records", ["_position", "_fault"])
    return [
        f"CREATE TEMPORARY VIEW records AS SELECT {', '.join(f'i.{name}' for name in names)} FROM {records}",
        f"SELECT _position - 1 AS number, x, _fault FROM ({query})",
        personal(),
    ]


def personal() -> str:
    """A record whose personal field lies within another, and one where that other is null."""
    inner = Field("p", AvroType("record", nullable=True, fields=(Field("name", TEXT), Field("n", AvroType("int")))))
    outer = Field("o", AvroType("record", nullable=True, fields=(inner, Field("kept", TEXT))))
    known = literal({"p": {"name": "Ada", "n": 1}, "kept": "a"}, outer.type)
    alone = literal({"p": None, "kept": "b"}, outer.type)
    row = private(outer, {"o.p.name": "mask"})
    records = f"(VALUES (1, {known}), (2, {alone}), (3, {literal(None, outer.type)})) AS g (number, o)"
    columns = "CAST(o.p.name AS STRING), CAST(o.p.n AS STRING), o.kept, o IS NULL, o.p IS NULL"
    return f"SELECT number, {columns} FROM (SELECT number, {row} FROM {records})"


def values(case: Case) -> str:
    return ", ".join(f"CAST({case.record.get(name, 'NULL')} AS {sql_type})" for name, sql_type in TYPES.items())


Row = tuple[Any, ...]


@pytest.fixture(scope="module")
def printed(flink_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> list[list[Row]]:
    """The rows of each query."""
    file = tmp_path_factory.mktemp("mapping") / "statements.json"
    file.write_text(json.dumps(statements()))
    command = [sys.executable, "-c", RUN, str(file)]
    done = subprocess.run(command, env=flink_environment, capture_output=True, text=True, check=False, timeout=HANGS_S)
    assert done.returncode == 0, done.stderr
    return [[tuple(row) for row in json.loads(line)] for line in done.stdout.splitlines()[-2:]]


@pytest.mark.parametrize(("number", "case"), [*enumerate(CASES)], ids=[case.sql for case in CASES])
def test_a_conversion_gives_its_value_or_names_field_and_value(
    printed: list[list[Row]], number: int, case: Case
) -> None:
    assert printed[0][number] == (number, case.gives, case.fails)


def test_a_personal_field_is_replaced_within_its_record_and_nothing_else_is(printed: list[list[Row]]) -> None:
    assert printed[1] == [
        (1, "***", "1", "a", False, False),
        (2, None, None, "b", False, True),
        (3, None, None, None, True, True),
    ]
