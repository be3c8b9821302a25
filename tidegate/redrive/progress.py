"""How far a redrive is: the states of a plan's letters, as the ledger has them. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tidegate.dead_letters.ledger import Entry, Outcome, State
from tidegate.redrive.plan import PlannedLetter, RedrivePlan


@dataclass(frozen=True, slots=True)
class Progress:
    """Of a plan's letters: how many are in each state, and what became of those that have an outcome.

    ``outcomes``: of resolved letters. ``causes``: of letters that failed again. ``elsewhere``: those in flight in other
    plans.
    """

    plan_id: str
    letters: int
    in_flight: int = 0
    resolved: int = 0
    failed_again: int = 0
    left: int = 0
    closed: int = 0
    elsewhere: int = 0
    outcomes: Mapping[str, int] = field(default_factory=dict)
    causes: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_done(self) -> bool:
        """Whether no letter is left to send or to hear of."""
        return not (self.in_flight or self.left or self.elsewhere)

    def line(self) -> str:
        """For people, the parts of the sum."""
        parts = {
            "resolved": self.resolved,
            "failed again": self.failed_again,
            "in flight": self.in_flight,
            "in flight by another plan": self.elsewhere,
            "parked since, discarded or expired": self.closed,
            "left": self.left,
        }
        shown = [f"{count:,} {name}" for name, count in parts.items() if count] or ["none"]
        return f"{self.letters:,} letters: {', '.join(shown)}"

    def to_json(self) -> dict[str, Any]:
        """For machines."""
        return {name: getattr(self, name) for name in self.__slots__}


def is_left(entry: Entry | None, plan: RedrivePlan) -> bool:
    """Whether a letter may be sent: nobody has closed it or parked it since the plan, and no copy is under way."""
    if entry is None or entry.state is State.OPEN:
        return True
    return entry.state is State.PARKED and entry.changed_at <= plan.created_at


def left(plan: RedrivePlan, ledger: Mapping[str, Entry]) -> list[PlannedLetter]:
    """The letters of the plan that are still to send, in the order in which they lie in their topic.

    Among them are documents that were refused before: the plan may be run again when the mapping is mended.
    """
    return sorted(
        (each for each in plan.letters if is_left(ledger.get(each.dead_letter_id), plan)),
        key=lambda each: (each.letter.partition, each.letter.offset),
    )


def progress(plan: RedrivePlan, ledger: Mapping[str, Entry]) -> Progress:
    """What the ledger says of the plan's letters."""
    entries = [ledger.get(each.dead_letter_id) for each in plan.letters]
    named = [entry for entry in entries if entry is not None]
    failed = [entry for entry in named if _has_failed(entry, plan)]
    others = [entry for entry in entries if entry is None or not _has_failed(entry, plan)]
    states = Counter(entry.state for entry in others if entry is not None)
    left_count = sum(is_left(entry, plan) for entry in others)
    mine = sum(entry.state == State.IN_FLIGHT and entry.plan_id == plan.plan_id for entry in named)
    waiting = states[State.OPEN] + states[State.PARKED] + others.count(None)
    return Progress(
        plan_id=plan.plan_id,
        letters=len(entries),
        in_flight=mine,
        resolved=states[State.RESOLVED],
        failed_again=len(failed),
        left=left_count,
        closed=states[State.DISCARDED] + states[State.EXPIRED] + waiting - left_count,
        elsewhere=states[State.IN_FLIGHT] - mine,
        outcomes=_counted(entry.outcome for entry in named if entry.state == State.RESOLVED),
        causes=_counted(entry.cause for entry in failed),
    )


def _has_failed(entry: Entry, plan: RedrivePlan) -> bool:
    """By its state, whose letter has another one now; or as a document that was refused again, and has no other."""
    is_refused = entry.outcome is Outcome.DEAD_LETTER and entry.plan_id == plan.plan_id
    return entry.state is State.FAILED_AGAIN or (is_refused and entry.state in (State.OPEN, State.PARKED))


def _counted(values: Iterable[str | None]) -> dict[str, int]:
    return {str(value): count for value, count in Counter(values).most_common()}
