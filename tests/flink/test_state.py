"""What is read of a real checkpoint, by Flink's own code: where it is, of when, and whose state it holds."""

import json
import subprocess
import sys
import time
from typing import Any

import pytest

from tests.polling import HANGS_S

RUN = """
import json, sys, time
from datetime import UTC, datetime
from pyflink.common import Configuration
from pyflink.datastream import StreamExecutionEnvironment
from pyflink.table import StreamTableEnvironment
from flink_jobs.begun import Begun
from flink_jobs.operator_names import name_operators
from flink_jobs.recovery import facts_of, read_starts, write_start
from flink_jobs.state import states, uids_in, written_at_ms
from tidegate.errors import TidegateError

folder = sys.argv[1]
configuration = Configuration()
for name, value in {"execution.checkpointing.interval": "100 ms", "execution.checkpointing.dir": folder,
                    "execution.checkpointing.externalized-checkpoint-retention": "RETAIN_ON_CANCELLATION"}.items():
    configuration.set_string(name, value)
environment = StreamExecutionEnvironment.get_execution_environment(configuration)
tables = StreamTableEnvironment.create(environment)
tables.execute_sql("create table numbers (n int) with ('connector' = 'datagen', 'rows-per-second' = '10')")
tables.execute_sql("create table counts (n int, c bigint) with ('connector' = 'blackhole')")
statements = tables.create_statement_set()
statements.add_insert_sql("insert into counts select n, count(*) from numbers group by n")
statements.attach_as_datastream()
name_operators(environment, "metrics:clicks", {"counts": "page_views"})
begun = {"clicks": Begun(datetime(2026, 1, 2, tzinfo=UTC), None, 6.5)}
none_yet = read_starts(folder)
write_start(folder, datetime.now(UTC), begun)
write_start(folder, datetime(2100, 1, 1, tzinfo=UTC), {})
job = environment.execute_async("clicks")
deadline = time.monotonic() + 120
while not list(states(folder)):
    assert time.monotonic() < deadline
    time.sleep(0.1)
job.cancel().result()
newest = max(states(folder))
facts = facts_of(newest[1], folder)
try:
    facts_of(folder + "/nothing", folder)
except TidegateError as error:
    refused = str(error)
print(json.dumps({
    "none_yet": none_yet, "written_ms": newest[0], "asked_ms": written_at_ms(newest[1]), "uids": sorted(facts.uids),
    "by_file": sorted(uids_in(newest[1] + "/_metadata")), "begun": facts.begun == begun,
    "age_s": facts.age.total_seconds(), "refused": refused,
}))
"""


@pytest.fixture(scope="module")
def found(flink_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a job's checkpoint tells."""
    folder = (tmp_path_factory.mktemp("checkpoints") / "metrics").as_uri()
    command = [sys.executable, "-c", RUN, folder]
    done = subprocess.run(command, env=flink_environment, capture_output=True, text=True, check=False, timeout=HANGS_S)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def test_a_checkpoint_names_the_operators_whose_state_it_holds(found: dict[str, Any]) -> None:
    assert any(uid.startswith("metrics:clicks:") and "numbers" in uid for uid in found["uids"])
    assert any(uid.startswith("metrics:clicks:page_views:GroupAggregate") for uid in found["uids"])
    assert found["by_file"] == found["uids"]


def test_a_checkpoint_is_as_old_as_its_file(found: dict[str, Any]) -> None:
    assert found["asked_ms"] == found["written_ms"]
    assert abs(time.time() * 1000 - found["written_ms"]) < 600_000
    assert 0 <= found["age_s"] < 600


def test_what_the_start_before_it_left_is_found_beside_it(found: dict[str, Any]) -> None:
    assert found["none_yet"] == {}
    assert found["begun"]


def test_a_state_that_is_not_there_is_refused_with_a_remedy(found: dict[str, Any]) -> None:
    assert "/nothing cannot be read" in found["refused"]
