"""Letters after a replay: what is rejected and has none gets one from a job, what is not is resolved in the ledger."""

from collections.abc import Iterable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from tests.letters import letter
from tests.unit.dlq.conftest import served as served
from tests.unit.dlq.served import Served
from tests.unit.proof.test_replayed import marked, numbered, silver_rows
from tests.unit.replay.plans import plan
from tidegate.clients.audit import Action, new_action
from tidegate.clients.replay_evidence import Evidence
from tidegate.contracts.load import load_stream
from tidegate.contracts.naming import TableName
from tidegate.dead_letters.ledger import Entry, Outcome, Place, State
from tidegate.dead_letters.redriven import OF_HEADER
from tidegate.errors import TidegateError
from tidegate.own_files import one_at_a_time
from tidegate.proof.replayed import Replay, Replayed
from tidegate.proof.rows import concat
from tidegate.replay import letters as module
from tidegate.replay.letters import settle_letters
from tidegate.replay.plan import Plan
from tidegate.replay.row_range import RowRange
from tidegate.replay.store import plan_file, store_plan

PLAN = plan(rows=RowRange({0: (10, 20), 1: (0, 0)}))


class Letters:
    """What a replay of clicks has judged, the letters there are, the jobs that were begun and the entries."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.rejected = marked(11, 12)
        self.jobs: list[Plan] = []
        self.entries: list[Entry] = []
        self.live: list[Any] = []
        self.published: list[Evidence] = []
        self.asked: list[Evidence] = []
        store_plan(served.settings, PLAN)

    def settle(self) -> dict[str, int]:
        settings = self.served.settings
        return settle_letters(
            settings, load_stream(settings.schemas_dir, "clicks"), PLAN, new_action("replay", "clicks")
        )

    def read(self, _settings: object, _stream: object, asked: list[Evidence]) -> Replayed:
        self.asked = asked
        replay = Replay(PLAN.plan_id, {0: (10, 20)}, rejected=self.rejected, dropped=marked(13), duplicate=marked(14))
        later = [Replay(each.plan_id, each.spans, rejected=marked(7, 10)) for each in asked[:-1]]
        return Replayed.of([*later, replay], silver_rows((10, "a")) if not later else silver_rows((12, "c")))

    def begin(self, settings: Any, _client: object, name: str, arguments: list[str]) -> Any:
        assert (name, arguments[1]) == (PLAN.job_name, "--plan")
        file = plan_file(settings, PLAN.plan_id).with_name(f"{PLAN.plan_id}.letters.json")
        self.jobs.append(Plan.from_json(file.read_text()))
        return SimpleNamespace(job_id="j", state="FINISHED")

    def write(self, _settings: object, _action: Action, entries: Iterable[Entry]) -> Iterator[int]:
        found = [*entries]
        self.entries += found
        yield len(found)


@pytest.fixture
def letters(served: Served, monkeypatch: pytest.MonkeyPatch) -> Letters:
    made = Letters(served)
    monkeypatch.setattr(module, "FlinkClient", lambda _: SimpleNamespace(jobs=lambda: made.live))
    monkeypatch.setattr(module, "open_catalog", lambda _: None)
    monkeypatch.setattr(module, "published_evidence", lambda *_: made.published)
    monkeypatch.setattr(module, "read_replayed", made.read)
    monkeypatch.setattr(module, "table_if_there", lambda *_: "a table")
    monkeypatch.setattr(module, "begin", made.begin)
    monkeypatch.setattr(module, "wait_until_ended", lambda *_: SimpleNamespace(state="FINISHED"))
    monkeypatch.setattr(module, "write_entries", made.write)
    return made


def test_what_is_rejected_and_has_no_letter_gets_one(letters: Letters) -> None:
    letters.served.send(letter(11))
    assert letters.settle() == {"lettered": 1, "resolved": 0, "reopened": 0}
    (asked,) = letters.jobs
    assert (asked.offsets, asked.letters_of, asked.from_bronze) == ({0: (12,), 1: ()}, PLAN.plan_id, False)
    assert (asked.scope().outputs, asked.scope().every) == (frozenset({"dlq"}), True)
    letters.served.send(letter(12, stage="decode"))
    assert (letters.settle()["lettered"], len(letters.jobs)) == (0, 1)


def test_of_rows_each_needs_its_own_letter(letters: Letters) -> None:
    letters.rejected = concat([numbered((11, 1), (11, 2)), numbered((12, 1))])
    letters.served.send(letter(11, source={"row": 1}), letter(12))
    letters.settle()
    assert letters.jobs[0].offsets[0] == (11,)


def test_letters_of_later_stages_and_of_other_topics_are_none(letters: Letters) -> None:
    letters.served.send(letter(11, stage="index"), letter(12, source={"topic": "silver.clicks"}))
    assert letters.settle()["lettered"] == 2


def test_letters_of_what_passes_is_dropped_or_repeats_another_are_resolved(letters: Letters) -> None:
    every = [letter(offset) for offset in (10, 11, 12, 13, 14, 30)]
    letters.served.send(*every)
    letters.served.enter(every[3], State.PARKED)
    letters.served.enter(every[4], State.RESOLVED)
    assert letters.settle() == {"lettered": 0, "resolved": 2, "reopened": 0}
    assert sorted((each.source.offset, each.letter.offset, each.plan_id) for each in letters.entries) == [
        (10, 0, PLAN.plan_id),
        (13, 3, PLAN.plan_id),
    ]


def test_a_redriven_copys_letter_is_settled_by_its_origin_if_refine_believed_it(letters: Letters) -> None:
    of = {OF_HEADER: b"raw.clicks/0/10/abc"}
    letters.served.send(
        letter(40, source={"headers": of}, replay_id="a plan", attempt=2),
        letter(41, source={"headers": of}),
        letter(42, source={"headers": {OF_HEADER: b"nonsense"}}, replay_id="a plan"),
    )
    letters.rejected = marked()
    assert letters.settle() == {"lettered": 0, "resolved": 1, "reopened": 0}
    assert [(each.source.offset, each.attempt) for each in letters.entries] == [(40, 2)]


def test_what_an_earlier_replay_had_resolved_and_this_one_rejects_is_open_again(letters: Letters) -> None:
    """Not what a redrive has: its copy has passed, and is judged by itself."""
    every = [letter(offset) for offset in (11, 12, 13)]
    letters.served.send(*every)
    by_replay: dict[str, Any] = {"plan_id": "20260101t000000-0000", "outcome": Outcome.SILVER}
    letters.served.enter(every[0], State.RESOLVED, **by_replay)
    letters.served.enter(every[1], State.RESOLVED, **by_replay, copy=Place("raw.clicks", 0, 77))
    letters.served.enter(every[2], State.RESOLVED, **by_replay)
    assert letters.settle() == {"lettered": 0, "resolved": 0, "reopened": 1}
    (entry,) = letters.entries
    assert (entry.source.offset, entry.state, entry.plan_id, entry.outcome) == (11, State.OPEN, PLAN.plan_id, None)


def test_what_a_later_replay_has_judged_is_held_to_that_one(letters: Letters) -> None:
    """As of a command that was killed after its commit, and is run again when others have replayed its range."""
    own, before = (Evidence(name, PLAN.aside.table, PLAN.rows.spans, at) for name, at in ((PLAN.plan_id, 2), ("a", 1)))
    later = Evidence("b", TableName("replays.clicks__b"), {0: (5, 12)}, 3, filled=2)
    letters.published = [later, own, before]
    letters.served.send(letter(10), letter(12), letter(13))

    assert letters.settle() == {"lettered": 0, "resolved": 1, "reopened": 0}

    assert [(each.plan_id, each.filled) for each in letters.asked] == [("b", None), (PLAN.plan_id, None)]
    assert [each.source.offset for each in letters.entries] == [13]


def test_the_job_of_a_killed_command_is_waited_for(letters: Letters, monkeypatch: pytest.MonkeyPatch) -> None:
    def ended(*_: object) -> Any:
        letters.served.send(letter(11), letter(12))
        letters.live = []
        return SimpleNamespace(state="FINISHED")

    letters.live = [SimpleNamespace(live=True, name=PLAN.job_name, job_id="j")]
    monkeypatch.setattr(module, "wait_until_ended", ended)
    assert letters.settle()["lettered"] == 0


def test_of_a_replay_that_left_no_table_nothing_is_known(letters: Letters, monkeypatch: pytest.MonkeyPatch) -> None:
    """As one that an earlier version has published: letters stay as they are."""
    monkeypatch.setattr(module, "table_if_there", lambda *_: None)
    letters.served.send(letter(10))
    assert (letters.settle(), letters.entries) == ({"lettered": 0, "resolved": 0, "reopened": 0}, [])


def test_a_redrive_at_work_is_not_disturbed(letters: Letters) -> None:
    lock = letters.served.settings.home / "redrives" / "clicks.lock"
    with one_at_a_time(lock, "busy", remedy="wait"), pytest.raises(TidegateError, match="a redrive of clicks"):
        letters.settle()


def test_letters_are_looked_at_some_at_a_time(letters: Letters, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.letters_near, "__defaults__", (2,))
    letters.served.send(*(letter(offset) for offset in (10, 11, 12, 13, 14)))
    assert letters.settle() == {"lettered": 0, "resolved": 3, "reopened": 0}
    assert {each.source.offset for each in letters.entries} == {10, 13, 14}
