"""States of two real jobs, put together for a third that goes on with a part of each."""

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.polling import HANGS_S

RUN = """
import json, sys, time
from pathlib import Path
from pyflink.common import Configuration
from pyflink.datastream import StreamExecutionEnvironment
from pyflink.table import StreamTableEnvironment
from flink_jobs.joined_state import state_of
from flink_jobs.operator_names import name_operators
from flink_jobs.recovery import facts_of
from flink_jobs.state import load, states, uids_in

folder, seen = Path(sys.argv[1]), Path(sys.argv[2])


def run(name, datasets, state=None):
    # Runs the datasets until a checkpoint has something of each, and returns the newest one.
    configuration = Configuration()
    for key, value in {
        "execution.checkpointing.interval": "200 ms", "execution.checkpointing.dir": f"file://{folder}/{name}",
        "execution.checkpointing.externalized-checkpoint-retention": "RETAIN_ON_CANCELLATION",
        "execution.checkpointing.num-retained": "2", "parallelism.default": "1",
        "execution.state-recovery.claim-mode": "NO_CLAIM",
        "state.backend.type": "rocksdb", "execution.checkpointing.incremental": "true",
        **({"execution.state-recovery.path": state} if state else {}),
    }.items():
        configuration.set_string(key, value)
    environment = StreamExecutionEnvironment.get_execution_environment(configuration)
    tables = StreamTableEnvironment.create(environment)
    for dataset in datasets:
        tables.execute_sql(f"create database {dataset}")
        tables.use_database(dataset)
        tables.execute_sql("create table numbers (n bigint) with ('connector' = 'datagen', 'rows-per-second' = '50', "
                           "'fields.n.kind' = 'sequence', 'fields.n.start' = '1', 'fields.n.end' = '1000000')")
        tables.execute_sql("create table counts (n bigint, c bigint) with ('connector' = 'blackhole')")
        tables.execute_sql("create table seen (n bigint) with ('connector' = 'filesystem', 'format' = 'csv', "
                           f"'path' = 'file://{seen}/{name}-{len(datasets)}/{dataset}')")
        statements = tables.create_statement_set()
        statements.add_insert_sql("insert into counts select n, count(*) from numbers group by n")
        statements.add_insert_sql("insert into seen select n from numbers")
        statements.attach_as_datastream()
        name_operators(environment, f"metrics:{dataset}", {"counts": "views"})
    job = environment.execute_async(name)
    deadline = time.monotonic() + 120
    while not all(numbers(name, len(datasets), dataset) for dataset in datasets):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    job.cancel().result()
    return max(states(f"file://{folder}/{name}"))[1]


def numbers(name, many, dataset):
    files = (seen / f"{name}-{many}" / dataset).glob("part-*")
    return [int(line) for file in files for line in file.read_text().split()]


def facts(state, name):
    return facts_of(state, f"file://{folder}/{name}")


shared, own = run("metrics", ["clicks", "orders"]), run("metrics.readings", ["readings"])
found = {"clicks": facts(shared, "metrics"), "readings": facts(own, "metrics.readings")}
joined = state_of("metrics", dict.fromkeys(["clicks", "readings", "fresh"], 1), found, f"file://{folder}/metrics")
kept = [path for _, path in states(f"file://{folder}/metrics")]
third = run("metrics", ["clicks", "readings", "fresh"], joined)
print(json.dumps({
    "uids": sorted(uids_in(joined)), "numbers": [load(each).getCheckpointId() for each in (shared, own, joined, third)],
    "first": {name: min(numbers("metrics", 3, name)) for name in ("clicks", "readings", "fresh")},
    "last": {
        "clicks": max(numbers("metrics", 2, "clicks")), "readings": max(numbers("metrics.readings", 1, "readings")),
    },
    "is_no_checkpoint": joined not in kept,
}))
"""


@pytest.fixture(scope="module")
def found(flink_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the jobs have seen, and what is in the states."""
    folders = [str(tmp_path_factory.mktemp(name)) for name in ("checkpoints", "seen")]
    command = [sys.executable, "-c", RUN, *folders]
    done = subprocess.run(command, env=flink_environment, capture_output=True, text=True, check=False, timeout=HANGS_S)
    assert done.returncode == 0, done.stderr[-5000:]
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def test_it_has_the_operators_of_the_datasets_that_are_wanted(found: dict[str, Any]) -> None:
    prefixes = {":".join(uid.split(":")[:2]) for uid in found["uids"]}
    assert prefixes == {"metrics:clicks", "metrics:readings"}


def test_its_number_is_the_largest_and_the_job_counts_on(found: dict[str, Any]) -> None:
    shared, own, joined, third = found["numbers"]
    assert joined == max(shared, own) < third


def test_each_dataset_goes_on_where_it_was_and_a_new_one_at_its_beginning(found: dict[str, Any]) -> None:
    first, last = found["first"], found["last"]
    assert first["fresh"] == 1
    assert first["clicks"] == last["clicks"] + 1
    assert first["readings"] == last["readings"] + 1


def test_it_is_not_taken_for_a_checkpoint_later(found: dict[str, Any]) -> None:
    assert found["is_no_checkpoint"]
