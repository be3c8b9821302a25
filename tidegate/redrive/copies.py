"""From a dead letter to the copy of its record that is sent, and to its entry in the ledger. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from sys import intern
from typing import Any, NamedTuple

from tidegate.dead_letters import redriven
from tidegate.dead_letters.ledger import Entry, Outcome, Place, State
from tidegate.dead_letters.redriven import Origin, Redriven
from tidegate.redrive.fix import Fixed, NotFixed
from tidegate.redrive.refusal import refusal

ANY_PARTITION = -1
_COPY = Entry._fields.index("copy")


class Copy(NamedTuple):
    """A record to send to the raw topic, and the letter that it stands for."""

    entry: Entry
    partition: int
    key: bytes | None
    value: bytes | None
    headers: redriven.Headers

    @property
    def size_bytes(self) -> int:
        return len(self.key or b"") + len(self.value or b"")


@dataclass(frozen=True, slots=True)
class Copier:
    """Makes the copies of one plan; ``key`` signs the headers.

    ``copies``: where the copies of all earlier redrives lie, by the ledger.
    """

    dataset: str
    plan_id: str
    actor: str
    fix: Callable[[Mapping[str, Any]], Fixed | NotFixed]
    key: str
    copies: frozenset[Place] = frozenset()

    def copy_of(self, place: Place, letter: Mapping[str, Any], now_ms: int) -> Copy | NotFixed:
        """The copy of a decoded letter that lies at ``place``, or why there is none."""
        refused = refusal(letter)
        if refused:
            return NotFixed(refused)
        fixed = self.fix(letter)
        if isinstance(fixed, NotFixed):
            return fixed
        source = letter["source"]
        said = self._said(letter)
        headers = redriven.marked(fixed.headers, said, fixed.value, self.key)
        # One text for all: entries are kept, and handed from process to process.
        failed = Place(intern(source["topic"]), source["partition"], source["offset"])
        entry = Entry(
            letter["dead_letter_id"],
            self.dataset,
            State.IN_FLIGHT,
            place,
            failed,
            now_ms,
            self.actor,
            said.attempt,
            self.plan_id,
        )
        return Copy(entry, _partition(fixed, source), fixed.key, fixed.value, headers)

    def _said(self, letter: Mapping[str, Any]) -> Redriven:
        """What the copy says of itself; of a copy's letter, what that copy said, if it surely was one."""
        source, attempt = letter["source"], letter["attempt"]
        headers = source["headers"].items()
        before = redriven.read(headers)
        place = Place(source["topic"], source["partition"], source["offset"])
        if before is None or not (place in self.copies or letter["replay_id"]):
            origin = Origin(*place, letter["dead_letter_id"])
            return Redriven(origin, attempt, self.plan_id, source["timestamp"], letter["first_failed_at"])
        return before._replace(attempt=max(attempt, before.attempt + 1), plan_id=self.plan_id)


def sent(copy: Copy, place: Place) -> Entry:
    """The ledger's entry of a copy that lies at ``place`` of the raw topic."""
    entry = copy.entry
    return Entry._make((*entry[:_COPY], place, *entry[_COPY + 1 :]))  # in half the time of _replace


def settled(entry: Entry, outcome: Outcome, place: Place | None, now_ms: int) -> Entry:
    """The entry of a letter whose record is good."""
    return entry._replace(state=State.RESOLVED, changed_at=now_ms, outcome=outcome, outcome_place=place)


def failed_again(entry: Entry, letter: Mapping[str, Any], place: Place, now_ms: int) -> Entry:
    """The entry of a letter whose copy became the given one, which lies at ``place``."""
    return entry._replace(
        state=State.FAILED_AGAIN,
        changed_at=now_ms,
        outcome=Outcome.DEAD_LETTER,
        outcome_place=place,
        next_letter_id=letter["dead_letter_id"],
        cause=f"{letter['stage']}/{letter['error_code']}",
    )


def parked(entry: Entry, letter: Mapping[str, Any], place: Place, max_attempts: int, now_ms: int) -> Entry:
    """The entry of the letter that a copy became, once it was tried often enough."""
    source = letter["source"]
    return Entry(
        dead_letter_id=letter["dead_letter_id"],
        dataset=entry.dataset,
        state=State.PARKED,
        letter=place,
        source=Place(source["topic"], source["partition"], source["offset"]),
        changed_at=now_ms,
        actor=entry.actor,
        attempt=entry.attempt + 1,
        plan_id=entry.plan_id,
        reason=f"it failed {entry.attempt + 1} times, at most {max_attempts} are tried",
    )


def _partition(fixed: Fixed, source: Mapping[str, Any]) -> int:
    """A copy goes where its record lay, whoever put it there; with another key, where Kafka puts it."""
    return int(source["partition"]) if fixed.key == source["key"] else ANY_PARTITION
