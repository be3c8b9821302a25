"""Compaction beside the jobs that write, killed in the middle; snapshots that expire; files that nothing names.

Afterwards the proof holds, and what a branch and a tag hold can be read.
"""

import json
import os
import signal
import subprocess
import sys
from typing import Any

import pyarrow as pa
import pytest

from tests.faults.conftest import revive
from tests.faults.servers import kill
from tests.pipeline import Pipeline, produce, prove_window, run_tidegate, tidegate
from tests.polling import wait_for
from tidegate.clients.audit import read_actions
from tidegate.clients.flink import FlinkClient
from tidegate.clients.kafka_offsets import topic_spans
from tidegate.clients.lake import open_catalog
from tidegate.clients.lake_branch import drop_branch
from tidegate.clients.lake_commits import CHECKPOINT_ID
from tidegate.clients.lake_reach import reach
from tidegate.clients.lake_store import plain_path
from tidegate.clients.s3 import open_s3, place_of
from tidegate.clock import now_ms
from tidegate.lake_care.expire import DAY_MS, expire
from tidegate.lake_care.orphans import find_orphans, remove_orphans
from tidegate.query.catalog import Lake
from tidegate.replay.settled import refined_up_to, wait_until_settled
from tidegate.settings import Settings

pytestmark = pytest.mark.long
SILVER = "silver.clicks"
JOB = f"compact.{SILVER}"
Place = tuple[int, int]


@pytest.fixture(scope="module")
def window(pipeline: Pipeline) -> dict[int, tuple[int, int]]:
    """Raw offsets of clicks that the lake has in some files of each day; the end moves on."""
    revive(pipeline.settings)
    begin = topic_spans(pipeline.settings, "raw.clicks")
    for seed in range(3):
        produce("--count", "300", "--rate", "60", "--seed", str(500 + seed))
    return {number: (end, end) for number, (_, end) in begin.items()}


def settled(pipeline: Pipeline, window: dict[int, tuple[int, int]]) -> None:
    """Returns when the lake has all that was sent, and the proof of it holds."""
    ends = {number: end for number, (_, end) in topic_spans(pipeline.settings, "raw.clicks").items()}
    wait_for("refine to read all", lambda: refined_up_to(pipeline.settings, pipeline.clicks) == ends, 240)
    wait_until_settled(pipeline.settings, pipeline.clicks, ends, with_index=False)
    span = {str(number): [window[number][0], ends[number]] for number in ends}
    report = prove_window(span, "--wait", "120")
    assert report["holds"]


def table(settings: Settings, name: str = SILVER) -> Any:
    return open_catalog(settings).load_table(name)


def places(found: Any, snapshot_id: int | None = None) -> list[Place]:
    names = ("_source_partition", "_source_offset")
    rows = found.scan(selected_fields=names, snapshot_id=snapshot_id).to_arrow().select(names).to_pylist()
    return sorted((row[names[0]], row[names[1]]) for row in rows)


def kill_the_command_when_its_job_is_there(settings: Settings) -> None:
    command = [sys.executable, "-m", "tidegate", "lake", "compact", SILVER, "--yes"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        wait_for("its job", lambda: FlinkClient(settings).live_job(JOB), timeout_s=240)
        assert process.poll() is None, "it was to be killed while it works"
        os.kill(process.pid, signal.SIGKILL)


def compact_and_be_killed(settings: Settings) -> subprocess.CompletedProcess[str]:
    """While clicks come in, first the command is killed, then the TaskManager with the job; then it is typed again."""
    command = [sys.executable, "-m", "tidegate", "produce", "clicks", "--rate", "50", "--seconds", "60"]
    sending = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        kill_the_command_when_its_job_is_there(settings)
        kill(settings, "taskmanager")
        revive(settings)
        return run_tidegate("lake", "compact", SILVER, "--yes", "--json", timeout_s=400)
    finally:
        assert sending.wait(240) == 0


def test_compaction_beside_the_lake_job_loses_and_doubles_no_row_though_all_is_killed(
    pipeline: Pipeline, window: dict[int, tuple[int, int]]
) -> None:
    settings = pipeline.settings
    settled(pipeline, window)
    held = table(settings)
    at = held.current_snapshot().snapshot_id
    held.manage_snapshots().create_branch(at, "replay-care").create_tag(at, "before-care").commit()
    then = places(held)
    planned = json.loads(tidegate("lake", "compact", SILVER, "--dry-run", "--json"))["partitions"]
    assert sum(each["files"] for each in planned) > sum(each["into"] for each in planned) > 0, planned

    result = compact_and_be_killed(settings)

    assert result.returncode == 0, result.stdout + result.stderr
    settled(pipeline, window)
    now = table(settings)
    rows = places(now)
    assert len(rows) == len(set(rows)) > len(then)
    assert set(then) <= set(rows)
    assert {now.metadata.refs[name].snapshot_id for name in ("replay-care", "before-care")} == {at}
    assert places(now, at) == then
    assert_put_together(now)
    actions = [action.phase for action in read_actions(settings) if action.action == "lake compact"]
    assert actions[0] == "begun" and actions[1:] in ([], ["begun", "ended"]), (
        "the first was killed; the job may be done"
    )


def assert_put_together(found: Any) -> None:
    """By commits that replace files, and say nothing of a job's checkpoint."""
    said = [each.summary for each in found.metadata.snapshots if each.summary.operation.value == "replace"]
    assert said and sum(int(each["deleted-data-files"]) for each in said) > len(said)
    assert not any(CHECKPOINT_ID in each.additional_properties for each in said)


def test_what_was_compacted_expires_but_for_what_branch_and_tag_hold(
    pipeline: Pipeline, window: dict[int, tuple[int, int]]
) -> None:
    settings, before = pipeline.settings, table(pipeline.settings)
    at = before.metadata.refs["before-care"].snapshot_id
    then, main = places(before, at), places(before)
    assert json.loads(tidegate("lake", "expire", SILVER, "--older-than-days", "1", "--dry-run", "--json"))
    drop_branch(before, "replay-care")

    done = expire(settings, SILVER, 1, now_ms() + 3 * DAY_MS)

    after = table(settings)
    assert done.expiry.expired and done.data_files and done.metadata_files
    assert len(after.metadata.snapshots) < len(before.metadata.snapshots)
    assert places(after, at) == then, "the tag holds it"
    assert set(main) <= set(places(after))
    gone = set(reach(before, [before.snapshot_by_id(each) for each in done.expiry.expired[:1]]).lists)
    assert gone and not any(is_there(settings, path) for path in gone)
    settled(pipeline, window)


def test_a_file_that_nothing_names_goes_and_the_table_is_as_it_was(pipeline: Pipeline) -> None:
    settings, catalog = pipeline.settings, open_catalog(pipeline.settings)
    catalog.create_namespace_if_not_exists("care")
    own = catalog.create_table("care.scratch", pa.schema([("n", pa.int64())]))
    for number in range(3):
        own.append(pa.table({"n": [number]}))
    place = place_of(f"s3://{plain_path(own.location())}")
    stray = place.below("data/stray.parquet")
    open_s3(settings).put_object(Bucket=stray.bucket, Key=stray.key, Body=b"stray")

    lake = Lake(settings)
    found = find_orphans(settings, lake, "care.scratch", 3, now_ms() + 10 * DAY_MS)
    assert stray.uri.removeprefix("s3://") in {file.path for file in found.files}
    assert find_orphans(settings, lake, "care.scratch", 3, now_ms()).files == ()
    assert remove_orphans(settings, lake, found) == len(found.files)

    assert not is_there(settings, stray.uri)
    assert sorted(table(settings, "care.scratch").scan().to_arrow()["n"].to_pylist()) == [0, 1, 2]
    assert find_orphans(settings, lake, "care.scratch", 3, now_ms() + 10 * DAY_MS).files == ()
    expired = expire(settings, "care.scratch", 1, now_ms() + 3 * DAY_MS)
    assert len(expired.expiry.expired) == 2
    assert table(settings, "care.scratch").scan().to_arrow().num_rows == 3
    catalog.purge_table("care.scratch")


def test_the_tables_are_listed_with_what_holds_them(pipeline: Pipeline) -> None:
    (found,) = json.loads(tidegate("lake", "stats", SILVER, "--json"))

    assert found["rows"] == len(places(table(pipeline.settings))) and found["metadata_bytes"] > 0
    assert [each["name"] for each in found["named"]] == ["before-care"]
    assert SILVER in tidegate("lake", "stats")


def is_there(settings: Settings, path: str) -> bool:
    place = place_of(f"s3://{plain_path(path)}")
    found = open_s3(settings).list_objects_v2(Bucket=place.bucket, Prefix=place.key)
    return place.key in [each["Key"] for each in found.get("Contents", [])]
