"""What the connector of files is told of a contract."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.unit.sql.visits import CONNECTIONS, CONTRACT, RAW, REFINE_SQL, SILVER
from tidegate.contracts.dataset import Files
from tidegate.contracts.model import Contract
from tidegate.sql.file_source import file_rows
from tidegate.sql.file_to_read import FileToRead

READ = FileToRead("s3://files/visits/ab/abcd", 120, 1_700_000_000_000, 7, "s3://in/visits 1.csv")


def visits_in_files(**file: Any) -> Files:
    """Visits that come in files."""
    values = {name: value for name, value in CONTRACT.items() if name not in ("topic", "dedup_ttl_hours", "index")}
    section = {"format": "csv", "pattern": "in/{date:yyyy-MM-dd}.csv", **file}
    contract = Contract.model_validate({**values, "kind": "file", "file": section})
    return Files(contract, Path("visits"), {1: RAW}, SILVER, REFINE_SQL)


def test_a_file_is_named_with_its_number_and_the_name_that_its_supplier_gave_it() -> None:
    table, rows = file_rows(visits_in_files(), [READ], CONNECTIONS)

    assert "'s3://files/visits/ab/abcd\t120\t1700000000000\t7\ts3://in/visits 1.csv'" in table.sql
    assert "'lake.uri' = 'http://catalog:8181'" in table.sql
    assert rows.name == "raw_records"
    assert rows.query.endswith("FROM file_rows WHERE _kind = 'row'")


@pytest.mark.parametrize(
    ("csv", "said"),
    [
        ({}, ["'csv.delimiter' = ','", "'csv.quote' = '\"'", "'csv.null' = ", "'csv.multiline' = 'false'"]),
        ({"delimiter": "\t"}, ["'csv.delimiter' = '\\t'"]),
        ({"quote": "", "escape": "\\", "comment": "#"}, ["'csv.quote' = ''", "'csv.escape' = '\\'"]),
        ({"columns": ["id", "page"]}, ["'csv.header' = 'false'", "'csv.columns' = '''id'';''page'''"]),
        ({"nulls": ["", "NULL"]}, ["'csv.null' = ''''';''NULL'''"]),
    ],
)
def test_a_dialect_is_said_as_the_contract_has_it(csv: dict[str, Any], said: list[str]) -> None:
    table, _ = file_rows(visits_in_files(csv=csv), [READ], CONNECTIONS)

    for line in said:
        assert line in table.sql


@pytest.mark.parametrize(("named", "layout"), [("json_lines", "json-lines"), ("json_array", "json-array")])
def test_json_is_read_by_the_format_of_topics(named: str, layout: str) -> None:
    table, _ = file_rows(visits_in_files(format=named, unknown_columns="ignore"), [READ], CONNECTIONS)

    assert f"'layout' = '{layout}'" in table.sql
    assert "'value.format' = 'contract-json'" in table.sql
    assert "'value.contract-json.unknown-fields' = 'ignore'" in table.sql
    assert json.dumps(RAW) in table.sql


@pytest.mark.parametrize(
    ("encoding", "limit"), [("UTF-8", 1000), ("US-ASCII", 1000), ("windows-1252", 3000), ("UTF-16", 3000)]
)
def test_a_row_of_json_is_not_too_large_for_what_it_is_in_utf_8(encoding: str, limit: int) -> None:
    files = visits_in_files(format="json_lines", encoding=encoding, max_row_bytes=1000)

    table, _ = file_rows(files, [READ], CONNECTIONS)

    assert "'max-row-bytes' = '1000'" in table.sql
    assert f"'value.contract-json.max-record-bytes' = '{limit}'" in table.sql


def test_parquet_says_itself_how_it_is_written() -> None:
    table, _ = file_rows(visits_in_files(format="parquet", missing_columns="default"), [READ], CONNECTIONS)

    assert "'layout' = 'parquet'" in table.sql
    assert "'parquet.missing-columns' = 'default'" in table.sql
    assert "'value.contract-json.unknown-fields' = 'reject'" in table.sql
    assert "'encoding'" not in table.sql
    assert "'compression'" not in table.sql


@pytest.mark.parametrize(("named", "layout"), [("parquet", "\tjson-lines"), ("json_array", ""), ("csv", "")])
def test_a_repair_file_of_parquet_is_one_of_json_lines(named: str, layout: str) -> None:
    repair = replace(READ, number=8, is_repair=True)

    table, _ = file_rows(visits_in_files(format=named), [READ, repair], CONNECTIONS)

    assert f"'{READ.line}\n{repair.line}{layout}'" in table.sql


def test_what_is_rescued_is_a_column() -> None:
    table, rows = file_rows(visits_in_files(unknown_columns="rescue"), [READ], CONNECTIONS)

    assert "`_rescued` STRING METADATA FROM 'value.rescued'" in table.sql
    assert ", _rescued" in rows.query
