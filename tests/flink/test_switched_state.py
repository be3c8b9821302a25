"""A real state of before a switch: a job that reads silver's next version goes on with all of it but the old source."""

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
from flink_jobs.operator_names import name_operators, transformations
from flink_jobs.recovery import facts_of
from flink_jobs.state import states, uids_in
from flink_jobs.uids import versioned

folder, seen = Path(sys.argv[1]), Path(sys.argv[2])
SOURCE = "lake:clicks:KafkaSource-default_catalog.clicks.silver"
OUTPUTS = ("raw_records", "silver", "first_seen")


def run(version, state=None):
    # Reads both sources until a checkpoint has something of each, and returns the newest one.
    configuration = Configuration()
    for key, value in {
        "execution.checkpointing.interval": "200 ms", "execution.checkpointing.dir": f"file://{folder}/lake",
        "execution.checkpointing.externalized-checkpoint-retention": "RETAIN_ON_CANCELLATION",
        "execution.checkpointing.num-retained": "2", "parallelism.default": "1",
        "execution.state-recovery.claim-mode": "NO_CLAIM",
        "state.backend.type": "rocksdb", "execution.checkpointing.incremental": "true",
        **({"execution.state-recovery.path": state} if state else {}),
    }.items():
        configuration.set_string(key, value)
    environment = StreamExecutionEnvironment.get_execution_environment(configuration)
    tables = StreamTableEnvironment.create(environment)
    # A sequence goes on in a restored job only if its own state is there, so what is new has numbers of a range.
    numbers = {"raw_records": "'fields.n.kind' = 'sequence', 'fields.n.start' = '1', 'fields.n.end' = '1000000'",
               "silver": f"'fields.n.min' = '1', 'fields.n.max' = '{20 * version}'"}
    for name, made in numbers.items():
        tables.execute_sql(f"create table {name} (n bigint, came as proctime()) with ('connector' = 'datagen', "
                           f"'rows-per-second' = '50', {made})")
    for name in OUTPUTS:
        tables.execute_sql(f"create table {name}_out (n bigint) with ('connector' = 'filesystem', 'format' = 'csv', "
                           f"'path' = 'file://{seen}/{version}/{name}')")
    statements = tables.create_statement_set()
    for name in ("raw_records", "silver"):
        statements.add_insert_sql(f"insert into {name}_out select n from {name}")
    statements.add_insert_sql("insert into first_seen_out select n from (select n, row_number() over (partition by n "
                              "order by came) as nth from silver) where nth = 1")
    statements.attach_as_datastream()
    sinks = list(environment._j_stream_execution_environment.getTransformations())
    (silver,) = (each for each in transformations(sinks) if not each.getInputs() and "silver" in str(each.getName()))
    silver.setUid(f"{versioned(SOURCE, version)}:1")
    name_operators(environment, "lake:clicks", {})
    job = environment.execute_async("lake")
    deadline = time.monotonic() + 240
    while not all(seen_in(version, name) for name in OUTPUTS) or len(seen_in(version, "silver")) < 100:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    job.cancel().result()
    return max(states(f"file://{folder}/lake"))[1]


def seen_in(version, name):
    files = (seen / str(version) / name).glob("part-*")
    return [int(line) for file in files for line in file.read_text().split()]


before = run(1)
facts = facts_of(before, f"file://{folder}/lake")
switched = state_of("lake", {"clicks": 2}, {"clicks": facts}, f"file://{folder}/lake")
run(2, switched)
print(json.dumps({
    "before": sorted(uids_in(before)), "switched": sorted(uids_in(switched)),
    **{name: [sorted({*seen_in(1, name)}), sorted({*seen_in(2, name)})] for name in OUTPUTS},
}))
"""


@pytest.fixture(scope="module")
def found(flink_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What both jobs have seen, and what is in the states."""
    folders = [str(tmp_path_factory.mktemp(name)) for name in ("checkpoints", "seen")]
    command = [sys.executable, "-c", RUN, *folders]
    done = subprocess.run(command, env=flink_environment, capture_output=True, text=True, check=False, timeout=HANGS_S)
    assert done.returncode == 0, done.stderr[-5000:]
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def test_the_old_source_alone_is_left_behind(found: dict[str, Any]) -> None:
    assert {*found["before"]} - {*found["switched"]} == {"lake:clicks:KafkaSource-default_catalog.clicks.silver:1"}
    assert {*found["switched"]} < {*found["before"]}


def test_another_source_goes_on_where_it_was(found: dict[str, Any]) -> None:
    before, after = found["raw_records"]
    assert min(after) == max(before) + 1


def test_an_operator_behind_the_source_keeps_its_state(found: dict[str, Any]) -> None:
    (_, read), (known, new) = found["silver"], found["first_seen"]
    assert {*known} & {*read}, "the new source has brought numbers that were seen before"
    assert new
    assert not {*known} & {*new}
