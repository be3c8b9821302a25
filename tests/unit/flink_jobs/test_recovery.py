"""Which state a job goes on from; tests/flink/test_state.py reads a real one."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from flink_jobs import recovery
from flink_jobs.begun import NOT_KNOWN, Begun
from flink_jobs.job import Arguments, ComputedAgain, Job, StateFacts
from flink_jobs.recovery import read_starts, recovery_path, usable_path, write_start
from tests.unit.sql.visits import stream
from tidegate.errors import TidegateError
from tidegate.settings import Settings
from tidegate.sql.job_sql import JobSql

SETTINGS = Settings.model_construct(savepoints="file:///savepoints")
FOLDER = "file:///checkpoints/metrics"
OLD, NEW = f"{FOLDER}/a/chk-9", "file:///savepoints/metrics/savepoint-b"


def job(unusable: str | None) -> Job:
    return Job(
        "metrics",
        lambda _stream, _settings, _begun: JobSql(0),
        computed_again=ComputedAgain(
            begin=lambda _stream, _settings, _now: NOT_KNOWN,
            go_on=lambda _stream, _settings, begun: begun,
            unusable=lambda _streams, _settings, _state: unusable,
        ),
    )


def asked(recover_from: str) -> Arguments:
    return Arguments((), recover_from, forget_removed=False, explain=False)


def usable(reason: str | None, recover_from: str = "latest") -> str | None:
    return usable_path(job(reason), asked(recover_from), [stream()], SETTINGS, FOLDER)


@pytest.fixture
def states(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[tuple[int, str]]]:
    """What lies in each folder; both have one."""
    found = {FOLDER: [(100, OLD)], "file:///savepoints/metrics": [(200, NEW)]}

    def facts(_path: str, _folder: str) -> StateFacts:
        return StateFacts(frozenset(), {}, timedelta(0))

    monkeypatch.setattr(recovery, "states", lambda folder: found[folder])
    monkeypatch.setattr(recovery, "facts_of", facts)
    monkeypatch.setattr(recovery, "has_run_before", lambda _name, _settings: True)
    return found


@pytest.mark.usefixtures("states")
def test_the_newest_checkpoint_or_savepoint_is_taken_unless_another_is_named() -> None:
    assert usable(None) == NEW
    assert usable(None, OLD) == OLD
    assert usable(None, "none") is None


@pytest.mark.usefixtures("states")
def test_a_job_that_can_compute_its_results_again_does_so_where_the_newest_state_is_unusable() -> None:
    assert usable("it is too old") is None


@pytest.mark.usefixtures("states")
def test_a_state_that_is_named_is_not_exchanged_silently() -> None:
    assert usable("it is too old", OLD) == OLD


def test_a_job_that_has_run_before_does_not_begin_again_for_want_of_a_checkpoint(
    states: dict[str, list[tuple[int, str]]],
) -> None:
    for folder in states:
        states[folder] = []

    with pytest.raises(TidegateError, match="metrics has run before, but no checkpoint of it is in"):
        recovery_path(job(None), asked("latest"), SETTINGS, FOLDER)


def test_what_a_start_leaves_is_read_by_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    files: dict[str, dict[str, str]] = {}

    def write(folder: str, name: str, text: str) -> None:
        files.setdefault(folder, {})[name] = text

    def read(folder: str) -> Mapping[str, str]:
        return files.get(folder, {})

    monkeypatch.setattr(recovery, "write_text", write)
    monkeypatch.setattr(recovery, "read_texts", read)
    started = datetime(2026, 1, 2, tzinfo=UTC)
    begun = {"visits": Begun(started, None, 6)}

    assert read_starts(FOLDER) == {}
    write_start(FOLDER, started, begun)
    assert read_starts(FOLDER) == {int(started.timestamp() * 1000): begun}
