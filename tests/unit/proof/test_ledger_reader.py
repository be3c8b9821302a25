"""Redriven records and the ledger, on a broker inside the process: what is repaired, and each way to tamper with it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.broker import Broker
from tests.unit.proof.hand_written import HandWritten
from tidegate.dead_letters.ledger import Entry, Place, State
from tidegate.proof.ledger_reader import LedgerReader, recorded
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


def test_only_entries_of_raw_records_are_about_raw(written: HandWritten) -> None:
    place = Place("raw.x", 1, 7)
    about = Entry("a", "x", State.DISCARDED, Place("dlq.x", 0, 0), place, 0, "anna", copy=Place("raw.x", 0, 9))
    other = Entry("b", "x", State.OPEN, Place("dlq.x", 0, 1), Place("silver.x", 0, 0), 0, "anna")

    assert [*recorded([about, other], "raw.x")] == [Recorded("a", (1, 7), (0, 9), is_discarded=True)]


def test_the_ledger_is_read_again_only_when_it_has_grown(written: HandWritten) -> None:
    reader = LedgerReader(written.settings, written.dataset)
    assert (reader.extend(), reader.recorded) == (False, [])

    written.record("a", 1, state=State.PARKED)

    assert (reader.extend(), reader.extend()) == (True, False)
    assert [each.letter for each in reader.recorded] == ["a"]
