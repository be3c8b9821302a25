"""What the batch of a replay has not written has no row any more, and goes; run again, it ends the same."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.unit.replay.lake import VISITS
from tests.unit.replay.plans import plan
from tests.unit.sql.visits import METRIC
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

    def batch(self, *_: object) -> Status:
        for page in self.counts:
            self.figures[page] = figure(page, self.end)
            self.end += 1
        return Status()

    def take_away(self, _settings: Settings, _metric: object, figures: list[Figure]) -> None:
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
        "gold_ends": lambda *_: {0: made.end},
        "gold_figures": lambda *_: [*made.figures.values()],
        "take_away": made.take_away,
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


def test_one_that_was_killed_behind_the_batch_ends_the_same(
    gold: Gold, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(home=tmp_path)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as changed, pytest.raises(KeyboardInterrupt):
        changed.setattr(module, "take_away", killed)
        run_metrics(settings, PLAN, "ann@host")
    assert load_status(settings, PLAN.plan_id).state != DONE
    assert run_metrics(settings, PLAN, "ann@host").proof_holds
    assert gold.figures.keys() == {"/both", "/new"}


def test_a_figure_that_is_left_is_told_and_does_not_hold(
    gold: Gold, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "take_away", lambda *_: None)
    ended = run_metrics(Settings(home=tmp_path), PLAN, "ann@host")
    assert gold.figures.keys() == {"/old", "/both", "/new"}
    assert (ended.state, ended.proof_holds) == (DONE, False)
    assert "1 have been written by somebody else" in str(ended.proof)
