"""Retention on the real servers, step by step: bytes as they came, a crash in between, and who else is at work."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyiceberg.expressions import In

from tests.pipeline import called
from tests.polling import wait_for
from tests.retained import (
    BRONZE,
    LETTERS,
    SILVER,
    Row,
    aged,
    append,
    apply,
    held,
    kept_dataset,
    parts,
    right_run,
    table_of,
)
from tests.synthetic import SyntheticDataset, Written
from tidegate.cli import retention as cli_retention
from tidegate.clients.lake import open_catalog
from tidegate.clients.opensearch import SearchClient
from tidegate.clients.retention_notes import erased_before
from tidegate.clients.s3 import open_s3
from tidegate.own_files import one_at_a_time
from tidegate.settings import Settings


@pytest.fixture
def synthetic(stack: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SyntheticDataset:
    """A dataset of its own, whose contract the commands find."""
    monkeypatch.setenv("TIDEGATE_SCHEMAS_DIR", str(tmp_path / "schemas"))
    return kept_dataset(stack, tmp_path / "schemas")


@pytest.fixture
def written(synthetic: SyntheticDataset) -> Iterator[Written]:
    """A right run; its indices would stand in the way of others, and are deleted."""
    yield right_run(synthetic)
    SearchClient(synthetic.settings).delete(f"events-{synthetic.dataset.name}", f"events-{synthetic.dataset.name}-*")


def test_bytes_as_they_came_go_with_the_most_sensitive_field(synthetic: SyntheticDataset) -> None:
    """By their arrival and their failure; letters of other datasets stay."""
    today, name = datetime.now(UTC).date(), synthetic.dataset.name
    days = [today - timedelta(days=age) for age in (31, 30, 0)]
    append(synthetic, "bronze", [{"_source_partition": 0, "_source_offset": 0} | parts(day) for day in days], BRONZE)
    letters = [{"dataset": of, "payload": b"ann@x.org"} | parts(day) for of in (name, f"{name}_2") for day in days]
    with appended_letters(synthetic, letters):
        apply(synthetic)

        bronze = table_of(synthetic, "bronze").scan().to_arrow().to_pylist()
        assert sorted(row["day"] for row in bronze) == sorted(day.day for day in days[1:])
        left = open_catalog(synthetic.settings).load_table("bronze.dead_letters").scan().to_arrow().to_pylist()
        assert sorted((row["dataset"], row["day"]) for row in left if row["payload"] == b"ann@x.org") == sorted(
            [(name, day.day) for day in days[1:]] + [(f"{name}_2", day.day) for day in days]
        )


@contextmanager
def appended_letters(synthetic: SyntheticDataset, letters: list[Row]) -> Iterator[None]:
    """In the lake's one table of letters, which is left as it was: jobs and other tests have it too."""
    catalog = open_catalog(synthetic.settings)
    was_there = catalog.table_exists("bronze.dead_letters")
    schema = LETTERS
    if was_there:
        known = catalog.load_table("bronze.dead_letters").schema().as_arrow()
        schema = pa.schema([field for field in known if field.name in LETTERS.names])
    try:
        append(synthetic, "bronze", letters, schema, "dead_letters")
        yield
    finally:
        if was_there:
            datasets = sorted({str(letter["dataset"]) for letter in letters})
            catalog.load_table("bronze.dead_letters").delete(In("dataset", datasets))
        else:
            catalog.purge_table("bronze.dead_letters")


def test_days_are_copied_to_the_archive_before_they_go(
    synthetic: SyntheticDataset, written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIDEGATE_LAKE_ARCHIVE", "s3://archive/gate")

    report = apply(synthetic, "--keep-snapshots-days", "0")

    old, name = aged(written, 500), synthetic.dataset.name
    assert report["done"][0]["files archived"] == 1
    client = open_s3(synthetic.settings)
    (found,) = client.list_objects_v2(Bucket="archive", Prefix=f"gate/silver.{name}/")["Contents"]
    kept = pq.read_table(BytesIO(client.get_object(Bucket="archive", Key=found["Key"])["Body"].read())).to_pylist()
    assert {row["event_id"]: row["note"] for row in kept} == {row["event_id"]: None for row in old}
    assert not {row["event_id"] for row in held(synthetic)} & {row["event_id"] for row in old}


def test_killed_in_between_it_goes_on_and_nothing_is_lost_or_doubled(synthetic: SyntheticDataset) -> None:
    """``kill -9`` while days are emptied one by one."""
    today = datetime.now(UTC).date()
    rows = [
        {"_source_partition": 0, "_source_offset": number, "event_id": f"e{number}", "note": f"n{number}"}
        | {"event_time": datetime.now(UTC) - timedelta(days=number)}
        | parts(today - timedelta(days=number))
        for number in range(60)
    ]
    append(synthetic, "silver", rows, SILVER)
    command = [sys.executable, "-m", "tidegate", "retention", "apply", synthetic.dataset.name, "--yes"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ})
    wait_for("a day to be emptied", lambda: "note" in erased_before(table_of(synthetic).properties), timeout_s=60)
    process.send_signal(signal.SIGKILL)
    process.wait()
    emptied = [row for row in held(synthetic) if row["note"] is None]
    assert 0 < len(emptied) < 29, "killed between two days"

    apply(synthetic)

    found = sorted((row["_source_offset"], row["note"]) for row in held(synthetic))
    assert found == [(number, f"n{number}" if number <= 30 else None) for number in range(60)]
    assert erased_before(table_of(synthetic).properties) == {"note": today - timedelta(days=30)}


def test_nothing_is_removed_while_a_redrive_is_at_work(synthetic: SyntheticDataset, written: Written) -> None:
    lock = synthetic.settings.home / "redrives" / f"{synthetic.dataset.name}.lock"
    with one_at_a_time(lock, "", ""), pytest.raises(Exception, match="is at work"):
        called(cli_retention.command, "apply", synthetic.dataset.name, "--yes")
    assert len(held(synthetic)) == len(written.silver)
