"""Redriven records and the ledger, on a broker inside the process: what is repaired, and each way to tamper with it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.broker import Broker
from tests.unit.proof.hand_written import HandWritten
from tidegate.clients.audit import Action, Phase
from tidegate.clients.ledger_columns import STATES, no_entries
from tidegate.dead_letters.ledger import State
from tidegate.proof.ledger_reader import LedgerReader, indexed, recorded
from tidegate.proof.redrives import Recorded
from tidegate.proof.report import FAULTS
from tidegate.proof.topics import TopicEvidence
from tidegate.proof.window import Window

COUNTS = ("raw", "silver", "dead_letter", "repaired", "parked", "duplicate", "copies")
Found = dict[str, list[int]]


@pytest.fixture
def written(broker: Broker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> HandWritten:
    return HandWritten(broker, tmp_path, monkeypatch)


def counts(evidence: TopicEvidence) -> dict[str, int]:
    verdicts = evidence.judge()
    found = {name: sum(getattr(verdict, name) for verdict in verdicts) for name in COUNTS}
    return {name: count for name, count in found.items() if count}


def found_by(evidence: TopicEvidence) -> tuple[Found, Found]:
    """Faults of the topics, and of the ledger."""
    ledger = evidence.judge_ledger().differences.get(0)
    both = [evidence.judge()[0].difference, *([ledger] if ledger else [])]
    offsets: list[Found] = [{fault: getattr(each, fault).tolist() for fault in FAULTS} for each in both]
    named = [{fault: places for fault, places in each.items() if places} for each in offsets]
    return named[0], named[1] if ledger else {}


def a_repaired_history(written: HandWritten, *, but: str = "") -> None:
    """Record 1 is redriven twice (3, 5), 2 once (4) and parked; 0 was good. Without the thing that is named."""
    letters = {offset: written.letter_id(offset) for offset in (1, 2, 3, 4)}
    written.raw("a", "b", "c")
    for offset in (1, 2):
        written.letter("rule", offset) if but != f"letter {offset}" else None
    written.copy("b", 1)
    written.copy("c", 2)
    written.letter("rule", 3)
    written.letter("rule", 4)
    written.copy("b", 1, attempt=2)
    written.silver((0, "a"), *([(5, "b")] if but != "silver" else []))
    for source, copy in ((1, 3), (2, 4), (3, 5)):
        written.record(letters[source], source, copy) if but != f"entry {source}" else None
    written.record(letters[4], 4, state=State.PARKED)


def test_origins_and_their_copies_are_one_event_each(written: HandWritten) -> None:
    a_repaired_history(written)

    evidence = written.evidence()

    assert counts(evidence) == {"raw": 3, "silver": 1, "repaired": 1, "parked": 1, "copies": 3}
    assert found_by(evidence) == ({}, {})


@pytest.mark.parametrize(
    ("but", "expected"),
    [
        ("letter 1", ({"missing": [1]}, {"unexplained": [1]})),
        ("letter 2", ({"missing": [2]}, {"unexplained": [2]})),
        ("entry 1", ({}, {"missing": [3]})),
        ("entry 2", ({}, {"missing": [4]})),
        ("entry 3", ({}, {"missing": [5]})),
        ("silver", ({"missing": [5]}, {})),
    ],
)
def test_what_was_taken_away_is_named(written: HandWritten, but: str, expected: tuple[Found, Found]) -> None:
    a_repaired_history(written, but=but)

    assert found_by(written.evidence()) == expected


def name_a_copy_that_is_not_there(written: HandWritten) -> None:
    written.raw("d")
    written.letter("rule", 6)
    written.record(written.letter_id(6), 6, copy=4711)


def name_a_record_that_is_no_copy(written: HandWritten) -> None:
    written.raw("d", "e")
    written.letter("rule", 6)
    written.silver((7, "e"))
    written.record(written.letter_id(6), 6, copy=7)


def record_a_second_copy(written: HandWritten) -> None:
    written.letter("decode", 2)
    written.copy("c", 2)
    written.letter("rule", 6)
    written.record(written.letter_id(2, "decode"), 2, copy=6)


@pytest.mark.parametrize(
    ("tamper", "expected"),
    [
        (name_a_copy_that_is_not_there, ({}, {"unexplained": [4711]})),
        (name_a_record_that_is_no_copy, ({}, {"unexplained": [7]})),
        (record_a_second_copy, ({"doubled": [2]}, {"doubled": [4, 6]})),
    ],
)
def test_what_was_added_is_named(
    written: HandWritten, tamper: Callable[[HandWritten], None], expected: tuple[Found, Found]
) -> None:
    a_repaired_history(written)
    tamper(written)

    assert found_by(written.evidence()) == expected


def test_a_producer_that_calls_its_record_a_copy_makes_an_event_of_its_own(written: HandWritten) -> None:
    a_repaired_history(written)
    written.copy("d", 0, key="a key of its own")
    written.silver((6, "d"))

    evidence = written.evidence()

    assert counts(evidence) == {"raw": 4, "silver": 2, "repaired": 1, "parked": 1, "copies": 3}
    assert found_by(evidence) == ({}, {})


def test_copies_behind_the_window_settle_its_events(written: HandWritten) -> None:
    a_repaired_history(written)
    windows = [Window(0, 1, 3, 6), *(Window(number, 0, 0, 0) for number in (1, 2, 3))]

    evidence = written.evidence(windows=windows)

    assert counts(evidence) == {"raw": 2, "repaired": 1, "parked": 1}
    assert found_by(evidence) == ({}, {})


def test_a_copy_and_its_entry_that_come_later_are_read(written: HandWritten) -> None:
    written.raw("a", "b")
    written.silver((0, "a"))
    written.letter("rule", 1)
    evidence = written.evidence()
    assert counts(evidence) == {"raw": 2, "silver": 1, "dead_letter": 1}

    written.copy("b", 1)
    written.record(written.letter_id(1), 1, copy=2)
    written.silver((2, "b"))

    assert (evidence.extend(), evidence.extend()) == (True, False)
    assert counts(evidence) == {"raw": 2, "silver": 1, "repaired": 1}


def test_only_entries_of_raw_records_are_about_raw() -> None:
    ledger = replace(
        no_entries(),
        letter=np.array([b"a", b"b"]),
        state=np.array([STATES.index(State.DISCARDED), STATES.index(State.OPEN)], np.int8),
        source=np.array([(1, 7), (-1, -1)]),
        copy=np.array([(0, 9), (-1, -1)]),
        has_copy=np.array([True, False]),
        indexed=np.array([False, True]),
        changed_at=np.zeros(2, np.int64),
        action=np.array([b"", b""]),
        digest=np.zeros(2, np.int64),
    )

    assert [*recorded(ledger)] == [Recorded("a", (1, 7), (0, 9), is_discarded=True)]
    assert indexed(ledger) == {"b"}


def told_by(evidence: TopicEvidence, since_ms: int | None = None) -> dict[str, tuple[str, ...]]:
    """What has no place in raw, by fault."""
    return {fault: named.first for fault, named in evidence.judge_ledger(since_ms).named.items()}


def decided(written: HandWritten, *lost: int | Phase) -> tuple[Action, Action]:
    """Letters 0 and 1 are parked, and 1 is then discarded, but for what of the second action is lost."""
    written.raw("a", "b")
    for offset in (0, 1):
        written.letter("rule", offset)
    return written.decide(State.PARKED, 0, 1, at=1_000), written.decide(State.DISCARDED, 1, lost=lost, at=2_000)


def test_what_was_decided_and_what_the_audit_tells_agree(written: HandWritten) -> None:
    decided(written)
    evidence = written.evidence()

    verdict = evidence.judge_ledger()
    assert (verdict.expected, verdict.actual, verdict.named) == (2, 2, {})
    assert counts(evidence) == {"raw": 2, "dead_letter": 1, "parked": 1}


@pytest.mark.parametrize(
    ("lost", "fault", "expected"),
    [
        (1, "missing", "letter {letter} has lost its entry (discarded {action})"),
        ("begun", "unexplained", "audit: discarded {action} has no record of its beginning"),
        ("entries", "missing", "audit: discarded {action} names 0 of its 1 letters"),
    ],
)
def test_a_record_that_is_lost_of_the_ledger_or_its_audit_is_named(
    written: HandWritten, lost: int | Phase, fault: str, expected: str
) -> None:
    _, second = decided(written, lost)

    found = told_by(written.evidence())

    assert found[fault] == (expected.format(letter=written.letter_id(1), action=second.action_id[:12]),)
    assert written.evidence().judge_ledger().lacks == (fault == "missing")


def test_an_action_whose_end_is_lost_is_no_fault_and_told(written: HandWritten) -> None:
    decided(written, "ended")
    evidence = written.evidence()

    assert (told_by(evidence), evidence.unended(None), evidence.unended(2_001)) == ({}, {"discarded": 1}, {})


def test_the_first_entry_of_a_letter_that_is_lost_is_named(written: HandWritten) -> None:
    written.raw("a")
    written.letter("rule", 0)
    action = written.decide(State.PARKED, 0, lost=[0])

    name = f"letter {written.letter_id(0)} has lost its entry (parked {action.action_id[:12]})"
    assert told_by(written.evidence()) == {"missing": (name,)}


def test_an_entry_that_says_something_else_than_was_written_is_named(written: HandWritten) -> None:
    _, second = decided(written)
    written.record(written.letter_id(1), 1, state=State.OPEN)

    name = f"letter {written.letter_id(1)} is not as it was written (discarded {second.action_id[:12]})"
    assert told_by(written.evidence()) == {"unexplained": (name,)}


def test_entries_of_an_action_of_which_every_record_is_lost_are_named(written: HandWritten) -> None:
    written.raw("a")
    written.letter("rule", 0)
    action = written.decide(State.PARKED, 0, lost=["begun", "entries", "ended"])

    name = f"letter {written.letter_id(0)} is parked by action {action.action_id[:12]}, which does not name it"
    assert told_by(written.evidence()) == {"unexplained": (name,)}


def test_what_was_lost_before_the_window_is_another_proofs(written: HandWritten) -> None:
    decided(written, 1, "begun")
    evidence = written.evidence()

    assert told_by(evidence, 2_001) == {}
    assert {*told_by(evidence, 2_000)} == {"missing", "unexplained"}


def test_a_letter_that_was_decided_on_and_then_redriven_has_its_copy_for_a_witness(written: HandWritten) -> None:
    written.raw("a")
    written.letter("rule", 0)
    written.decide(State.PARKED, 0)
    written.copy("a", 0)
    written.silver((1, "a"))
    written.record(written.letter_id(0), 0, copy=1)

    evidence = written.evidence()
    assert counts(evidence) == {"raw": 1, "repaired": 1, "copies": 1}
    assert told_by(evidence) == {}


def test_a_decision_that_is_taken_meanwhile_is_no_fault(written: HandWritten) -> None:
    decided(written)
    evidence = written.evidence()

    written.decide(State.OPEN, 0)

    assert (evidence.extend(), told_by(evidence), evidence.extend()) == (True, {}, False)


def test_entries_of_before_the_audit_told_of_them_are_believed(written: HandWritten) -> None:
    written.raw("a")
    written.letter("rule", 0)
    written.record(written.letter_id(0), 0, state=State.PARKED)

    evidence = written.evidence()
    assert (told_by(evidence), counts(evidence)) == ({}, {"raw": 1, "parked": 1})


def test_the_ledger_is_read_again_only_when_it_has_grown(written: HandWritten) -> None:
    reader = LedgerReader(written.settings, written.dataset)
    assert (reader.extend(), reader.recorded) == (False, [])

    written.record("a", 1, state=State.PARKED)

    assert (reader.extend(), reader.extend()) == (True, False)
    assert [each.letter for each in reader.recorded] == ["a"]
