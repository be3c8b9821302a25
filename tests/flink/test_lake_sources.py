"""A job that reads a table of many files has as many subtasks as it was given, not one for each of them.

By itself Iceberg takes up to a hundred: for a load of 10 GB more slots, and more buffers, than the local cluster has.
"""

import json
import subprocess
import sys

import pytest

from tests.polling import HANGS_S

FILES = 6
PLANNED = """
import json, sys
from pyflink.common import Configuration
from pyflink.datastream import StreamExecutionEnvironment
from pyflink.table import ExplainDetail, StreamTableEnvironment
from flink_jobs.configured import configuration
from flink_jobs.job import Job
from flink_jobs.recovery import Places
from tidegate.job_names import FILE_DOCUMENTS, FILE_DUPLICATES, LAKE
from tidegate.settings import get_settings
from tidegate.sql import file_duplicates, lake, replay_index

folder, files = sys.argv[1], int(sys.argv[2])

def tables(options):
    environment = StreamExecutionEnvironment.get_execution_environment(options)
    found = StreamTableEnvironment.create(environment)
    found.execute_sql(f"create catalog lake with ('type'='iceberg', 'catalog-type'='hadoop', "
                      f"'warehouse'='file://{folder}/warehouse')")
    return found

def fill():
    options = Configuration()
    for name, value in {**lake.OPTIONS, "parallelism.default": str(files)}.items():
        options.set_string(name, value)
    found = tables(options)
    found.execute_sql("create database lake.silver")
    found.execute_sql("create table lake.silver.visits (n bigint) with ("
                      "'format-version'='2', 'write.distribution-mode'='none')")
    found.execute_sql("create table numbers (n bigint) with ('connector'='datagen', 'fields.n.kind'='sequence', "
                      "'fields.n.start'='1', 'fields.n.end'='600')")
    found.execute_sql("insert into lake.silver.visits select n from numbers").wait()

def subtasks(name, options, parallelism):
    settings = get_settings().model_copy(update={"parallelism": parallelism})
    places = Places(f"file://{folder}/checkpoints", f"file://{folder}/savepoints", "")
    found = tables(configuration(Job(name, None, options, interval_of=LAKE), f"{name}.x", settings, places))
    query = "select * from lake.silver.visits /*+ OPTIONS('split-size'='1', 'split-file-open-cost'='1') */"
    told = found.explain_sql(query, ExplainDetail.JSON_EXECUTION_PLAN)
    nodes = json.loads(told[told.index("== Physical Execution Plan ==") + 29:])["nodes"]
    return next(node["parallelism"] for node in nodes if "Source" in node["type"])

fill()
jobs = {FILE_DUPLICATES: file_duplicates.OPTIONS, FILE_DOCUMENTS: replay_index.OPTIONS}
found = {name: [subtasks(name, options, each) for each in (1, 2)] for name, options in jobs.items()}
print("RESULT " + json.dumps(found))
"""


@pytest.fixture(scope="module")
def subtasks(flink_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[int]]:
    """By job how many subtasks its source has, at parallelism 1 and 2."""
    result = subprocess.run(
        [sys.executable, "-c", PLANNED, str(tmp_path_factory.mktemp("many")), str(FILES)],
        env=flink_environment,
        capture_output=True,
        text=True,
        timeout=HANGS_S,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    found: dict[str, list[int]] = json.loads(result.stdout.partition("RESULT ")[2])
    return found


@pytest.mark.parametrize("job", ["file_duplicates", "file_documents"])
def test_a_source_of_the_lake_has_the_parallelism_of_its_job(subtasks: dict[str, list[int]], job: str) -> None:
    assert subtasks[job] == [1, 2]
