"""Source ``files`` on S3, by the options of the lake's catalog, read by the jars that jobs have.

What it makes of a file's bytes is seen in ``tests/flink``; here every row must come over the network once, and whatever
goes wrong there must fail the query.
"""

import gzip
import json
import re
import subprocess
import sys
from datetime import datetime
from typing import Any

import numpy as np
import pytest

from tests.polling import HANGS_S
from tidegate.clients import connection
from tidegate.clients.s3 import ensure_bucket, open_s3, place_of
from tidegate.files.places import places_hash
from tidegate.jobs.flink_run import environment
from tidegate.settings import Settings
from tidegate.sql.connections import prefixed
from tidegate.sql.ddl import create, lake_catalog_options
from tidegate.sql.sources import RAW_METADATA

RUN = """
import json, sys
from pyflink.table import EnvironmentSettings, TableEnvironment
from flink_jobs.dry_run import OPTIONS

flink = TableEnvironment.create(EnvironmentSettings.in_streaming_mode())
for name, value in {**OPTIONS, "parallelism.default": "2"}.items():
    flink.get_config().set(name, value)
for table in json.loads(sys.stdin.read()):
    flink.execute_sql("DROP TEMPORARY TABLE IF EXISTS sales")
    flink.execute_sql(table)
    try:
        with flink.execute_sql(sys.argv[1]).collect() as rows:
            print("rows " + json.dumps([list(row) for row in rows]))
    except Exception as error:
        print("failed " + json.dumps(str(error)))
"""
BUCKET = "s3://arrivals/day 1%20"
ROWS, BAD = 4000, 7
ARRIVED_MS = 1_789_990_000_123
SPLIT_BYTES = 16 * 1024
SCHEMA = {"type": "record", "name": "Sale", "fields": [{"name": "id", "type": "string"}, {"name": "n", "type": "int"}]}
SELECT = """
SELECT id, n, _key, _source_topic, _source_partition, _source_offset,
  CAST(_ingested_at AS STRING), CARDINALITY(_headers), kind, `rows`, places, length, code
FROM sales"""
BODY = [
    "`id` STRING",
    "`n` INT",
    *RAW_METADATA,
    "`kind` STRING METADATA VIRTUAL",
    "`rows` BIGINT METADATA VIRTUAL",
    "`places` BIGINT METADATA VIRTUAL",
    "`length` BIGINT METADATA VIRTUAL",
    "`code` STRING METADATA FROM 'value.error-code' VIRTUAL",
]
Answers = list[tuple[str, Any]]


def content() -> bytes:
    lines = [f"s{number},{'many' if number == BAD else number}" for number in range(ROWS)]
    return "\n".join(["id,n", *lines, ""]).encode()


SIZE = len(content())


@pytest.fixture(scope="module")
def arrivals(stack: Settings) -> dict[str, bytes]:
    """Files in a bucket, by their URI."""
    client = open_s3(stack)
    ensure_bucket(stack, client, place_of(BUCKET).bucket)
    files = {
        f"{BUCKET}/plain.csv": content(),
        f"{BUCKET}/packed.csv": gzip.compress(content()),
        f"{BUCKET}/empty.csv": b"",
    }
    for uri, data in files.items():
        client.put_object(Bucket=place_of(uri).bucket, Key=place_of(uri).key, Body=data)
    return files


def query(settings: Settings, listed: str, **changed: str) -> str:
    """A table of these files; ``changed`` are options of the catalog, with ``_`` for the signs that names have."""
    catalog = lake_catalog_options(connection.flink_sql(settings).lake_catalog)
    other = {"secret": "s3.secret-access-key", "endpoint": "s3.endpoint", "retries": "s3.retry.num-retries"}
    catalog = {**catalog, **{other[name]: value for name, value in changed.items()}}
    options = {
        "connector": "files",
        "layout": "csv",
        "csv.schema": json.dumps(SCHEMA),
        "split-bytes": f"{SPLIT_BYTES} b",
        "files": listed,
        **prefixed("lake.", catalog),
    }
    return create("sales", BODY, options).sql


def answers(settings: Settings, queries: list[str]) -> Answers:
    """What each query gives: its rows, or what has failed."""
    done = subprocess.run(
        [sys.executable, "-c", RUN, SELECT],
        input=json.dumps(queries),
        env=environment(settings),
        capture_output=True,
        text=True,
        check=False,
        timeout=HANGS_S,
    )
    assert done.returncode == 0, done.stderr[-5000:]
    told = [line.partition(" ") for line in done.stdout.splitlines() if line.startswith(("rows ", "failed "))]
    return [(kind, json.loads(value)) for kind, _, value in told]


@pytest.fixture(scope="module")
def found(stack: Settings, arrivals: dict[str, bytes]) -> dict[str, tuple[str, Any]]:
    """What comes of each question, by its name; Flink starts once for all of them."""
    plain = f"{BUCKET}/plain.csv"
    listed = [
        f"{uri}\t{len(data)}\t{ARRIVED_MS}\t{30 + number}\tsftp://shop/{number}"
        for number, (uri, data) in enumerate(arrivals.items())
    ]
    nowhere = "http://127.0.0.1:9"
    questions = {
        "listed": query(stack, "\n".join(listed)),
        "unlisted": query(stack, plain),
        "smaller": query(stack, f"{plain}\t{SIZE - 1}\t1"),
        "larger": query(stack, f"{plain}\t{SIZE + 1}\t1"),
        "missing": query(stack, f"{BUCKET}/none.csv\t5\t1"),
        "refused": query(stack, plain, secret="wrong"),
        "out of reach": query(stack, plain, endpoint=nowhere, retries="0"),
    }
    return dict(zip(questions, answers(stack, list(questions.values())), strict=True))


def rows_of(found: dict[str, tuple[str, Any]], question: str, number: int) -> tuple[list[Any], list[Any]]:
    """Rows of one file by their offset, and the ends of its splits."""
    kind, rows = found[question]
    assert kind == "rows", rows
    own = sorted((row for row in rows if row[4] == number), key=lambda row: int(row[5]))
    return [row for row in own if row[8] == "row"], [row for row in own if row[8] == "split"]


@pytest.mark.parametrize(("number", "splits"), [(30, -(-SIZE // SPLIT_BYTES)), (31, 1)])
def test_every_row_of_an_object_comes_once_under_the_name_it_was_given(
    found: dict[str, tuple[str, Any]], number: int, splits: int
) -> None:
    rows, ends = rows_of(found, "listed", number)

    good = [(row[0], row[1]) for row in rows if row[12] is None]
    assert good == [(f"s{number}", number) for number in range(ROWS) if number != BAD]
    assert [row[12] for row in rows if row[12]] == ["BAD_VALUE"]
    assert {(row[2], row[3], row[6], row[7]) for row in (*rows, *ends)} == {
        (None, f"sftp://shop/{number - 30}", "2026-09-21 11:26:40.123", 0)
    }
    assert (len(ends), sum(end[11] for end in ends)) == (splits, SIZE)


def test_splits_prove_that_each_row_is_there_once(found: dict[str, tuple[str, Any]]) -> None:
    rows, ends = rows_of(found, "listed", 30)

    told = sum(end[10] for end in ends)
    assert sum(end[9] for end in ends) == len(rows) == ROWS
    assert (told - places_hash(np.array([row[5] for row in rows]))) % 2**64 == 0
    assert (told - places_hash(np.array([row[5] for row in rows[1:]]))) % 2**64 != 0


def test_an_empty_object_is_a_file_without_a_header(found: dict[str, tuple[str, Any]]) -> None:
    rows, ends = rows_of(found, "listed", 32)

    assert (rows, [(end[9], end[12]) for end in ends]) == ([], [(0, "BAD_HEADER")])


def test_an_object_of_which_nothing_is_listed_has_its_uri_and_its_own_time(
    stack: Settings, found: dict[str, tuple[str, Any]]
) -> None:
    place = place_of(f"{BUCKET}/plain.csv")
    modified: datetime = open_s3(stack).head_object(Bucket=place.bucket, Key=place.key)["LastModified"]
    rows, _ = rows_of(found, "unlisted", 0)

    assert len(rows) == ROWS
    assert {(row[3], row[6][:19]) for row in rows} == {(place.uri, f"{modified:%Y-%m-%d %H:%M:%S}")}


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("smaller", rf"plain.csv has changed while it was read: it had {SIZE - 1} bytes, and has {SIZE} bytes"),
        # By the split that ends first: either one that is whole, or the last one.
        (
            "larger",
            rf"plain.csv (has changed while it was read: it had {SIZE + 1} |ended at byte {SIZE} of {SIZE + 1})",
        ),
        ("missing", r"none.csv is not there\."),
        ("refused", r"plain.csv can't be read for now: .*403"),
        ("out of reach", r"plain.csv can't be read for now: .*Connection refused"),
    ],
)
def test_whatever_goes_wrong_on_the_way_fails_the_query(
    found: dict[str, tuple[str, Any]], question: str, reason: str
) -> None:
    kind, said = found[question]

    assert kind == "failed"
    assert re.search(f"{re.escape(BUCKET)}/{reason}", said), said
