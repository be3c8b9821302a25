"""A job is begun, or found; what it has made is told by the table, and what is left is tried again."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.unit.clients.strict_catalog import NAME, StrictCatalog, append, content, put_together, rows
from tests.unit.lake_care.care_lake import Told, cared_for
from tidegate.errors import TidegateError
from tidegate.lake_care import compact as module
from tidegate.lake_care.compact import compact, plan_compaction
from tidegate.lake_care.small_files import Compaction, Sizes
from tidegate.settings import Settings

ASKED = Compaction(NAME, ("day=1",), Sizes(), 2)
Work = Callable[[], None]


class Flink:
    """A cluster in which a job does its work at once and ends; what the works are, a test says."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    works: list[Work]
    ends = "FINISHED"
    running: Any = None
    begun_jobs: list[tuple[str, list[str]]]

    def live_job(self, name: str) -> Any:
        assert name == f"compact.{NAME}"
        return Flink.running

    def begun(self, _job_id: str) -> bool:
        return True

    def exceptions(self, _job_id: str) -> list[str]:
        return ["TaskManager is gone"]


@pytest.fixture
def cared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[StrictCatalog, Told]:
    """A day with five small files, and another one."""
    catalog, told = cared_for(tmp_path, monkeypatch)
    for offset in range(5):
        append(catalog, rows([(0, offset)], day=1))
    append(catalog, rows([(0, 9)], day=2))
    Flink.works, Flink.ends, Flink.running, Flink.begun_jobs = [], "FINISHED", None, []

    def begin(_settings: Settings, _client: Flink, name: str, arguments: list[str]) -> Any:
        Flink.begun_jobs.append((name, arguments))
        return SimpleNamespace(job_id="j1", state="RUNNING")

    def ended(_client: Flink, job_id: str, **_how: Any) -> Any:
        (Flink.works.pop(0) if Flink.works else lambda: None)()
        return SimpleNamespace(job_id=job_id, state=Flink.ends)

    monkeypatch.setattr(module, "open_table", lambda _settings, name: catalog.load_table(name))
    monkeypatch.setattr(module, "FlinkClient", Flink)
    monkeypatch.setattr(module, "begin", begin)
    monkeypatch.setattr(module, "wait_until_ended", ended)
    return catalog, told


def settings(folder: Path) -> Settings:
    return Settings(home=folder)


def done_to(catalog: StrictCatalog, then: Work = lambda: None) -> Work:
    """What Iceberg's task does to the first day."""

    def work() -> None:
        put_together(catalog)
        then()

    return work


def test_what_the_commits_have_made_is_told_and_the_rows_are_the_same(
    cared: tuple[StrictCatalog, Told], tmp_path: Path
) -> None:
    catalog, told = cared
    before = content(catalog)
    assert [(each.partition, each.files, each.into) for each in plan_compaction(Settings(), NAME, None, Sizes())] == [
        ("day=1", 5, 1)
    ]
    Flink.works = [done_to(catalog)]

    done = compact(settings(tmp_path), ASKED)

    assert (done.files, done.into, done.commits, done.left) == (5, 1, 1, ())
    assert content(catalog) == before
    assert plan_compaction(Settings(), NAME, None, Sizes()) == []
    ((name, arguments),) = Flink.begun_jobs
    assert name == f"compact.{NAME}"
    assert Compaction.from_json(Path(arguments[-1]).read_text()) == ASKED
    ((action, table, counts),) = told
    assert (action, table, counts["files"], counts["into"]) == ("lake compact", NAME, 5, 1)


def test_a_job_whose_commit_was_refused_is_begun_again(cared: tuple[StrictCatalog, Told], tmp_path: Path) -> None:
    """It has ended well all the same."""
    catalog, _ = cared
    Flink.works = [lambda: None, done_to(catalog)]

    done = compact(settings(tmp_path), ASKED)

    assert (len(Flink.begun_jobs), done.files, done.left) == (2, 5, ())


def test_what_is_left_after_some_attempts_is_said(cared: tuple[StrictCatalog, Told], tmp_path: Path) -> None:
    done = compact(settings(tmp_path), ASKED)

    assert len(Flink.begun_jobs) == module.ATTEMPTS
    assert [(each.partition, each.files) for each in done.left] == [("day=1", 5)]
    assert (done.files, done.commits) == (0, 0)


def test_files_that_come_meanwhile_are_not_left(cared: tuple[StrictCatalog, Told], tmp_path: Path) -> None:
    catalog, _ = cared

    def others() -> None:
        for offset in range(20, 26):
            append(catalog, rows([(0, offset)], day=1))

    Flink.works = [done_to(catalog, others)]

    done = compact(settings(tmp_path), ASKED)

    assert (len(Flink.begun_jobs), done.files, done.left) == (1, 5, ())
    assert len(content(catalog)) == 12


def test_a_job_that_a_killed_command_has_left_is_waited_for(cared: tuple[StrictCatalog, Told], tmp_path: Path) -> None:
    catalog, _ = cared
    Flink.running = SimpleNamespace(job_id="j0")
    Flink.works = [done_to(catalog)]

    assert compact(settings(tmp_path), ASKED).files == 5
    assert Flink.begun_jobs == []


def test_a_job_that_fails_is_said_with_its_reason(cared: tuple[StrictCatalog, Told], tmp_path: Path) -> None:
    Flink.ends = "FAILED"

    with pytest.raises(TidegateError, match="ended as FAILED: TaskManager is gone"):
        compact(settings(tmp_path), ASKED)


def test_two_do_not_work_on_one_table(cared: tuple[StrictCatalog, Told], tmp_path: Path) -> None:
    def second() -> None:
        with pytest.raises(TidegateError, match="another `tidegate lake compact` is at work"):
            compact(settings(tmp_path), ASKED)

    Flink.works = [done_to(cared[0], second)]

    assert compact(settings(tmp_path), ASKED).files == 5
