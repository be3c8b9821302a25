"""Ledger and audit are held against each other; on a broker, with each way to tamper, in ``test_ledger_reader``."""

import numpy as np

from tidegate.clients.ledger_columns import LedgerColumns
from tidegate.clients.told import Known, Told
from tidegate.proof.told import Witness, compare_told

ACTION = Known("an action", "park", at=1_000, has_begun=True, has_ended=True)


def ledger_of(entries: dict[str, int], action: str = "an action", changed_at: int = 1_000) -> LedgerColumns:
    """By letter, the digest of its entry; parked, and without a copy."""
    letters, count = sorted(entries), len(entries)
    places, none = np.full((count, 2), -1), np.zeros(count, np.bool_)
    action_ids = np.full(count, action.encode())
    digests = np.array([entries[letter] for letter in letters], np.int64)
    states, times = np.full(count, 4, np.int8), np.full(count, changed_at)
    names = np.array([letter.encode() for letter in letters] or np.zeros(0, "S1"))
    return LedgerColumns(names, states, places, places, none, none, times, action_ids, digests)


def told_of(*entries: tuple[str, int]) -> Told:
    letters = np.array([letter.encode() for letter, _ in entries] or np.zeros(0, "S1"))
    return Told(letters, np.array([each for _, each in entries], np.int64), np.zeros(len(entries), np.int64))


def faults(ledger: LedgerColumns, before: Told, after: Told | None = None) -> dict[str, int]:
    verdict = compare_told(ledger, Witness(before, after or before, [ACTION]))
    return {fault: each.count for fault, each in verdict.faults.items()}


def test_the_newest_that_is_told_of_a_letter_is_what_the_ledger_has() -> None:
    told = told_of(("a", 1), ("b", 2), ("a", 3))

    assert faults(ledger_of({"a": 3, "b": 2}), told) == {}
    assert faults(ledger_of({"a": 1, "b": 2}), told) == {"missing": 1}
    assert faults(ledger_of({"a": 4, "b": 2}), told) == {"unexplained": 1}
    assert faults(ledger_of({"b": 2}), told) == {"missing": 1}
    assert faults(ledger_of({}), told) == {"missing": 2}


def test_what_is_told_while_the_ledger_is_read_may_be_in_it_or_not() -> None:
    before, after = told_of(("a", 1)), told_of(("a", 1), ("a", 2), ("b", 3))

    for entries in ({"a": 1}, {"a": 2}, {"a": 2, "b": 3}):
        assert faults(ledger_of(entries), before, after) == {}
    assert faults(ledger_of({"a": 1, "c": 4}), before, after) == {"unexplained": 1}


def test_entries_that_name_no_action_are_of_before_and_believed() -> None:
    assert faults(ledger_of({"a": 1}, action=""), told_of()) == {}


def test_an_action_that_names_fewer_letters_than_it_said_is_named() -> None:
    fewer = Known("0123456789abcdef", "park", at=1_000, has_begun=True, has_ended=True, promised=12, named=9)
    verdict = compare_told(ledger_of({}), Witness(told_of(), told_of(), [fewer], since_ms=1_000))
    later = compare_told(ledger_of({}), Witness(told_of(), told_of(), [fewer], since_ms=1_001))

    assert verdict.faults["missing"].first == ("audit: park 0123456789ab names 9 of its 12 letters",)
    assert later.faults == {}
