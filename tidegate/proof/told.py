"""The ledger against what the audit tells of it, for entries that no copy bears witness to. Pure.

Both are written in one transaction. So each letter that an action names has an entry, the one that the action wrote or
a newer one, and each entry that names an action is named by it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tidegate.avro.leading_fields import Ints, Mask
from tidegate.clients.ledger_columns import STATES, LedgerColumns
from tidegate.clients.told import Known, Told
from tidegate.proof.report import Fault
from tidegate.proof.strangers import Strangers

SHORT = 12
"""So much of an action's id as `tidegate audit list` shows."""


@dataclass(frozen=True, slots=True)
class Witness:
    """What the audit told ``before`` the ledger was read, and ``after`` that: what came between is in either."""

    before: Told
    after: Told
    actions: Sequence[Known] = ()
    since_ms: int | None = None


@dataclass(frozen=True, slots=True)
class ToldVerdict:
    """How many letters the ledger must have and has, by the audit, and what is not right."""

    expected: int
    actual: int
    faults: Mapping[Fault, Strangers]


def compare_told(ledger: LedgerColumns, witness: Witness) -> ToldVerdict:
    """Missing: a letter without its entry, or whose newest one is lost; audit records that are fewer than they were.

    Unexplained: an entry that is not as it was written; one that its action does not name; an action without a
    beginning.
    """
    newest = _newest(witness.before)
    letters = witness.before.letter[newest]
    rows = ledger.rows_of(letters)
    is_there = rows >= 0
    lost = newest[~is_there & _recent(witness, newest)]
    odd = np.flatnonzero(is_there)[~_as_told(ledger, rows[is_there], witness.before.digest[newest[is_there]])]
    older, strange = _odd(ledger, witness, newest[odd], rows[odd])
    untold = _untold(ledger, witness)
    missing = [*_letters(witness, lost), *_letters(witness, older), *_fewer(witness)]
    unexplained = [*_letters(witness, strange, "is not as it was written"), *_entries(ledger, untold)]
    faults: dict[Fault, Strangers] = {
        "missing": Strangers.at(missing),
        "unexplained": Strangers.at([*unexplained, *_without_beginning(witness)]),
    }
    return ToldVerdict(len(letters), int(is_there.sum()), {fault: each for fault, each in faults.items() if each.count})


def _newest(told: Told) -> Ints:
    """Of each letter the place of the last that is told of it."""
    _, from_behind = np.unique(told.letter[::-1], return_index=True)
    places: Ints = len(told) - 1 - from_behind
    return places


def _as_told(ledger: LedgerColumns, rows: Ints, digests: Ints) -> Mask:
    """Whether the entries are these, or have come to a copy since, which has witnesses of its own."""
    right: Mask = ledger.has_copy[rows] | (ledger.digest[rows] == digests)
    return right


def _odd(ledger: LedgerColumns, witness: Witness, places: Ints, rows: Ints) -> tuple[Ints, Ints]:
    """Of entries that are not the newest: those that an action wrote before it, and those that none wrote."""
    known: dict[tuple[bytes, int], int] = {}
    if len(places):
        near = np.flatnonzero(np.isin(witness.after.letter, ledger.letter[rows]))
        pairs = zip(witness.after.letter[near].tolist(), witness.after.digest[near].tolist(), strict=True)
        known = dict(zip(pairs, near.tolist(), strict=True))
    held = zip(ledger.letter[rows].tolist(), ledger.digest[rows].tolist(), strict=True)
    at = np.array([known.get(pair, -1) for pair in held], np.int64)
    recent = _recent(witness, places)
    return places[recent & (at >= 0) & (at < places)], places[recent & (at < 0)]


def _untold(ledger: LedgerColumns, witness: Witness) -> Ints:
    """The entries that name an action which does not name them."""
    named = (ledger.action != b"") & ~ledger.has_copy & (ledger.changed_at >= (witness.since_ms or 0))
    rows = np.flatnonzero(named)
    untold: Ints = rows[~np.isin(ledger.letter[rows], witness.after.letter)]
    return untold


def _recent(witness: Witness, places: Ints) -> Mask:
    """Which of what is told was told since the window's beginning."""
    told_at = np.array([known.at for known in witness.actions], np.int64)
    if witness.since_ms is None or not len(places):
        return np.ones(len(places), np.bool_)
    recent: Mask = told_at[witness.before.action[places]] >= witness.since_ms
    return recent


def _letters(witness: Witness, places: Ints, what: str = "has lost its entry") -> Iterator[str]:
    for place in places.tolist():
        known = witness.actions[int(witness.before.action[place])]
        letter = witness.before.letter[place].decode(errors="replace")
        yield f"letter {letter} {what} ({known.action} {known.action_id[:SHORT]})"


def _entries(ledger: LedgerColumns, rows: Ints) -> Iterator[str]:
    for row in rows.tolist():
        letter, action = (each[row].decode(errors="replace") for each in (ledger.letter, ledger.action))
        yield f"letter {letter} is {STATES[ledger.state[row]]} by action {action[:SHORT]}, which does not name it"


def _recently(witness: Witness) -> Iterable[Known]:
    return (known for known in witness.actions if known.at >= (witness.since_ms or 0))


def _fewer(witness: Witness) -> Iterator[str]:
    for known in _recently(witness):
        if known.named < known.promised:
            what = f"{known.action} {known.action_id[:SHORT]} names {known.named:,} of its {known.promised:,} letters"
            yield f"audit: {what}"


def _without_beginning(witness: Witness) -> Iterator[str]:
    for known in _recently(witness):
        if not known.has_begun:
            yield f"audit: {known.action} {known.action_id[:SHORT]} has no record of its beginning"
