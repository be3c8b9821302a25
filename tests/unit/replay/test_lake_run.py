"""Killed at any step and run again, a replay ends as if nothing had been: published once, nothing left aside."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.unit.replay.lake import VISITS, Lake
from tests.unit.replay.plans import plan
from tests.unit.replay.runs import Killed, Replay
from tidegate.clients import replay_notes
from tidegate.clients.replay_evidence import Evidence, published_evidence
from tidegate.errors import TidegateError
from tidegate.own_files import one_at_a_time
from tidegate.replay import lake_run, publish
from tidegate.replay.lake_run import cancel, hold_to
from tidegate.replay.prove_range import RangeProof
from tidegate.replay.range_plan import NextSilver, RangePlan
from tidegate.replay.row_range import RowRange
from tidegate.replay.store import (
    CANCELLED,
    DONE,
    FILLED,
    FILLING,
    INDEXED,
    INDEXING,
    PLANNED,
    WRITING,
    WRITTEN,
    Status,
    load_status,
    store_status,
)
from tidegate.settings import Settings

STEPS = (
    *("write_aside", "prepare", "keep_evidence", "publish", "note_published", "clear_branch", "settle_letters"),
    *("write_documents", "prove_range", "store_status"),
)


@contextmanager
def audited(_settings: Settings, _action: object) -> Iterator[Mapping[str, int]]:
    yield {}


@pytest.fixture
def replay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Replay:
    """Of offsets 10 to 20: one passes, one is a duplicate, all others are rejected."""
    lake = Lake(tmp_path)
    planned = lake.append((5, "e5", "old"), (12, "e12", "old"), (25, "e25", "old"))
    made = plan(dataset=VISITS.name, rows=RowRange({0: (10, 20)}), snapshot_id=planned, target="lake,index")
    replay = Replay(lake, Settings(home=tmp_path), made)
    steps: dict[str, Callable[..., Any]] = {
        "write_aside": replay.write_aside,
        "prepare": publish.prepare,
        "publish": publish.publish,
        "clear_aside": replay.clear_aside,
        "clear_branch": replay.clear_branch,
        "keep_evidence": publish.keep_evidence,
        "note_published": replay_notes.note_published,
        "write_documents": replay.write_documents,
        "settle_letters": replay.settle_letters,
        "prove_range": lambda *_: RangeProof("The proof holds.", True),
        "store_status": store_status,
    }
    for name, real in steps.items():
        monkeypatch.setattr(lake_run, name, replay.step(name, real))
    for module in (lake_run, publish):
        monkeypatch.setattr(module, "open_table", lake.opened)
    monkeypatch.setattr(publish, "table_if_there", lake.opened)
    monkeypatch.setattr(replay_notes, "open_catalog", lambda _: lake.catalog)
    monkeypatch.setattr(replay_notes, "find_table", lambda _, name: lake.opened(replay.settings, name))
    monkeypatch.setattr(publish, "_raw", lambda *_: lake.raw)
    monkeypatch.setattr(lake_run, "load_stream", lambda *_: VISITS)
    monkeypatch.setattr(lake_run, "audited", audited)
    monkeypatch.setattr(lake_run, "drop_outlived", lambda *_: [])
    monkeypatch.setattr(lake_run, "index_job", lambda *_: None)
    monkeypatch.setattr(lake_run, "refuse_index", lambda *_: None)
    monkeypatch.setattr(lake_run, "refuse_what_is_filled", lambda *_: None)
    monkeypatch.setattr(lake_run, "FlinkClient", lambda _: SimpleNamespace(jobs=list))
    return replay


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("call", [1, 2, 3])
@pytest.mark.parametrize("step", STEPS)
def test_a_command_that_was_killed_goes_on_and_ends_as_one_that_was_not(
    replay: Replay, step: str, call: int, when: str
) -> None:
    replay.kill = (step, call, when)
    try:
        replay.run()
    except Killed:
        replay.kill = None
        replay.lake.append((30, "e30", "live"))
        if load_status(replay.settings, replay.plan.plan_id).state != DONE:
            replay.run()
    else:
        assert call > replay.calls[step]
    ended = load_status(replay.settings, replay.plan.plan_id)
    assert (ended.state, ended.proof, ended.proof_holds) == (DONE, "The proof holds.", True)
    assert ended.counts["passed"] == ended.counts["duplicates"] == 1
    assert ended.counts["now_rejected"] == 1
    assert {*replay.lettered} == {1}
    if step not in ("settle_letters", "store_status"):
        assert ended.letters == {"lettered": 8, "resolved": 1, "reopened": 0}
    assert replay.commits() == 1
    assert replay.indexed and all((10, "new") in content for content in replay.indexed)
    assert [row for row in replay.lake.content() if row[1] != "live"] == [(5, "old"), (10, "new"), (25, "old")]
    table = replay.lake.catalog.load_table(replay.plan.table)
    assert [*table.metadata.refs] == ["main"]
    assert [(each.plan_id, each.spans) for each in evidence(replay)] == [(replay.plan.plan_id, {0: (10, 20)})]
    side = replay.lake.catalog.load_table(replay.plan.aside.table).scan().to_arrow().to_pylist()
    assert [row["_source_offset"] for row in side if row["verdict"] == "duplicate"] == [11]


def test_nothing_is_published_while_a_redrive_is_at_work(replay: Replay) -> None:
    """It would send the records of letters that wait, and these may have their rows by the commit."""
    lock = replay.settings.home / "redrives" / f"{VISITS.name}.lock"
    with one_at_a_time(lock, "busy", remedy="wait"), pytest.raises(TidegateError, match="a redrive of visits"):
        replay.run()
    assert (replay.commits(), load_status(replay.settings, replay.plan.plan_id).state) == (0, WRITTEN)
    replay.run()
    assert (replay.commits(), load_status(replay.settings, replay.plan.plan_id).state) == (1, DONE)


def test_letters_are_settled_before_documents_are_written(replay: Replay) -> None:
    replay.kill = ("write_documents", 1, "before")
    with pytest.raises(Killed):
        replay.run()
    assert [*replay.lettered] == [1]


def evidence(replay: Replay) -> list[Evidence]:
    return published_evidence(replay.settings, replay.lake.catalog, VISITS.name)


@pytest.mark.parametrize(("when", "known"), [("before", 0), ("after", 1)])
def test_the_proof_knows_of_it_from_the_commit_on(replay: Replay, when: str, known: int) -> None:
    """Also where the command was killed behind the commit, and nothing was noted."""
    replay.kill = ("publish", 1, when)
    with pytest.raises(Killed):
        replay.run()
    assert len(evidence(replay)) == known


def test_a_job_that_ended_without_its_last_files_is_begun_anew(replay: Replay, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once by itself; whoever runs it again has it begun anew, too."""
    short = [True, True, True]

    def write_aside(settings: Settings, made: RangePlan, status: Status, tell: object) -> Status:
        written = replay.write_aside(settings, made, status, tell)
        if short and short.pop():
            replay.clear_aside(settings, made)
            replay.lake.aside(made, [(10, "e10", "new")], {12: "rejected"})
        return written

    monkeypatch.setattr(lake_run, "write_aside", write_aside)
    with pytest.raises(TidegateError, match="no verdict on 0:11"):
        replay.run()
    assert replay.commits() == 0
    assert replay.run().proof_holds
    assert (replay.commits(), short) == (1, [])


def test_one_that_has_ended_is_not_run_again(replay: Replay) -> None:
    replay.run()
    with pytest.raises(TidegateError, match="is done"):
        replay.run()
    with pytest.raises(TidegateError, match="there is nothing to cancel"):
        cancel(replay.settings, replay.plan, "ann@host")


@pytest.mark.parametrize(("step", "when"), [("write_aside", "before"), ("write_aside", "after"), ("publish", "before")])
def test_cancelled_before_the_commit_nothing_of_it_is_left(replay: Replay, step: str, when: str) -> None:
    replay.kill = (step, 1, when)
    before = replay.lake.content()
    with pytest.raises(Killed):
        replay.run()
    assert cancel(replay.settings, replay.plan, "ann@host").state == CANCELLED
    assert replay.lake.content() == before
    assert replay.plan.aside.table not in replay.lake.catalog.tables
    assert [*replay.lake.catalog.load_table(replay.plan.table).metadata.refs] == ["main"]
    with pytest.raises(TidegateError, match="is cancelled"):
        replay.run()


def test_killed_after_the_commit_it_can_not_be_cancelled(replay: Replay) -> None:
    replay.plan = replace(replay.plan, target="lake")
    replay.kill = ("publish", 1, "after")
    with pytest.raises(Killed):
        replay.run()
    with pytest.raises(TidegateError, match="is published: there is nothing to cancel"):
        cancel(replay.settings, replay.plan, "ann@host")


def test_a_rate_is_kept_for_whoever_begins_the_job(replay: Replay) -> None:
    hold_to(replay.settings, replay.plan, 250.0)
    assert load_status(replay.settings, replay.plan.plan_id) == Status(rate=250.0)


def test_cancelled_between_the_commit_and_the_index_it_says_what_stays(replay: Replay) -> None:
    replay.kill = ("write_documents", 1, "before")
    with pytest.raises(Killed):
        replay.run()
    status = load_status(replay.settings, replay.plan.plan_id)
    store_status(replay.settings, replay.plan.plan_id, replace(status, state=INDEXING))

    ended = cancel(replay.settings, replay.plan, "ann@host")

    assert (ended.state, replay.commits(), replay.indexed) == (CANCELLED, 1, [])
    assert ended.snapshot_id is not None
    assert len(evidence(replay)) == 1
    assert ended.letters["lettered"] == 8


def test_the_index_alone_leaves_the_lake_as_it_is(replay: Replay) -> None:
    replay.plan = replace(replay.plan, target="index")
    before = replay.lake.content()

    assert replay.run().state == DONE

    assert replay.indexed == [before]
    assert (replay.commits(), replay.lake.content()) == (0, before)
    assert not {"write_aside", "prepare", "publish"} & replay.calls.keys()


def test_an_index_that_does_not_take_documents_is_refused_before_the_lake_changes(
    replay: Replay, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The contract may have changed since the plan; of the lake alone nothing is asked."""

    def refused(*_: object) -> None:
        raise TidegateError("The template differs.", remedy="Apply it.")

    monkeypatch.setattr(lake_run, "refuse_index", refused)
    with pytest.raises(TidegateError, match="differs"):
        replay.run()
    assert replay.calls == {}
    replay.plan = replace(replay.plan, target="lake")
    assert replay.run().state == DONE


def test_silver_s_next_topics_come_last_and_only_if_the_proof_holds(
    replay: Replay, monkeypatch: pytest.MonkeyPatch
) -> None:
    replay.plan = replace(replay.plan, target="lake,index,silver", silver=NextSilver(2, 1, 10, 100))
    failing = [RangeProof("One row is missing.", False), RangeProof("The proof holds.", True)]
    states = [FILLING, FILLED]

    def fill(settings: Settings, made: RangePlan, status: Status) -> Status:
        assert replay.commits() == 1 and replay.indexed
        return store_status(settings, made.plan_id, replace(status, state=states.pop(0), filled={"rows": 3}))

    monkeypatch.setattr(lake_run, "prove_range", lambda *_: failing.pop(0))
    monkeypatch.setattr(lake_run, "fill_next", fill)
    status = replay.run()
    assert (status.state, status.proof, status.ended_at) == (INDEXED, "One row is missing.", None)
    assert replay.run().state == FILLING
    ended = replay.run()  # nothing is proved or written once more
    assert (ended.state, ended.filled, len(replay.indexed)) == (FILLED, {"rows": 3}, 2)
    assert replay.run() == ended
    taken: list[Status] = []
    monkeypatch.setattr(lake_run, "take_away", lambda *given: taken.append(given[-1]))
    cancelled = cancel(replay.settings, replay.plan, "ann@host")
    assert (cancelled.state, cancelled.snapshot_id, taken) == (CANCELLED, ended.snapshot_id, [ended])


@pytest.mark.parametrize("state", [PLANNED, WRITING, WRITTEN])
def test_no_replay_into_the_lake_publishes_beside_topics_that_are_filled(
    replay: Replay, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    store_status(replay.settings, replay.plan.plan_id, Status(state))
    replay.calls.clear()

    def refused(*_: object) -> None:
        raise TidegateError("They are filled.", remedy="Switch.")

    monkeypatch.setattr(lake_run, "refuse_what_is_filled", refused)
    with pytest.raises(TidegateError, match="They are filled"):
        replay.run()
    assert replay.calls == {}
    replay.plan = replace(replay.plan, target="index")
    assert replay.run().state == DONE


@pytest.mark.parametrize("kill", [("publish", 1, "after"), ("store_status", 2, "before"), ("store_status", 2, "after")])
def test_the_lake_as_it_was_before_keeps_a_name_until_the_replay_is_cancelled(
    replay: Replay, monkeypatch: pytest.MonkeyPatch, kill: tuple[str, int, str]
) -> None:
    monkeypatch.setattr(lake_run, "fill_next", lambda _settings, _plan, status: replace(status, state=FILLED))
    monkeypatch.setattr(lake_run, "take_away", lambda *_: None)
    before = replay.lake.content()
    replay.plan = replace(replay.plan, target="lake,index,silver", silver=NextSilver(2, 1, 10, 100))
    replay.kill = kill
    with pytest.raises(Killed):
        replay.run()
    replay.kill = None
    replay.lake.append((30, "e30", "live"))
    replay.run()
    table = replay.lake.catalog.load_table(replay.plan.table)
    named = table.metadata.refs[replay.plan.before_tag]
    found = table.scan(snapshot_id=named.snapshot_id).to_arrow().to_pylist()
    assert sorted((row["_source_offset"], row["value"]) for row in found) == before
    cancel(replay.settings, replay.plan, "ann@host")
    assert [*replay.lake.catalog.load_table(replay.plan.table).metadata.refs] == ["main"]
