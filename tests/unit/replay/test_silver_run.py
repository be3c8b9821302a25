"""The step of a replay that fills silver's next topics, and what takes them away again."""

from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.unit.replay.plans import PLAN, plan
from tests.unit.sql.visits import stream
from tidegate.clients.flink import FlinkJob
from tidegate.errors import TidegateError
from tidegate.replay import silver_run
from tidegate.replay.fill_run import Ends
from tidegate.replay.range_plan import NextSilver, RangePlan
from tidegate.replay.silver_run import fill_next, refuse_version, take_away
from tidegate.replay.store import FILLED, FILLING, INDEXED, Status, load_status, store_plan, store_status
from tidegate.settings import Settings
from tidegate.sql.replay_silver import Filling

VISITS = stream()
INTO_SILVER = plan(dataset="visits", target="lake,silver", silver=NextSilver(2, 1, 10, 100))
ASKED: Ends = {"silver": {0: 9}, "dropped": {0: 4}}


class Killed(BaseException):
    """The command ends here."""


class Topics:
    """To which ends they were filled; ``end`` is where the old ones end now, and they go on growing."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.end = 9
        self.asked: list[Ends] = []
        self.job: FlinkJob | None = None
        self.deleted: list[int] = []
        self.noted: list[tuple[str, int]] = []
        self.cancelled: list[str] = []

    def take_back(self, _settings: Settings, table: str) -> None:
        assert not self.deleted, "the proof would hold topics to it that are filled anew by another replay"
        self.noted.append((table, 0))

    def now(self, _settings: Settings, _stream: object, version: int) -> Ends:
        assert version == 1
        return {"silver": {0: self.end}, "dropped": {0: 4}}

    def fill(self, settings: Settings, made: RangePlan, status: Status, ends: Ends) -> Status:
        self.asked.append(ends)
        spans = {number: (0, end) for number, end in ends["silver"].items()}
        filling = Filling("visits", made.plan_id, 2, spans, {0: (0, 4)}, {}, {})
        status = store_status(settings, made.plan_id, replace(status, filling=asdict(filling)))
        return store_status(settings, made.plan_id, replace(status, filled={"rows": 3}))


@pytest.fixture
def topics(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Topics:
    found = Topics(Settings(home=tmp_path))
    client = SimpleNamespace(cancel=found.cancelled.append)
    monkeypatch.setattr(silver_run, "FlinkClient", lambda _: client)
    monkeypatch.setattr(silver_run, "load_stream", lambda *_: VISITS)
    monkeypatch.setattr(silver_run, "ends_now", found.now)
    monkeypatch.setattr(silver_run, "note_filled", lambda _, table, version: found.noted.append((table, version)))
    monkeypatch.setattr(silver_run, "note_not_filled", found.take_back)
    monkeypatch.setattr(silver_run, "fill", found.fill)
    monkeypatch.setattr(silver_run, "fill_job", lambda *_: found.job)
    monkeypatch.setattr(silver_run, "wait_until_gone", lambda *_: None)
    monkeypatch.setattr(silver_run, "delete_next", lambda _settings, _stream, version: found.deleted.append(version))
    return found


@pytest.mark.parametrize("call", [1, 2, 3, 4])
def test_killed_anywhere_it_fills_up_to_the_ends_that_it_began_with(
    topics: Topics, monkeypatch: pytest.MonkeyPatch, call: int
) -> None:
    calls: list[Status] = []

    def stored(settings: Settings, plan_id: str, status: Status) -> Status:
        calls.append(status)
        if len(calls) == call:
            raise Killed
        return store_status(settings, plan_id, status)

    with monkeypatch.context() as killing, suppress(Killed):
        killing.setattr(silver_run, "store_status", stored)
        killing.setattr(f"{__name__}.store_status", stored)
        fill_next(topics.settings, INTO_SILVER, Status(INDEXED))
    began = bool(load_status(topics.settings, PLAN.plan_id).filling)
    topics.end = 50
    ended = fill_next(topics.settings, INTO_SILVER, load_status(topics.settings, PLAN.plan_id))
    assert (ended.state, ended.filled) == (FILLED, {"rows": 3})
    assert topics.noted[-1] == (INTO_SILVER.aside.table, 2), "the proof holds them to it from now on"
    assert topics.asked[-1] == ASKED if began else topics.asked[-1]["silver"] == {0: 50}


def test_while_it_works_the_replay_says_so(topics: Topics, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> Status:
        raise TidegateError("No room.", remedy="Make some.")

    monkeypatch.setattr(silver_run, "fill", fails)
    with pytest.raises(TidegateError, match="No room"):
        fill_next(topics.settings, INTO_SILVER, Status(INDEXED))
    assert load_status(topics.settings, PLAN.plan_id).state == FILLING


def test_topics_that_another_replay_has_filled_are_left_to_it(topics: Topics) -> None:
    other = plan(plan_id="20260102t030405-ffff", dataset="visits", target="lake,silver", silver=INTO_SILVER.silver)
    store_plan(topics.settings, other)
    store_status(topics.settings, other.plan_id, Status(FILLED, filling={"version": 2}))
    with pytest.raises(TidegateError, match=f"filled already, by the replay {other.plan_id}"):
        fill_next(topics.settings, INTO_SILVER, Status(INDEXED))
    assert topics.asked == []


def test_the_version_is_the_one_behind_the_contract_s() -> None:
    refuse_version(INTO_SILVER, VISITS)
    refuse_version(PLAN, VISITS)
    with pytest.raises(
        TidegateError, match="fills version 2 of silver's topics, and the contract of visits says version 2"
    ):
        refuse_version(INTO_SILVER, VISITS.of_silver_version(2))


@pytest.mark.parametrize(("state", "ended"), [("RUNNING", ["j"]), ("FINISHED", [])])
def test_its_job_is_ended_before_its_topics_are_deleted(topics: Topics, state: str, ended: list[str]) -> None:
    topics.job = FlinkJob("j", PLAN.job_name, state, 5)
    take_away(topics.settings, INTO_SILVER, Status(FILLED, filling={"version": 2}))
    assert (topics.cancelled, topics.deleted) == (ended, [2])
    assert topics.noted == [(INTO_SILVER.aside.table, 0)]


def test_what_was_never_made_is_not_deleted(topics: Topics) -> None:
    take_away(topics.settings, INTO_SILVER, Status(INDEXED))
    take_away(topics.settings, PLAN, Status(INDEXED))
    assert topics.deleted == []
