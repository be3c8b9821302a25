"""A table's small files are put together by the job, as the dry run says, and it ends; a branch and a tag stay.

Iceberg's own task, in a cluster within the test's process, on a catalog that is a folder.
"""

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.polling import HANGS_S

ROWS = 3000
RUN = """
import json, sys
from dataclasses import asdict
from pathlib import Path
from pyflink.common import Configuration
from pyflink.datastream import StreamExecutionEnvironment
from pyflink.java_gateway import get_gateway
from pyflink.table import StreamTableEnvironment
from pyiceberg.table import StaticTable
from flink_jobs.compact import compact
from tidegate.clients.lake_contents import current_files
from tidegate.lake_care.small_files import Compaction, Sizes, small_files
from tidegate.sql import lake

folder, rows = sys.argv[1], int(sys.argv[2])
warehouse = f"{folder}/warehouse"
place = f"file://{warehouse}/silver/visits"

def configured(parallelism):
    configuration = Configuration()
    for name, value in {**lake.OPTIONS, "execution.checkpointing.interval": "60 s", "parallelism.default": parallelism,
                        "execution.checkpointing.dir": f"file://{folder}/checkpoints"}.items():
        configuration.set_string(name, value)
    return configuration

def fill():
    # Each of six writers has a file in each partition; its numbers are the same modulo six.
    tables = StreamTableEnvironment.create(StreamExecutionEnvironment.get_execution_environment(configured("6")))
    tables.execute_sql(f"create catalog lake with ('type'='iceberg', 'catalog-type'='hadoop', "
                       f"'warehouse'='file://{warehouse}')")
    tables.execute_sql("create database if not exists lake.silver")
    tables.execute_sql("create table if not exists lake.silver.visits (n bigint, `day` int, word string) "
                       "partitioned by (`day`, word) with ('format-version'='2', 'write.distribution-mode'='none')")
    tables.execute_sql(f"create table numbers (n bigint) with ('connector'='datagen', "
                       f"'fields.n.kind'='sequence', 'fields.n.start'='1', 'fields.n.end'='{rows}')")
    tables.execute_sql("insert into lake.silver.visits select n, cast(n % 5 as int) / 2, "
                       "case when n % 7 < 3 then 'few' end from numbers").wait()

def table():
    newest = (Path(warehouse) / "silver/visits/metadata/version-hint.text").read_text().strip()
    return StaticTable.from_metadata(f"{place}/metadata/v{newest}.metadata.json")

def named():
    jvm = get_gateway().jvm
    loader = jvm.org.apache.iceberg.flink.TableLoader.fromHadoopTable(place)
    loader.open()
    opened = loader.loadTable()
    at = opened.currentSnapshot().snapshotId()
    opened.manageSnapshots().createBranch("replay-r1", at).createTag("before-r1", at).commit()
    loader.close()

def stands():
    found = table()
    files = current_files(found)
    counts = {}
    for file in files:
        counts[file.partition] = counts.get(file.partition, 0) + 1
    current = found.current_snapshot()
    return {"files": counts, "rows": sorted(found.scan(selected_fields=("n",)).to_arrow()["n"].to_pylist()),
            "operation": current.summary.operation.value, "said": dict(current.summary.additional_properties),
            "refs": {name: ref.snapshot_id for name, ref in found.metadata.refs.items() if name != "main"}}

def put_together(partitions, sizes):
    environment = StreamExecutionEnvironment.get_execution_environment(configured("1"))
    loader = get_gateway().jvm.org.apache.iceberg.flink.TableLoader.fromHadoopTable(place)
    compact(environment, Compaction("silver.visits", partitions, sizes, 2), loader)
    environment.execute("compact.silver.visits")

fill()
named()
sizes = Sizes()
before = stands()
planned = [asdict(each) for each in small_files(current_files(table()), sizes)]
put_together(("day=1/word=few", "day=1/word=null"), sizes)
some = stands()
put_together((), sizes)
every = stands()
put_together((), sizes)
again = stands()
print("RESULT " + json.dumps({"before": before, "planned": planned, "some": some, "every": every, "again": again}))
"""


@pytest.fixture(scope="module")
def found(flink_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """How the table stands before, after two of its partitions, after all, and after once more."""
    folder = tmp_path_factory.mktemp("compacted")
    result = subprocess.run(
        [sys.executable, "-c", RUN, str(folder), str(ROWS)],
        env=flink_environment,
        capture_output=True,
        text=True,
        timeout=HANGS_S,
        check=False,
    )
    lines = [line for line in result.stdout.splitlines() if line.startswith("RESULT ")]
    assert lines, result.stdout[-3000:] + result.stderr[-6000:]
    told: dict[str, Any] = json.loads(lines[0].removeprefix("RESULT "))
    return told


def test_the_dry_run_says_what_the_job_does(found: dict[str, Any]) -> None:
    planned = {each["partition"]: (each["files"], each["into"]) for each in found["planned"]}

    assert planned == {name: (count, 1) for name, count in found["before"]["files"].items()}
    assert len(planned) == 6 and {count for count, _ in planned.values()} == {6}
    assert found["every"]["files"] == {name: into for name, (_, into) in planned.items()}


def test_only_the_partitions_that_are_asked_for_are_rewritten(found: dict[str, Any]) -> None:
    asked = {"day=1/word=few": 1, "day=1/word=null": 1}

    assert found["some"]["files"] == {**found["before"]["files"], **asked}


@pytest.mark.parametrize("when", ["some", "every", "again"])
def test_each_row_is_there_once_and_branch_and_tag_are_where_they_were(found: dict[str, Any], when: str) -> None:
    assert found[when]["rows"] == list(range(1, ROWS + 1))
    assert found[when]["refs"] == found["before"]["refs"] and len(found[when]["refs"]) == 2


def test_its_commit_is_told_from_those_of_a_job_that_writes(found: dict[str, Any]) -> None:
    assert found["every"]["operation"] == "replace"
    assert "flink.max-committed-checkpoint-id" not in found["every"]["said"]


def test_what_is_put_together_is_left_alone(found: dict[str, Any]) -> None:
    assert found["again"] == found["every"]
