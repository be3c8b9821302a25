"""What the batch of a replay has not written has no row any more, and goes; run again, it ends the same."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.unit.replay.lake import VISITS
from tests.unit.replay.plans import plan
from tests.unit.sql.visits import METRIC
from tidegate.clients.flink import FlinkJob
from tidegate.clients.gold import Figure
from tidegate.errors import TidegateError
from tidegate.replay import metrics_run as module
from tidegate.replay.metrics_run import not_written, query_of, run_metrics
from tidegate.replay.row_range import EventTimes, RowRange
from tidegate.replay.store import DONE, Status, load_status
from tidegate.settings import Settings

PLAN = plan(dataset=VISITS.name, target="metrics", rows=RowRange({}, EventTimes("visited_at", 0, 86_400_000_000)))


def figure(page: str, offset: int, partition: int = 0) -> Figure:
    return Figure(page.encode(), {"minute": "1970-01-01T00:00:00Z", "page": page}, partition, offset)


def test_what_lies_before_the_ends_was_not_written() -> None:
    old, new, other = figure("/old", 9), figure("/new", 10), figure("/other", 3, partition=1)
    assert not_written([old, new, other], {0: 10, 1: 3}) == [old]
    assert not_written([old], {}) == []


def test_a_key_that_the_batch_has_put_into_another_partition_is_written() -> None:
    stale, new = figure("/", 2), figure("/", 0, partition=5)
    assert not_written([new, stale], {0: 10, 5: 0}) == []
    assert not_written([new, stale], {0: 10, 5: 1}) == [new, stale]


def test_a_document_is_found_by_its_key() -> None:
    assert query_of(METRIC, figure("/old", 9)) == {
        "bool": {"filter": [{"term": {"minute": "1970-01-01T00:00:00Z"}}, {"term": {"page": "/old"}}]}
    }


class Gold:
    """The topic of the metric, of which a batch writes ``counts``."""

    def __init__(self) -> None:
        self.figures = {"/old": figure("/old", 0), "/both": figure("/both", 1)}
        self.counts = ["/both", "/new"]
        self.deleted: list[Any] = []
        self.end = 2
        self.jobs = [FlinkJob("other", "replay.other", "RUNNING", 0)]
        self.is_open = False
        self.steps: list[str] = []

    def ends(self, *_: object) -> dict[int, int]:
        self.steps.append("looked")
        return {0: self.end}

    def cancel(self, job_id: str) -> None:
        self.steps.append(f"cancelled {job_id}")
        self.jobs = [replace(job, state="CANCELED") if job.job_id == job_id else job for job in self.jobs]

    def end_what_is_open(self, *_: object) -> None:
        self.steps.append("ended")
        self.is_open = False

    def seen(self, *_: object) -> list[Figure]:
        """What readers see: nothing behind a transaction that is open."""
        return [each for each in self.figures.values() if not self.is_open or each.offset < 2]

    def batch(self, *_: object) -> Status:
        for page in self.counts:
            self.figures[page] = figure(page, self.end)
            self.end += 1
        return Status()

    def take_away(self, _settings: Settings, _metric: object, figures: list[Figure]) -> None:
        self.is_open = False
        for each in figures:
            del self.figures[each.key.decode()]


@contextmanager
def audited(_settings: Settings, _action: object) -> Iterator[Mapping[str, int]]:
    yield {}


@pytest.fixture
def gold(monkeypatch: pytest.MonkeyPatch) -> Gold:
    made = Gold()
    search = SimpleNamespace(refresh=lambda _: None, delete_where=lambda *given: made.deleted.append(given))
    stands: dict[str, Any] = {
        "load_stream": lambda *_: VISITS,
        "refuse_what_is_open": lambda *_: None,
        "audited": audited,
        "gold_ends": made.ends,
        "gold_figures": made.seen,
        "take_away": made.take_away,
        "end_what_is_open": made.end_what_is_open,
        "FlinkClient": lambda _: SimpleNamespace(jobs=lambda: made.jobs, cancel=made.cancel),
        "_count": made.batch,
        "SearchClient": lambda _: search,
    }
    for name, stand in stands.items():
        monkeypatch.setattr(module, name, stand)
    return made


def test_every_figure_is_of_the_batch_and_the_others_go(gold: Gold, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    ended = run_metrics(settings, PLAN, "ann@host")
    assert gold.figures.keys() == {"/both", "/new"}
    assert gold.deleted == [(METRIC.index, query_of(METRIC, figure("/old", 0)))]
    assert (ended.state, ended.proof_holds) == (DONE, True)
    assert "2 figures of 1 metrics" in str(ended.proof)
    assert "1 that have no row any more were removed" in str(ended.proof)
    with pytest.raises(TidegateError, match="is done"):
        run_metrics(settings, PLAN, "ann@host")


@pytest.mark.parametrize("step", ["take_away", "SearchClient"])
def test_one_that_was_killed_behind_the_batch_ends_the_same(
    step: str, gold: Gold, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(home=tmp_path)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as changed, pytest.raises(KeyboardInterrupt):
        changed.setattr(module, step, killed)
        run_metrics(settings, PLAN, "ann@host")
    assert load_status(settings, PLAN.plan_id).state != DONE
    gold.deleted.clear()
    assert run_metrics(settings, PLAN, "ann@host").proof_holds
    assert gold.figures.keys() == {"/both", "/new"}
    assert [query for _, query in gold.deleted] == [query_of(METRIC, figure("/old", 0))]


def test_what_one_that_was_killed_has_begun_to_take_away_hides_no_figure_of_the_batch(
    gold: Gold, tmp_path: Path
) -> None:
    gold.is_open = True
    assert run_metrics(Settings(home=tmp_path), PLAN, "ann@host").proof_holds
    assert gold.figures.keys() == {"/both", "/new"}
    assert gold.steps[:2] == ["ended", "looked"]


def test_the_batch_of_one_that_was_killed_is_ended_before_anything_is_read(gold: Gold, tmp_path: Path) -> None:
    gold.jobs.append(FlinkJob("orphan", PLAN.job_name, "RUNNING", 0))
    gold.jobs.append(FlinkJob("older", PLAN.job_name, "FAILED", 0))
    assert run_metrics(Settings(home=tmp_path), PLAN, "ann@host").proof_holds
    assert gold.steps == ["cancelled orphan", "ended", "looked"]


def test_a_figure_that_is_left_is_told_and_does_not_hold(
    gold: Gold, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "take_away", lambda *_: None)
    ended = run_metrics(Settings(home=tmp_path), PLAN, "ann@host")
    assert gold.figures.keys() == {"/old", "/both", "/new"}
    assert (ended.state, ended.proof_holds) == (DONE, False)
    assert "1 have been written by somebody else" in str(ended.proof)
