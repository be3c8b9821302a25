"""The source of files in the Flink that jobs run in, with two tasks that read: packed and plain files, in one query."""

import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow
import pytest

from tests.polling import HANGS_S
from tidegate.sql.literals import text

RUN = """
import json, sys
from pyflink.table import EnvironmentSettings, TableEnvironment
from flink_jobs.dry_run import OPTIONS

flink = TableEnvironment.create(EnvironmentSettings.in_batch_mode())
for name, value in {**OPTIONS, "parallelism.default": "2"}.items():
    flink.get_config().set(name, value)
flink.execute_sql(sys.argv[1])
with flink.execute_sql("SELECT * FROM sales").collect() as rows:
    for row in rows:
        print("row " + json.dumps([bytes(field).decode() if isinstance(field, (bytes, bytearray)) else
                                   field if isinstance(field, int | None) else str(field) for field in row]))
"""
SCHEMA = {
    "type": "record",
    "name": "Sale",
    "fields": [
        {"name": "id", "type": "string"},
        {"name": "amount", "type": {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 2}},
    ],
}
TABLE = """CREATE TABLE sales (
  `id` STRING, `amount` DECIMAL(12, 2),
  `kind` STRING METADATA VIRTUAL, `file` STRING METADATA VIRTUAL, `offset` BIGINT METADATA VIRTUAL,
  `length` BIGINT METADATA VIRTUAL, `rows` BIGINT METADATA VIRTUAL,
  `code` STRING METADATA FROM 'value.error-code' VIRTUAL, `payload` BYTES METADATA FROM 'value.raw' VIRTUAL
) WITH ('connector' = 'files', 'layout' = 'csv', 'split-bytes' = '1 kb', 'files' = {files}, 'csv.schema' = {schema})"""
ROWS = 400
BAD = 7
"""Of each file, this row has a cell too many."""


def content() -> bytes:
    lines = [f"{number}.25,s{number}{',more' if number == BAD else ''}" for number in range(ROWS)]
    return "\n".join(["amount,id", *lines, ""]).encode()


@pytest.fixture(scope="module")
def found(flink_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[list[Any]]]:
    """What comes out of each file, by its name."""
    folder: Path = tmp_path_factory.mktemp("files")
    files = {
        "plain.csv": content(),
        "gzip.csv": gzip.compress(content()),
        "zstd.csv": bytes(pyarrow.compress(content(), codec="zstd", asbytes=True)),
        "bad.csv": b"id,price\n1,2\n",
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)
    listed = "\n".join(f"{(folder / name).as_uri()}\t{len(data)}" for name, data in files.items())
    table = TABLE.format(files=text(listed), schema=text(json.dumps(SCHEMA)))
    command = [sys.executable, "-c", RUN, table]
    done = subprocess.run(command, env=flink_environment, capture_output=True, text=True, check=False, timeout=HANGS_S)
    assert done.returncode == 0, done.stderr[-5000:]
    rows = [json.loads(line.removeprefix("row ")) for line in done.stdout.splitlines() if line.startswith("row ")]
    return {name: [row for row in rows if row[3].endswith(name)] for name in files}


@pytest.mark.parametrize("name", ["plain.csv", "gzip.csv", "zstd.csv"])
def test_every_row_comes_once_with_its_values_and_its_place(found: dict[str, list[list[Any]]], name: str) -> None:
    rows = sorted((row for row in found[name] if row[2] == "row"), key=lambda row: row[4])
    good = [(row[0], row[1]) for row in rows if row[7] is None]
    assert good == [(f"s{number}", f"{number}.25") for number in range(ROWS) if number != BAD]
    assert [(row[7], row[8]) for row in rows if row[7]] == [("CELL_COUNT", f"{BAD}.25,s{BAD},more")]
    assert all(content()[row[4] : row[4] + row[5]].decode() == row[8] for row in rows)


@pytest.mark.parametrize(
    ("name", "splits"), [("plain.csv", len(content()) // 1024 + 1), ("gzip.csv", 1), ("zstd.csv", 1)]
)
def test_splits_leave_no_gap(found: dict[str, list[list[Any]]], name: str, splits: int) -> None:
    ends = [row for row in found[name] if row[2] == "split"]
    assert (len(ends), sum(row[5] for row in ends), sum(row[6] for row in ends)) == (splits, len(content()), ROWS)


def test_a_file_with_a_wrong_header_has_no_row_and_stands_in_nobodys_way(found: dict[str, list[list[Any]]]) -> None:
    assert [(row[2], row[6], row[7]) for row in found["bad.csv"]] == [("split", 0, "BAD_HEADER")]
