"""Which letters a replay settles, as their records are in the lake, dropped or repeats; which it opens again. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from tidegate.avro.leading_fields import Mask
from tidegate.dead_letters.ledger import Entry, Outcome, Place, State
from tidegate.proof import rows
from tidegate.proof.letters import WHOLE
from tidegate.proof.replayed import Replayed
from tidegate.proof.rows import Rows, among, among_places, make_rows

_BY_REPLAYS = frozenset({Outcome.SILVER, Outcome.DUPLICATE, Outcome.DROPPED})
"""Outcomes of a replay; of a redrive they have a copy."""
SETTLED_FROM = frozenset({State.OPEN, State.PARKED, State.DISCARDED})
"""What a replay takes letters out of: one on its way is the redrive's, of one that failed again there is another."""


class Held(NamedTuple):
    """A letter of a raw record, at a stage before silver. ``row``: ``WHOLE`` of the record as a whole.

    ``origin``: of a redriven copy's letter, the raw record that failed first.
    """

    id: str
    state: State
    letter: Place
    source: Place
    row: int
    attempt: int
    origin: rows.Place | None = None


@dataclass(frozen=True, slots=True)
class By:
    """Which replay settles letters, when (ms since 1970), and for whom."""

    dataset: str
    plan_id: str
    at_ms: int
    actor: str


def numbered(letters: Sequence[Held]) -> Rows:
    """The places of their records, the numbers of rows in place of identities."""
    return _numbered([((each.source.partition, each.source.offset), each.row) for each in letters])


def resolved(letters: Iterable[Held], replayed: Replayed, by: By) -> Iterator[Entry]:
    """The entries of those whose record passes, repeats another or is dropped now, or that of which it is a copy."""
    waiting = [each for each in letters if each.state in SETTLED_FROM]
    outcomes = zip(_outcomes(numbered(waiting), replayed), _outcomes(_of_first(waiting), replayed), strict=True)
    for letter, (own, of_first) in zip(waiting, outcomes, strict=True):
        outcome = own or of_first
        if outcome is not None:
            place = None if own or letter.origin is None else Place(letter.source.topic, *letter.origin)
            yield Entry(
                letter.id,
                by.dataset,
                State.RESOLVED,
                letter.letter,
                letter.source,
                by.at_ms,
                by.actor,
                letter.attempt,
                by.plan_id,
                outcome=outcome,
                outcome_place=place,
            )


def resolved_and_rejected(letters: Iterable[Held], replayed: Replayed) -> list[Held]:
    """Those that are resolved, and whose record the replay has rejected, or that of which it is a copy.

    Where one of the two passes, the event is there, and its letter stays as it is.
    """
    some = [each for each in letters if each.state is State.RESOLVED]
    own, first = numbered(some), _of_first(some)
    rejected = (_rejected(own, replayed) | _rejected(first, replayed)).tolist()
    outcomes = zip(_outcomes(own, replayed), _outcomes(first, replayed), strict=True)
    return [
        each
        for each, is_rejected, passes in zip(some, rejected, map(any, outcomes), strict=True)
        if is_rejected and not passes
    ]


def reopened(letters: Iterable[Held], newest: Mapping[str, Entry], by: By) -> Iterator[Entry]:
    """Of those the entries that an earlier replay had resolved, open again; a redriven copy is none of its business.

    ``newest``: entries by letter.
    """
    for letter in letters:
        entry = newest.get(letter.id)
        if entry is not None and entry.copy is None and entry.plan_id is not None and entry.outcome in _BY_REPLAYS:
            yield entry._replace(
                state=State.OPEN,
                changed_at=by.at_ms,
                actor=by.actor,
                plan_id=by.plan_id,
                outcome=None,
                outcome_place=None,
                reason="rejected by a later replay",
            )


def _of_first(letters: Sequence[Held]) -> Rows:
    """As ``numbered``, of a copy's letter the record that failed first."""
    return _numbered([(each.origin or (each.source.partition, each.source.offset), each.row) for each in letters])


def _rejected(letters: Rows, replayed: Replayed) -> Mask:
    whole = replayed.rejected.where(replayed.rejected.identity[:, 0] == WHOLE)
    return among(letters, replayed.rejected) | among_places(letters, whole)


def _outcomes(letters: Rows, replayed: Replayed) -> list[Outcome | None]:
    """What became of each; None where it is rejected, or where the replay has not judged it."""
    rejected = _rejected(letters, replayed)
    found = {
        Outcome.SILVER: among_places(letters, replayed.silver) & ~rejected,
        Outcome.DUPLICATE: among_places(letters, replayed.duplicate) & ~rejected,
        Outcome.DROPPED: among_places(letters, replayed.dropped) & ~rejected,
    }
    return [next((each for each, marked in found.items() if marked[at]), None) for at in range(len(letters))]


def _numbered(found: Sequence[tuple[rows.Place, int]]) -> Rows:
    identity = np.zeros((len(found), 2), np.uint64)
    identity[:, 0] = [number for _, number in found]
    return make_rows([place[0] for place, _ in found], [place[1] for place, _ in found], identity)
