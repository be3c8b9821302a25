"""A person's decision on letters: each one's entry in the ledger, and a record of who decided."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tidegate.clients.audit import Action, audited, new_action
from tidegate.clients.ledger import write_entries
from tidegate.clock import now_ms
from tidegate.dead_letters.filter import LetterFilter
from tidegate.dead_letters.ledger import Entry, State
from tidegate.dlq.choose import Chosen
from tidegate.dlq.turn import letters_turn, may_change, states_now
from tidegate.settings import Settings

FROM: Mapping[State, frozenset[State]] = {
    State.DISCARDED: frozenset({State.OPEN, State.PARKED}),
    State.PARKED: frozenset({State.OPEN}),
    State.OPEN: frozenset({State.PARKED, State.DISCARDED}),
}
"""Which states a letter may be taken out of: one on its way is the redrive's, one that is settled stays so."""
NAMES: Mapping[State, str] = {State.DISCARDED: "discard", State.PARKED: "park", State.OPEN: "reopen"}
"""What the decision is called."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What letters of a dataset shall be from now on, why, and who says so (None: who runs the command)."""

    dataset: str
    state: State
    reason: str
    wanted: LetterFilter
    actor: str | None = None

    @property
    def action(self) -> Action:
        """Its record, before it begins."""
        detail = f"reason: {self.reason}; letters: {self.wanted or 'all'}"
        return new_action(NAMES[self.state], self.dataset, self.actor, detail=detail)


def takes(decision: Decision, letters: Sequence[Chosen]) -> tuple[list[Chosen], dict[State, int]]:
    """The letters that it may take, and how many it leaves alone by their state."""
    taken = [letter for letter in letters if letter.state in FROM[decision.state]]
    left = Counter(letter.state for letter in letters if letter.state not in FROM[decision.state])
    return taken, dict(left)


def carry_out(settings: Settings, decision: Decision, letters: Sequence[Chosen]) -> Iterator[int]:
    """Writes the entries; gives how many at a time. A letter that was changed since it was looked at is left alone.

    Raises:
        TidegateError: a redrive of the dataset or another decision is at work on this machine.
        TransientError: Kafka or the registry is out of reach; a second try does what is left.
    """
    action = decision.action
    with letters_turn(settings, decision.dataset), audited(settings, action) as counts:
        states, takes_from = states_now(settings, decision.dataset), FROM[decision.state]
        still = (letter for letter in letters if may_change(states, letter.id, takes_from))
        entries = (_entry(decision, letter, action.actor) for letter in still)
        for written in write_entries(settings, action, entries):
            counts["letters"] = counts["entries"] = counts.get("letters", 0) + written
            yield written


def _entry(decision: Decision, letter: Chosen, actor: str) -> Entry:
    return Entry(
        letter.id,
        decision.dataset,
        decision.state,
        letter.letter,
        letter.source,
        now_ms(),
        actor,
        letter.attempt,
        reason=decision.reason,
    )
