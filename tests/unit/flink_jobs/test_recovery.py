"""Which state a job goes on from; tests/flink/test_state.py reads a real one."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from flink_jobs import recovery
from flink_jobs.begun import NOT_KNOWN, Begun
from flink_jobs.job import Arguments, ComputedAgain, Job, StateFacts
from flink_jobs.recovery import Places, origins, read_starts, write_start
from tests.unit.sql.visits import stream
from tidegate.errors import TidegateError
from tidegate.settings import Settings
from tidegate.sql.job_sql import JobSql

SETTINGS = Settings.model_construct()
PLACES = Places("file:///checkpoints", "file:///savepoints")
FOLDER = "file:///checkpoints/metrics"
OLD, NEW = f"{FOLDER}/a/chk-9", "file:///savepoints/metrics/savepoint-b"
OWN = "file:///savepoints/metrics.readings/savepoint-c"
CLICKS, READINGS = stream(dataset="clicks"), stream(dataset="readings")


class Disk:
    """Checkpoints and savepoints: by path, when each was written and the datasets that it holds."""

    def __init__(self) -> None:
        self.kept: dict[str, tuple[int, list[str]]] = {
            OLD: (100, ["clicks", "readings"]),
            NEW: (200, ["clicks", "readings"]),
        }
        self.deletes_when_read: set[str] = set()

    def folders(self, root: str) -> list[str]:
        return sorted({path.removeprefix(f"{root}/").split("/")[0] for path in self.kept if path.startswith(root)})

    def states(self, folder: str) -> Iterator[tuple[int, str]]:
        return ((at, path) for path, (at, _) in self.kept.items() if path.startswith(f"{folder}/"))

    def uids(self, path: str) -> frozenset[str]:
        if path in self.deletes_when_read:
            del self.kept[path]
        if path not in self.kept:
            raise TidegateError(f"the state {path} cannot be read.", remedy="-")
        return frozenset(f"metrics:{name}:Source:1" for name in self.kept[path][1])

    def mentions(self, path: str, texts: list[str]) -> bool:
        return any(text in uid for uid in self.uids(path) for text in texts)

    def facts(self, path: str, folder: str) -> StateFacts:
        return StateFacts(self.uids(path), {"of": Begun(since=None)}, timedelta(0), path)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    disk = Disk()
    monkeypatch.setattr(recovery, "folders", disk.folders)
    monkeypatch.setattr(recovery, "states", disk.states)
    monkeypatch.setattr(recovery, "mentions", disk.mentions)
    monkeypatch.setattr(recovery, "uids_in", disk.uids)
    monkeypatch.setattr(recovery, "exists", lambda path: path in disk.kept)
    monkeypatch.setattr(recovery, "facts_of", disk.facts)
    monkeypatch.setattr(recovery, "has_run_before", lambda _name, _settings: True)
    monkeypatch.setattr(recovery, "still_theirs", lambda _job, _datasets, found, _settings: found)
    return disk


def job(unusable: Mapping[str, str]) -> Job:
    return Job(
        "metrics",
        lambda _stream, _settings, _begun: JobSql(0),
        computed_again=ComputedAgain(
            begin=lambda _stream, _settings, _now: NOT_KNOWN,
            go_on=lambda _stream, _settings, begun: begun,
            unusable=lambda streams, _settings, _state: unusable.get(streams[0].name),
        ),
    )


def found(
    recover_from: str = "latest", *, given: str = "", unusable: Mapping[str, str] | None = None
) -> dict[str, str]:
    """By dataset, the path of the state to go on from."""
    asked = Arguments((), recover_from, forget_removed=False, explain=False)
    places = replace(PLACES, given=given)
    states = origins(job(unusable or {}), [CLICKS, READINGS], asked, SETTINGS, places)
    return {name: state.path for name, state in states.items()}


@pytest.mark.usefixtures("disk")
def test_the_newest_checkpoint_or_savepoint_is_taken_unless_another_is_named() -> None:
    assert found() == {"clicks": NEW, "readings": NEW}
    assert found(OLD) == {"clicks": OLD, "readings": OLD}
    assert found("none") == {}


def test_a_dataset_that_has_moved_goes_on_from_where_it_was_last(disk: Disk) -> None:
    disk.kept[OWN] = (300, ["readings"])
    assert found() == {"clicks": NEW, "readings": OWN}

    disk.kept[f"{FOLDER}/b/chk-1"] = (400, ["clicks"])
    assert found() == {"clicks": f"{FOLDER}/b/chk-1", "readings": OWN}


def test_a_dataset_that_was_left_out_goes_on_from_its_older_state(disk: Disk) -> None:
    disk.kept[f"{FOLDER}/b/chk-1"] = (300, ["clicks"])
    assert found() == {"clicks": f"{FOLDER}/b/chk-1", "readings": NEW}


def test_a_new_dataset_has_no_state_and_no_other_kind_of_job_has_it(disk: Disk) -> None:
    disk.kept = {OLD: (100, ["clicks"]), "file:///savepoints/metrics_of_old/savepoint-d": (500, ["readings"])}
    assert found() == {"clicks": OLD}


def test_a_checkpoint_that_its_running_job_has_removed_meanwhile_is_passed_over(disk: Disk) -> None:
    gone = f"{FOLDER}/b/chk-7"
    disk.kept[gone] = (300, ["clicks"])
    disk.deletes_when_read = {gone}
    assert found() == {"clicks": NEW, "readings": NEW}


def test_a_state_that_is_given_is_asked_first_and_others_for_what_it_lacks(disk: Disk) -> None:
    disk.kept[OWN] = (300, ["readings"])
    disk.kept["file:///elsewhere/1"] = (50, ["clicks"])
    assert found(given="file:///elsewhere/1") == {"clicks": "file:///elsewhere/1", "readings": OWN}
    assert found(given=OLD) == {"clicks": OLD, "readings": OLD}
    assert found(NEW, given=OLD) == {"clicks": NEW, "readings": NEW}


@pytest.mark.usefixtures("disk")
def test_what_can_be_computed_again_is_where_the_state_is_unusable_and_no_other_dataset_is() -> None:
    assert found(unusable={"clicks": "it is too old"}) == {"readings": NEW}


@pytest.mark.usefixtures("disk")
def test_a_state_that_is_named_is_not_exchanged_silently() -> None:
    with pytest.raises(TidegateError, match=f"metrics would be wrong if it went on from {OLD}: it is too old"):
        found(OLD, unusable={"clicks": "it is too old"})


def test_a_job_that_has_run_before_does_not_begin_again_for_want_of_a_checkpoint(disk: Disk) -> None:
    disk.kept = {}

    with pytest.raises(TidegateError, match="metrics has run before, but no checkpoint of it is in"):
        found()


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
