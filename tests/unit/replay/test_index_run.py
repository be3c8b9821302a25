"""Killed at any step and run again, a replay into the index ends the same: all written, what is older removed."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest

from tests.contracts import SCHEMAS
from tests.unit.replay.plans import PLAN, plan
from tidegate.clients.document_versions import Versioned
from tidegate.clients.flink import FlinkJob
from tidegate.contracts.load import load_stream
from tidegate.errors import TidegateError
from tidegate.replay import index_run
from tidegate.replay.index_run import index_job, version_of, write_documents
from tidegate.replay.store import INDEXED, INDEXING, PUBLISHED, Status, load_status, store_plan, store_status
from tidegate.settings import Settings

CLICKS = load_stream(SCHEMAS, "clicks")
[IDENTITY] = CLICKS.contract.row_identity
NOW = 1_767_400_000_000
OLD = NOW - 5_000
"""A time, and as low as a version may be."""
STEPS = ("begin", "wait_until_ended", "documents_held", "delete_documents", "store_status")


class Killed(BaseException):
    """The command ends here."""


class Index:
    """Documents a, b and c of the range, of which a and b have a row in the lake; and Flink's jobs."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.versions = {"a": OLD, "b": OLD, "c": OLD}
        self.jobs: list[FlinkJob] = []
        self.newest_ms = OLD
        self.now = NOW
        self.outcome = "FINISHED"
        self.refused = ""
        self.kill: tuple[str, int, str] | None = None
        self.calls: dict[str, int] = {}

    def run(self) -> Status:
        return write_documents(self.settings, PLAN, load_status(self.settings, PLAN.plan_id))

    def step(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            self.calls[name] = self.calls.get(name, 0) + 1
            if self.kill == (name, self.calls[name], "before"):
                raise Killed
            result = real(*given, **named)
            if self.kill == (name, self.calls[name], "after"):
                raise Killed
            return result

        return call

    def begin(self, _settings: Settings, _client: object, name: str, arguments: list[str]) -> FlinkJob:
        asked = json.loads(Path(arguments[-1]).read_text())
        if self.outcome == "FINISHED":
            self.versions |= {each: asked["version"] for each in "ab" if each not in self.refused}
        self.jobs.append(FlinkJob(f"job-{len(self.jobs)}", name, self.outcome, self.now))
        self.now += 1
        return self.jobs[-1]

    def held(self, *_: object) -> Iterator[Versioned]:
        yield from [Versioned("events-clicks-2026.01.02", each, version) for each, version in self.versions.items()]

    def delete(self, _settings: Settings, documents: list[Versioned], version: int) -> None:
        for each in documents:
            assert each.version < version
            self.versions.pop(each.document_id, None)


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Index:
    settings = Settings(home=tmp_path)
    found = Index(settings)
    store_plan(settings, PLAN)
    store_status(settings, PLAN.plan_id, Status(PUBLISHED, snapshot_id=8))
    steps: dict[str, Callable[..., Any]] = {
        "begin": found.begin,
        "wait_until_ended": lambda _client, job_id: next(job for job in found.jobs if job.job_id == job_id),
        "documents_held": found.held,
        "delete_documents": found.delete,
        "store_status": store_status,
    }
    for name, real in steps.items():
        monkeypatch.setattr(index_run, name, found.step(name, real))
    client = SimpleNamespace(jobs=lambda: found.jobs, exceptions=lambda _: ["no room"])
    monkeypatch.setattr(index_run, "FlinkClient", lambda _: client)
    monkeypatch.setattr(index_run, "SearchClient", lambda _: SimpleNamespace(refresh=lambda _alias: None))
    monkeypatch.setattr(index_run, "newest_time_ms", lambda *_: found.newest_ms)
    monkeypatch.setattr(index_run, "now_ms", lambda: found.now)
    monkeypatch.setattr(index_run, "open_table", lambda *_: None)
    monkeypatch.setattr(index_run, "rows_held", lambda *_: SimpleNamespace(rows=2))
    monkeypatch.setattr(index_run, "scan_rows", lambda *_: [pa.table({IDENTITY: ["a", "b"]})])
    monkeypatch.setattr(index_run, "load_stream", lambda *_: CLICKS)
    monkeypatch.setattr(index_run, "refuse_index", lambda *_: None)
    return found


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("call", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("step", STEPS)
def test_a_command_that_was_killed_goes_on_and_ends_as_one_that_was_not(
    index: Index, step: str, call: int, when: str
) -> None:
    index.kill = (step, call, when)
    try:
        index.run()
    except Killed:
        index.kill = None
        index.run()
    else:
        assert call > index.calls[step]
    ended = load_status(index.settings, PLAN.plan_id)
    assert (ended.state, ended.snapshot_id) == (INDEXED, 8)
    assert index.versions == {"a": ended.version, "b": ended.version}
    assert ended.version is not None and ended.version > NOW * 1000
    assert ended.documents == {"rows": 2, "written": 2, "removed": 1}
    assert index.run() == ended


def test_a_job_that_failed_is_told_and_begun_again_under_the_same_version(index: Index) -> None:
    index.outcome = "FAILED"
    with pytest.raises(TidegateError, match="ended as FAILED: no room"):
        index.run()
    version = load_status(index.settings, PLAN.plan_id).version
    index.outcome = "FINISHED"

    assert index.run().version == version
    assert [job.job_id for job in index.jobs] == ["job-0", "job-1"]


@pytest.mark.parametrize(("refused", "told"), [("b", 1), ("ab", 2)])
def test_where_new_documents_are_refused_none_is_removed_and_all_are_written_once_more(
    index: Index, refused: str, told: int
) -> None:
    index.refused = refused
    with pytest.raises(TidegateError, match=f"refused the new documents of {told} rows.*replay run {PLAN.plan_id}"):
        index.run()
    assert index.versions.keys() == {"a", "b", "c"}
    assert load_status(index.settings, PLAN.plan_id).documents == {}
    index.refused = ""

    assert index.run().state == INDEXED
    assert ({*index.versions}, len(index.jobs)) == ({"a", "b"}, 2)


def test_a_document_that_was_refused_before_too_stops_nothing(index: Index) -> None:
    index.refused = "b"
    del index.versions["b"]
    assert index.run().documents == {"rows": 2, "written": 1, "removed": 1}
    assert index.versions.keys() == {"a"}


def test_an_index_that_does_not_take_them_any_more_is_refused_before_its_job(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_run, "refuse_index", _refused)
    with pytest.raises(TidegateError, match="differs"):
        index.run()
    assert (index.jobs, load_status(index.settings, PLAN.plan_id).state) == ([], PUBLISHED)


def _refused(*_: object) -> None:
    raise TidegateError("The template differs.", remedy="Apply it.")


def test_its_version_is_above_those_of_the_documents_and_of_every_replay_before(index: Index) -> None:
    assert version_of(index.settings, PLAN) == NOW * 1000 + 1
    index.newest_ms = NOW + 7
    assert version_of(index.settings, PLAN) == (NOW + 8) * 1000
    index.newest_ms = 1 << 60
    assert NOW * 1000 < version_of(index.settings, PLAN) < 1 << 60
    index.newest_ms = NOW
    earlier = plan(plan_id="20260101t000000-0000")
    store_plan(index.settings, earlier)
    store_status(index.settings, earlier.plan_id, Status(INDEXED, version=NOW * 2000))
    assert version_of(index.settings, PLAN) == NOW * 2000 + 1
    store_plan(index.settings, plan(plan_id="20260101t000001-0000", dataset="orders"))
    store_status(index.settings, "20260101t000001-0000", Status(INDEXED, version=NOW * 3000))
    assert version_of(index.settings, PLAN) == NOW * 2000 + 1


def test_the_job_that_wrote_the_lake_is_not_taken_for_it(index: Index) -> None:
    index.jobs.append(FlinkJob("lake", PLAN.job_name, "FINISHED", OLD))
    client: Any = SimpleNamespace(jobs=lambda: index.jobs)
    status = Status(INDEXING, job_id="lake", started_at=OLD)
    assert index_job(client, PLAN, status) is None
    assert index_job(client, PLAN, replace(status, index_started_at=NOW)) is None
    index.jobs.append(FlinkJob("index", PLAN.job_name, "RUNNING", NOW))
    found = index_job(client, PLAN, replace(status, index_started_at=NOW))
    assert found is not None and found.job_id == "index"
