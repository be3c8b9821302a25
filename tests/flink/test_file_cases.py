"""Inputs as the world sends them (``tests/data/inputs``), as files of a dataset: what each row becomes."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.polling import HANGS_S
from tidegate.avro.types import AvroSchema, columns
from tidegate.sql.ddl import column_lines
from tidegate.sql.literals import text

INPUTS = Path(__file__).parents[1] / "data/inputs"
RUN = """
import json, sys
from pyflink.table import EnvironmentSettings, TableEnvironment
from flink_jobs.dry_run import OPTIONS

flink = TableEnvironment.create(EnvironmentSettings.in_batch_mode())
for name, value in {**OPTIONS, "parallelism.default": "1"}.items():
    flink.get_config().set(name, value)
for table, query in json.loads(sys.argv[1]):
    flink.execute_sql(table)
    with flink.execute_sql(query).collect() as rows:
        for row in rows:
            print("row " + json.dumps([field if isinstance(field, int | None) else str(field) for field in row]))
"""


def schema_of(**types: Any) -> AvroSchema:
    """Those that may be null have a default."""
    fields = [{"name": name, "type": avro} for name, avro in types.items()]
    return {
        "type": "record",
        "name": "R",
        "fields": [{**each, "default": None} if isinstance(each["type"], list) else each for each in fields],
    }


TIME = {"type": "long", "logicalType": "timestamp-millis"}
PRICE = {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 2}
PRODUCT = schema_of(product_id="string", name=["null", "string"], list_price=PRICE, updated_at=["null", TIME])
CLICK = schema_of(
    event_id="string", event_time=TIME, page_url="string", quantity=["null", "int"], unit_price=["null", PRICE]
)
LOG = schema_of(log_id="string", duration_ms=["null", "double"])
READING = schema_of(
    reading_id="string", measured_at=TIME, celsius=["null", "double"], note=["null", "string"],
    meta=["null", {"type": "map", "values": "string"}], tags=["null", {"type": "array", "items": ["null", "string"]}],
)  # fmt: skip
TABLES: tuple[tuple[str, AvroSchema, tuple[str, ...]], ...] = (
    ("csv", PRODUCT, ("c01_numeric_4.csv", "c03_inch_quote.csv", "c05_duplicate_header.csv", "c07_seconds.csv",
                      "c11_double_minus.csv", "c21_mysql_null.csv")),
    ("json-lines", PRODUCT, ("c01b_numeric_4.jsonl", "c02_surrogate.jsonl", "c17_huge_exponent.jsonl")),
    ("json-array", PRODUCT, ("c10_json_array.json",)),
    ("json-lines", CLICK, ("b01_bom.jsonl", "b02_huge_exponent.jsonl", "b04_duplicate_key.jsonl", "b05_nan.jsonl",
                           "b06_nanos.jsonl", "b07_trailing_zeros.jsonl", "b09_seconds.jsonl")),
    ("json-lines", LOG, ("b05_app_logs_infinity.jsonl",)),
    ("json-lines", READING, tuple(sorted(path.name for path in INPUTS.glob("d*.jsonl")))),
)  # fmt: skip


def table_of(number: int, layout: str, schema: AvroSchema, names: tuple[str, ...]) -> str:
    body = ["`kind` STRING METADATA VIRTUAL", "`file` STRING METADATA VIRTUAL", "`offset` BIGINT METADATA VIRTUAL"]
    body += ["`code` STRING METADATA FROM 'value.error-code' VIRTUAL"]
    body += ["`message` STRING METADATA FROM 'value.error-message' VIRTUAL"]
    body += [*column_lines(columns(schema)), "`rescued` STRING METADATA FROM 'value.rescued' VIRTUAL"]
    files = "\n".join((INPUTS / name).as_uri() for name in names)
    options = {"connector": "files", "layout": layout, "files": files}
    if layout == "csv":
        options |= {"csv.schema": json.dumps(schema), "csv.unknown-columns": "rescue", "csv.missing-columns": "default"}
    else:
        given = {"schema": json.dumps(schema), "unknown-fields": "rescue"}
        options |= {"value.format": "contract-json", **{f"value.contract-json.{key}": given[key] for key in given}}
    said = ", ".join(f"{text(key)} = {text(value)}" for key, value in options.items())
    return f"CREATE TABLE t{number} ({', '.join(body)}) WITH ({said})"


def query_of(number: int, schema: AvroSchema) -> str:
    """Every column as text; of a map or an array how many items it has."""
    shown = [
        f"CARDINALITY(`{each.name}`)" if each.sql_type.startswith(("MAP", "ARRAY")) else f"`{each.name}`"
        for each in columns(schema)
    ]
    casts = ", ".join(f"CAST({each} AS STRING)" for each in shown)
    return f"SELECT kind, `file`, `offset`, code, message, {casts}, rescued FROM t{number}"


Found = dict[str, list[list[Any]]]


@pytest.fixture(scope="module")
def found(flink_environment: dict[str, str]) -> Found:
    """What comes of each file, in its order: kind, file, offset, code, message, the columns, what was rescued."""
    asked = [(table_of(number, *table), query_of(number, table[1])) for number, table in enumerate(TABLES)]
    tables = json.dumps(asked)
    command = [sys.executable, "-c", RUN, tables]
    done = subprocess.run(command, env=flink_environment, capture_output=True, text=True, check=False, timeout=HANGS_S)
    assert done.returncode == 0, done.stderr[-5000:]
    rows = [json.loads(line.removeprefix("row ")) for line in done.stdout.splitlines() if line.startswith("row ")]
    names = [name for _, _, each in TABLES for name in each]
    of_file = {name: [row for row in rows if row[1].endswith(f"/{name}")] for name in names}
    return {name: sorted(each, key=lambda row: (row[0] == "split", row[2])) for name, each in of_file.items()}


VERDICTS: dict[str, list[str | None]] = {
    "c01_numeric_4.csv": [None, None],
    "c01b_numeric_4.jsonl": [None],
    "c02_surrogate.jsonl": ["BAD_VALUE", None],
    "c03_inch_quote.csv": ["NOT_CSV", None, None],
    "c05_duplicate_header.csv": [],
    "c07_seconds.csv": ["BAD_VALUE", None],
    "c10_json_array.json": [None],
    "c11_double_minus.csv": ["BAD_VALUE", None],
    "c17_huge_exponent.jsonl": ["BAD_VALUE", None],
    "c21_mysql_null.csv": ["BAD_VALUE", "BAD_VALUE"],
    "b01_bom.jsonl": [None, None],
    "b02_huge_exponent.jsonl": [None, "BAD_VALUE", None],
    "b04_duplicate_key.jsonl": ["NOT_JSON"],
    "b05_app_logs_infinity.jsonl": ["BAD_VALUE", "NOT_JSON", "NOT_JSON", "BAD_VALUE", None],
    "b05_nan.jsonl": ["NOT_JSON", "BAD_VALUE"],
    "b06_nanos.jsonl": ["BAD_VALUE", "BAD_VALUE"],
    "b07_trailing_zeros.jsonl": [None] * 4,
    "b09_seconds.jsonl": ["BAD_VALUE", "BAD_VALUE"],
    "d01_line_separator_raw.jsonl": [None],
    "d02_line_separator_escaped.jsonl": [None],
    "d03_lone_surrogate.jsonl": ["BAD_VALUE"],
    "d04_latin1.jsonl": ["BAD_UTF8"],
    "d05_bom.jsonl": [None],
    "d09_year_month_day.jsonl": [None],
    "d10_envelope_names.jsonl": [None],
    "d11_empty_object.jsonl": [None],
    "d12_case_twins.jsonl": [None],
    "d13_dotted.jsonl": [None],
    "d30_null_in_array.jsonl": [None],
}
"""The code of each row, in the order of the file; None: it is good."""


def rows_of(found: Found, name: str) -> list[list[Any]]:
    return [row for row in found[name] if row[0] == "row"]


@pytest.mark.parametrize("name", [name for _, _, names in TABLES for name in names])
def test_each_row_is_good_or_bad_for_itself(found: Found, name: str) -> None:
    assert [row[3] for row in rows_of(found, name)] == VERDICTS[name]
    (end,) = [row for row in found[name] if row[0] == "split"]
    assert end[3] == ("BAD_HEADER" if name == "c05_duplicate_header.csv" else None)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("c03_inch_quote.csv", "cell 2: something follows the quote"),
        ("c05_duplicate_header.csv", "columns there twice: 'name'"),
        ("c07_seconds.csv", "looks like 1 per second since 1970"),
        ("c11_double_minus.csv", "'--1' is not a time"),
        ("c21_mysql_null.csv", r"\N is how MySQL writes null"),
        ("b04_duplicate_key.jsonl", "the key is there twice"),
        ("b09_seconds.jsonl", "looks like 1 per second since 1970"),
        ("d03_lone_surrogate.jsonl", "half of a surrogate pair"),
        ("d04_latin1.jsonl", "not UTF-8"),
    ],
)
def test_the_cause_is_said_with_its_place_in_the_row(found: Found, name: str, said: str) -> None:
    assert any(said in str(row[4]) for row in found[name] if row[3])


@pytest.mark.parametrize("name", ["c01_numeric_4.csv", "c01b_numeric_4.jsonl", "b07_trailing_zeros.jsonl"])
def test_zeros_behind_a_price_are_no_digits_to_round(found: Found, name: str) -> None:
    assert {row[7] if name.startswith("c") else row[9] for row in rows_of(found, name)} <= {
        "12.50",
        "20.00",
        "12.00",
        "0.00",
    }


def test_an_offset_counts_the_byte_order_mark(found: Found) -> None:
    assert rows_of(found, "b01_bom.jsonl")[0][2] == 3


@pytest.mark.parametrize(
    ("name", "rescued"),
    [
        ("c01_numeric_4.csv", ["category", "currency", "_deleted"]),
        ("d09_year_month_day.jsonl", ["year", "month", "day"]),
        ("d10_envelope_names.jsonl", ["_key", "_headers"]),
        ("d12_case_twins.jsonl", ["userid", "userId"]),
        ("d13_dotted.jsonl", [r"k8s\.pod\.name"]),
        ("d05_bom.jsonl", None),
    ],
)
def test_what_the_contract_lacks_is_rescued_by_its_name(found: Found, name: str, rescued: list[str] | None) -> None:
    told = rows_of(found, name)[0][-1]
    assert (None if told is None else [*json.loads(told)]) == rescued


def test_line_separators_of_unicode_end_no_line(found: Found) -> None:
    notes = [rows_of(found, f"d0{name}.jsonl")[0][8] for name in ("1_line_separator_raw", "2_line_separator_escaped")]
    assert notes == ["one\u2028two", "one\u2028two\x85three"]
