"""Extreme values of every column through all SQL that ships with a dataset: rules, ``refine.sql`` and metrics.

Nothing throws: a job that throws at a record does so again at each restart, and stands for all datasets. And what a
metric gives can be written: no NULL where its schema has none, no number that JSON has no word for.
"""

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.contracts import SCHEMAS
from tests.polling import HANGS_S
from tidegate.avro.types import Column
from tidegate.contracts.dataset import Metric, Stream
from tidegate.contracts.envelope import INGESTED_AT
from tidegate.contracts.load import load_reference, stream_datasets
from tidegate.sql.metrics import OPTIONS
from tidegate.sql.rules import verdict_sql
from tidegate.sql.validated import envelope_column, validated_columns

RUN = """
import json, sys
from pyflink.table import EnvironmentSettings, TableEnvironment
from flink_jobs.python_functions import register_named
from flink_jobs.sql_functions import register_functions

parts = json.loads(open(sys.argv[1]).read())
found = {}
for part in parts:
    flink = TableEnvironment.create(EnvironmentSettings.in_streaming_mode())
    flink.get_config().set("table.local-time-zone", "UTC")
    flink.get_config().set("parallelism.default", "1")
    flink.get_config().set("collect-sink.batch-size.max", "64 mb")
    for name, value in part["options"].items():
        flink.get_config().set(name, value)
    # A NULL where there may be none is looked for in what comes out.
    flink.get_config().set("table.exec.sink.not-null-enforcer", "DROP")
    register_functions(flink)
    register_named(flink, [part["query"]])
    flink.execute_sql(part["table"])
    try:
        with flink.execute_sql(part["query"]).collect() as rows:
            found[part["name"]] = [list(row) for row in rows if row.get_row_kind().value in (0, 2)]
    except Exception as error:
        found[part["name"]] = "; ".join(line for line in str(error).splitlines() if "Caused by" in line) or str(error)
print(json.dumps(found))
"""
DOUBLES = ("NaN", "Infinity", "-Infinity", "0.0", "-0.0", "-1.0", "4.9E-324", "1.7976931348623157E308", "1.0")
NUMBERS: Mapping[str, tuple[Any, ...]] = {
    "INT": (0, -1, 1, 2**31 - 1, -(2**31)),
    "BIGINT": (0, -1, 1, 2**63 - 1, -(2**63)),
    "DOUBLE": DOUBLES,
    "FLOAT": (*DOUBLES[:6], "1.4E-45", "3.4028235E38", "1.0"),
    "BOOLEAN": (True, False),
    "DATE": ("0001-01-01", "1970-01-01", "9999-12-31"),
    "BYTES": ("", "AP8="),
    "STRING": ("", " ", "0", "\u0000", "'%_\\\"", "\u2028\U0001f600", "x" * 3_000),
}
USUAL = {"event_type": "purchase", "status": "paid", "lines": [], "duration_ms": "12.5"}
VIEWED = {"event_type": "view"}
"""What lets a row reach the SQL behind the filters of metrics."""
TIMES = ("0001-01-01 00:00:00Z", "1969-12-31 23:59:59.999Z", "2026-01-01 00:00:00Z", "9999-12-31 23:59:59.999Z")


def extremes(sql_type: str) -> tuple[Any, ...]:
    """Values at the ends of a type, as Flink's JSON format reads them."""
    if sql_type.startswith("DECIMAL"):
        precision, scale = (int(part) for part in sql_type[8:-1].split(","))
        largest = "9" * (precision - scale) + "." + "9" * scale
        return (largest, f"-{largest}", "0", f"0.{'0' * (scale - 1)}1" if scale else "1")
    if sql_type.startswith("TIMESTAMP"):
        return TIMES
    if sql_type.startswith("ARRAY<ROW"):
        return ([], [{}], [None], [{}] * 100)
    if sql_type.startswith("ARRAY"):
        return ([], [None], [value for value in extremes(sql_type[6:-1]) if value is not None] * 10)
    if sql_type.startswith("MAP"):
        return ({}, {"": ""}, {"k" * 1000: "v" * 1_000})
    return NUMBERS[sql_type]


def rows(columns: list[Column]) -> Iterator[dict[str, Any]]:
    """Rows in each of which one column is extreme; then some in which all columns are."""
    plain = {column.name: USUAL.get(column.name, extremes(column.sql_type)[-1]) for column in columns}
    plain |= {column.name: "usual" for column in columns if column.sql_type == "STRING" and column.name not in USUAL}
    values = {column.name: (*extremes(column.sql_type), *([None] if column.nullable else [])) for column in columns}
    yield plain
    for usual in (plain, plain | VIEWED) if VIEWED.keys() <= plain.keys() else (plain,):
        for name, extreme in values.items():
            for value in extreme:
                yield usual | {name: value}
    for number in range(max(map(len, values.values()))):
        yield {name: extreme[number % len(extreme)] for name, extreme in values.items()}


def large_sums(columns: list[Column]) -> Iterator[dict[str, Any]]:
    """So many amounts of 16 digits, in one group of each metric, have a sum of more than 20."""
    usual = next(rows(columns))
    largest = {column.name: extremes(column.sql_type)[0] for column in columns if column.sql_type.startswith("DECIMAL")}
    yield from [usual | largest] * (10_001 if largest else 0)


def table(name: str, columns: list[Column], file: Path) -> str:
    """Reads the file's rows, with the types that jobs see."""
    lines = ", ".join(f"`{each.name}` {each.sql_type}{'' if each.nullable else ' NOT NULL'}" for each in columns)
    options = f"'connector' = 'filesystem', 'path' = 'file://{file}', 'format' = 'json'"
    return f"CREATE TABLE `{name}` ({lines}) WITH ({options}, 'json.timestamp-format.standard' = 'SQL')"


@pytest.fixture(scope="module")
def results(flink_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The rows that each query gives, values as text; the cause where it throws."""
    folder = tmp_path_factory.mktemp("extremes")
    parts = [part for dataset in stream_datasets(SCHEMAS) for part in parts_of(dataset, folder)]
    file = folder / "parts.json"
    file.write_text(json.dumps(parts))
    command = [sys.executable, "-c", RUN, str(file)]
    done = subprocess.run(command, env=flink_environment, capture_output=True, text=True, check=False, timeout=HANGS_S)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def parts_of(dataset: Stream, folder: Path) -> Iterator[dict[str, Any]]:
    """Every query of a dataset with the table that it reads."""
    references = {each.reference: load_reference(SCHEMAS, each.reference) for each in dataset.contract.enrich}
    verdict = verdict_sql(dataset.contract)
    raw = [*dataset.raw_columns, envelope_column(INGESTED_AT)]
    masks = f"select {verdict.reject_mask} as r, {verdict.warn_mask} as w, {verdict.drop_mask} as d from `raw`"
    yield part(f"{dataset.name} rules", ("raw", raw), as_text(masks, "rwd"), folder)
    validated = [*validated_columns(dataset, references)]
    refined = as_text(dataset.refine_sql, names(dataset.silver_columns))
    yield part(f"{dataset.name} refine", ("validated", validated), refined, folder)
    for metric in dataset.metrics:
        query = as_text(metric.sql, names(metric.columns))
        yield part(f"{dataset.name} {metric.name}", ("silver", dataset.silver_columns), query, folder)


def names(columns: Iterable[Column]) -> list[str]:
    return [column.name for column in columns]


def as_text(query: str, of: Iterable[str]) -> str:
    """The query's columns as text: Python has no word for all moments of SQL. What may not be NULL may, here."""
    casts = ", ".join(f"nullif(cast(`{name}` as string), '(never)')" for name in of)
    return f"select {casts} from (\n{query}\n)"


def part(name: str, of: tuple[str, list[Column]], query: str, folder: Path) -> dict[str, Any]:
    """One query over extreme rows of its table."""
    table_name, columns = of
    file = folder / f"{name.replace(' ', '_')}.json"
    of_metric = table_name == "silver"
    given = [*rows(columns), *(large_sums(columns) if of_metric else ())]
    file.write_text("".join(json.dumps(row) + "\n" for row in given))
    options = {key: value for key, value in OPTIONS.items() if key.startswith("table.")} if of_metric else {}
    return {"name": name, "query": query, "table": table(table_name, columns, file), "options": options}


CASES = [
    *((dataset.name, what) for dataset in stream_datasets(SCHEMAS) for what in ("rules", "refine")),
    *((dataset.name, metric.name) for dataset in stream_datasets(SCHEMAS) for metric in dataset.metrics),
]
METRICS = [(dataset.name, metric) for dataset in stream_datasets(SCHEMAS) for metric in dataset.metrics]


@pytest.mark.parametrize(("dataset", "what"), CASES)
def test_no_value_makes_it_throw(results: dict[str, Any], dataset: str, what: str) -> None:
    found = results[f"{dataset} {what}"]

    assert isinstance(found, list), found
    assert len(found) >= len(TIMES)


@pytest.mark.parametrize(("dataset", "metric"), METRICS, ids=[f"{name}-{each.name}" for name, each in METRICS])
def test_what_a_metric_gives_can_be_written(results: dict[str, Any], dataset: str, metric: Metric) -> None:
    for row in results[f"{dataset} {metric.name}"]:
        for column, value in zip(metric.columns, row, strict=True):
            assert column.nullable or value is not None, row
            assert value not in ("NaN", "Infinity", "-Infinity"), row
