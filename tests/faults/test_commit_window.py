"""kill -9 between a checkpoint and the commit of its transactions; then a downtime that outlasts the transactions."""

import time
from collections.abc import Iterator

import pytest

from tests.faults.conftest import StartDrill, revive
from tests.faults.drill import COLD_LIMIT_S, RATE
from tests.faults.servers import kill, server_process
from tests.pipeline import Pipeline, run_tidegate, start_jobs, tidegate
from tests.polling import wait_for
from tidegate.clients.kafka_offsets import Spans, end_offsets, topic_spans
from tidegate.clients.kafka_records import Scan, read_batches
from tidegate.settings import Settings

PROVED = ("refine", "lake", "index")
HITS = 10
ATTEMPTS = 5
TIMEOUT_S = 20
SILVER = "silver.clicks"


@pytest.mark.long
def test_a_kill_between_checkpoint_and_commit_loses_and_doubles_nothing(
    healthy: Pipeline, start_drill: StartDrill
) -> None:
    drill = start_drill(f"kill -9 between checkpoint and commit, {HITS} times", COLD_LIMIT_S)
    drill.send()
    hits = attempts = 0
    while hits < HITS:
        attempts += 1
        assert attempts <= ATTEMPTS * HITS, f"only {hits} of {attempts} kills fell between a checkpoint and its commit"
        kill_at_next_checkpoint(healthy)
        undecided = open_spans(healthy.settings)
        revive(healthy.settings)
        for job in PROVED:  # they died with it too: none may be left behind more with each kill
            healthy.wait_for_checkpoints(job, 1)
        hits += committed_within(healthy.settings, undecided)
    print(f"{hits} of {attempts} kills fell between a checkpoint and its commit")
    drill.healed()
    drill.prove()


@pytest.fixture
def short_transactions(healthy: Pipeline, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Refine with transactions that live for some seconds only; with its own again at the end."""
    with monkeypatch.context() as environment:
        environment.setenv("TIDEGATE_TRANSACTION_TIMEOUT_S", str(TIMEOUT_S))
        tidegate("stop", "refine")
        tidegate("run", "refine")
        yield
    revive(healthy.settings)
    start_jobs(healthy.settings)
    tidegate("stop", "refine")
    tidegate("run", "refine")


@pytest.mark.long
@pytest.mark.usefixtures("short_transactions")
def test_what_a_long_downtime_rolled_back_is_found_and_replayed(healthy: Pipeline, start_drill: StartDrill) -> None:
    settings = healthy.settings
    drill = start_drill(
        f"refine down for longer than its transactions live ({TIMEOUT_S} s), then a replay", COLD_LIMIT_S
    )
    drill.send()
    kill_before_a_commit(healthy)
    kill(settings, "jobmanager")
    wait_for("the broker to roll everything back", lambda: not open_spans(settings), timeout_s=120)
    revive(settings)
    start_jobs(settings)
    healthy.wait_for_checkpoints("refine", 1)

    told = run_tidegate("replay", "missing", "clicks", "--dry-run")
    assert told.returncode == 1, told.stderr
    assert "are missing" in told.stdout, told.stdout
    assert "The proof holds" in " ".join(tidegate("replay", "missing", "clicks").split())
    drill.healed()
    drill.prove()


def kill_before_a_commit(pipeline: Pipeline) -> None:
    """Ends the TaskManager after a checkpoint and before the commit that belongs to it.

    Then all that was written since the checkpoint before is undecided; else only what came in a few milliseconds.
    """
    for _ in range(ATTEMPTS):
        kill_at_next_checkpoint(pipeline)
        if sum(end - start for start, end in open_spans(pipeline.settings).values()) > RATE / 2:
            return
        revive(pipeline.settings)
        pipeline.wait_for_checkpoints("refine", 2)
    pytest.fail(f"none of {ATTEMPTS} kills fell between a checkpoint and its commit")


def kill_at_next_checkpoint(pipeline: Pipeline) -> None:
    """Ends the TaskManager in the moment the next checkpoint of refine is complete, before it can hear of it."""
    job = pipeline.flink.live_job("refine")
    assert job is not None
    folder = pipeline.settings.home / "flink-checkpoints" / "refine" / job.job_id
    newest = max(int(path.name.removeprefix("chk-")) for path in folder.glob("chk-*"))
    metadata = folder / f"chk-{newest + 1}" / "_metadata"
    taskmanager = server_process(pipeline.settings, "taskmanager")
    deadline_s = time.monotonic() + 60
    while not metadata.exists():  # no pause: the moment is short
        assert time.monotonic() < deadline_s, f"no {metadata}"
    taskmanager.kill()
    taskmanager.wait(10)


def open_spans(settings: Settings) -> Spans:
    """The offsets of silver, by partition, that belong to transactions still open: written, and not decided on."""
    written = end_offsets(settings, SILVER)
    decided = {number: end for number, (_, end) in topic_spans(settings, SILVER).items()}
    return {number: (decided[number], end) for number, end in written.items() if decided[number] < end}


def committed_within(settings: Settings, spans: Spans) -> bool:
    """Whether rows in these offsets were committed after all: the checkpoint had them, and its commit came later."""
    scan = Scan(settings, SILVER, spans)
    return any(batch.values for batch in read_batches(scan))
