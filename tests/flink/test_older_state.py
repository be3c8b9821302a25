"""What Iceberg's sink does from a state that its table is ahead of, and that the lake job refuses such a state.

The real sink, in a cluster within the test's process, on a catalog that is a folder. The job keeps its id from run to
run, as it does in a cluster that runs one job only: then the sink takes the later checkpoints for committed ones.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.polling import HANGS_S

ROWS = 5000
RUN = """
import json, sys, time
from pathlib import Path
from pyflink.common import Configuration
from pyflink.datastream import StreamExecutionEnvironment
from pyflink.java_gateway import get_gateway
from pyflink.table import StreamTableEnvironment
from pyiceberg.table import StaticTable
from flink_jobs import lake_guard
from flink_jobs.operator_names import name_operators
from flink_jobs.recovery import facts_of
from tests.unit.sql.visits import stream
from tidegate.errors import TidegateError
from tidegate.clients.lake_commits import newest_flink_commit
from tidegate.sql import lake

folder, rows = sys.argv[1], int(sys.argv[2])
warehouse = f"{folder}/warehouse"

def start(rate, state=""):
    configuration = Configuration()
    options = {
        **lake.OPTIONS, "execution.checkpointing.interval": "200 ms", "parallelism.default": "1",
        "execution.checkpointing.dir": f"file://{folder}/checkpoints", "$internal.pipeline.job-id": "0" * 31 + "1",
        "execution.checkpointing.savepoint-dir": f"file://{folder}/savepoints",
    }
    if state:
        options["execution.state-recovery.path"] = state
    for name, value in options.items():
        if value:
            configuration.set_string(name, value)
    environment = StreamExecutionEnvironment.get_execution_environment(configuration)
    tables = StreamTableEnvironment.create(environment)
    tables.execute_sql(f"create catalog lake with ('type'='iceberg', 'catalog-type'='hadoop', "
                       f"'warehouse'='file://{warehouse}')")
    tables.execute_sql("create database if not exists lake.silver")
    tables.execute_sql("create table if not exists lake.silver.visits (n bigint) with ('format-version'='2')")
    tables.execute_sql(f"create table numbers (n bigint) with ('connector'='datagen', "
                       f"'rows-per-second'='{rate}', 'fields.n.kind'='sequence', 'fields.n.start'='1', "
                       f"'fields.n.end'='{rows}')")
    statements = tables.create_statement_set()
    statements.add_insert_sql("insert into lake.silver.visits select n from numbers")
    statements.attach_as_datastream()
    name_operators(environment, "lake:visits", {})
    return environment.execute_async("lake")

def table():
    files = Path(f"{warehouse}/silver/visits/metadata").glob("v*.metadata.json")
    return StaticTable.from_metadata(str(max(files, key=lambda file: int(file.name[1:].split(".")[0]))))

def committed():
    commit = newest_flink_commit(table())
    return commit.checkpoint_id if commit else 0

def wait(until):
    deadline = time.monotonic() + 60
    while not until():
        assert time.monotonic() < deadline
        time.sleep(0.05)

def numbers():
    return table().scan().to_arrow().column("n").to_pylist()

job = start(100)
wait(lambda: committed() > 0)
form = get_gateway().jvm.org.apache.flink.core.execution.SavepointFormatType.DEFAULT
savepoint = job._j_job_client.stopWithSavepoint(False, f"file://{folder}/savepoints", form).get()
at_savepoint = committed()
job = start(50, savepoint)
wait(lambda: committed() > at_savepoint + 5)
job.cancel().result()
ahead = newest_flink_commit(table())
lake_guard.open_catalog = lambda settings: None
lake_guard.find_table = lambda catalog, name: table() if name == "silver.visits" else None
facts = facts_of(savepoint, f"{folder}/checkpoints")
try:
    lake_guard.refuse_older_state(stream(dataset="visits"), None, facts)
    refused = ""
except TidegateError as error:
    refused = str(error)
job = start(2500, savepoint)
job.get_job_execution_result().result()
print(json.dumps({"refused": refused, "numbers": numbers(), "state": [facts.checkpoint_id, facts.path],
                  "ahead": [ahead.checkpoint_id, ahead.job_id]}))
"""


@pytest.fixture(scope="module")
def found(flink_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The table after a run from the older state, and what the guard says of that state."""
    folder: Path = tmp_path_factory.mktemp("lake")
    command = [sys.executable, "-c", RUN, str(folder), str(ROWS)]
    done = subprocess.run(command, env=flink_environment, capture_output=True, text=True, check=False, timeout=HANGS_S)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def test_rows_are_lost_in_silence_from_a_state_that_the_table_is_ahead_of(found: dict[str, Any]) -> None:
    assert found["numbers"]
    assert set(range(1, ROWS + 1)) - set(found["numbers"])


def test_the_lake_job_refuses_such_a_state(found: dict[str, Any]) -> None:
    assert found["state"][0] < found["ahead"][0]
    assert "silver.visits has commits that are newer than the state" in found["refused"]
