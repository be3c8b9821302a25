"""What became of dead letters: their states, and an entry of the ledger as a value and as a record.

A letter is never changed: its state is the newest entry that the ledger (``audit.dead_letters``) has under its id. One
without an entry is open, or expired once retention has removed it. Its schema is ``schemas/dead_letter_state``.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NamedTuple


class State(StrEnum):
    """Where a letter is in its life: each has one, so the counts of the states add up to all letters."""

    OPEN = "open"
    IN_FLIGHT = "in_flight"
    RESOLVED = "resolved"
    FAILED_AGAIN = "failed_again"
    PARKED = "parked"
    DISCARDED = "discarded"
    EXPIRED = "expired"


END_STATES = frozenset({State.RESOLVED, State.FAILED_AGAIN, State.DISCARDED, State.EXPIRED})
"""Nothing is left to do: the record is good elsewhere, another letter stands for it, or it was given up."""


class Outcome(StrEnum):
    """Where the record of a settled letter is accounted for."""

    SILVER = "silver"
    DROPPED = "dropped"
    DUPLICATE = "duplicate"
    INDEX = "index"
    DEAD_LETTER = "dead_letter"
    ELSEWHERE = "elsewhere"


class Place(NamedTuple):
    """A record's coordinates."""

    topic: str
    partition: int
    offset: int

    def __str__(self) -> str:
        return f"{self.topic}/{self.partition}/{self.offset}"


class Entry(NamedTuple):
    """One line of the ledger; a tuple, as a redrive makes one for each letter, and reads as many.

    ``letter`` lies in ``dlq.<dataset>``, ``source`` is the record that failed, ``changed_at`` is in ms since the epoch.
    ``next_letter_id`` and ``cause`` (``stage/code``) are of a letter that failed again. ``action_id``: see ``told``.
    """

    dead_letter_id: str
    dataset: str
    state: State
    letter: Place
    source: Place
    changed_at: int
    actor: str
    attempt: int = 1
    plan_id: str | None = None
    copy: Place | None = None
    outcome: Outcome | None = None
    outcome_place: Place | None = None
    next_letter_id: str | None = None
    cause: str | None = None
    reason: str | None = None
    action_id: str | None = None


def as_record(entry: Entry) -> dict[str, Any]:
    """The fields of ``schemas/dead_letter_state``."""
    return {
        "dead_letter_id": entry.dead_letter_id,
        "dataset": entry.dataset,
        "state": entry.state.value,
        "letter": entry.letter._asdict(),
        "source": entry.source._asdict(),
        "changed_at": entry.changed_at,
        "actor": entry.actor,
        "attempt": entry.attempt,
        "plan_id": entry.plan_id,
        "copy": entry.copy and entry.copy._asdict(),
        "outcome": entry.outcome and entry.outcome.value,
        "outcome_place": entry.outcome_place and entry.outcome_place._asdict(),
        "next_letter_id": entry.next_letter_id,
        "cause": entry.cause,
        "reason": entry.reason,
        "action_id": entry.action_id,
    }


def from_record(record: Mapping[str, Any]) -> Entry:
    """The entry in a decoded record, whose times are numbers; version 1 of the schema had no action."""
    outcome = record["outcome"]
    return Entry(
        record["dead_letter_id"],
        record["dataset"],
        State(record["state"]),
        _place(record["letter"]),
        _place(record["source"]),
        record["changed_at"],
        record["actor"],
        record["attempt"],
        record["plan_id"],
        record["copy"] and _place(record["copy"]),
        outcome and Outcome(outcome),
        record["outcome_place"] and _place(record["outcome_place"]),
        record["next_letter_id"],
        record["cause"],
        record["reason"],
        record.get("action_id"),
    )


def _place(record: Mapping[str, Any]) -> Place:
    return Place(record["topic"], record["partition"], record["offset"])
