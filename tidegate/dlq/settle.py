"""Letters whose events are in silver all the same are called resolved elsewhere, with the row's place."""

from collections.abc import Iterator, Sequence

from tidegate.clients.audit import Action, audited
from tidegate.clients.ledger import write_entries
from tidegate.clock import now_ms
from tidegate.dead_letters.ledger import Entry, Outcome, State
from tidegate.dlq.made_up import WAITING, MadeUp
from tidegate.dlq.turn import letters_turn, may_change, states_now
from tidegate.settings import Settings


def record(settings: Settings, dataset: str, found: Sequence[MadeUp], action: Action) -> int:
    """Writes the entries of those that are waiting still, and says how many.

    Raises:
        TidegateError: a redrive of the dataset or a decision is at work on this machine.
        TransientError: Kafka or the registry is out of reach.
    """
    with letters_turn(settings, dataset), audited(settings, action) as counts:
        states = states_now(settings, dataset)
        still = [each for each in found if may_change(states, each.letter.id, WAITING)]
        written = sum(write_entries(settings, action, entries(still, dataset, action.actor)))
        counts["letters"] = counts["entries"] = written
        return written


def entries(found: Sequence[MadeUp], dataset: str, actor: str) -> Iterator[Entry]:
    """What the ledger says of them from now on."""
    for each in found:
        yield Entry(
            each.letter.id,
            dataset,
            State.RESOLVED,
            each.letter.letter,
            each.letter.source,
            now_ms(),
            actor,
            each.letter.attempt,
            outcome=Outcome.ELSEWHERE,
            outcome_place=each.silver,
        )
