"""Carries a plan out: sends the copies of its letters, and settles what became of each.

What is done is in the ledger alone. A run that was killed, cancelled or paused is gone on with by running the plan
again: the broker ends what the last one left open, what the ledger has is not sent again, and what is in flight is
settled by reading back.
"""

import time
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import NamedTuple

from tidegate.ahead import made_ahead
from tidegate.clock import now_ms
from tidegate.dead_letters.ledger import Entry, Outcome, State
from tidegate.redrive.copies import Copy, settled
from tidegate.redrive.fix import NotFixed
from tidegate.redrive.identities import HeldCopies
from tidegate.redrive.making import Work, make_copies
from tidegate.redrive.pace import batches, parts
from tidegate.redrive.plan import PlannedLetter
from tidegate.redrive.progress import Progress, left
from tidegate.redrive.running import POLL_S, Running
from tidegate.redrive.settling import Settling

LOOK_EVERY_S = 1.0


class _Made(NamedTuple):
    """What was made of some letters: copies to send, entries of what silver has already, reasons of the others."""

    copies: list[Copy]
    elsewhere: list[Entry]
    not_sent: list[str]


@dataclass
class Run(Running):
    """One that sends records."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.settling = Settling(self.settings, self.stream, self.plan.plan_id, self.ledger)
        self._held: HeldCopies | None = None
        self._looked_s = 0.0

    def carry_out(self) -> Progress:
        """Sends what is left of the plan, within its pace, and waits for what became of it.

        Raises:
            EndedError: the run was cancelled, or another one has begun.
            TransientError: a server does not answer; what was done is in the ledger.
        """
        if self.settling.entries:
            self.settle()
        for part in parts(left(self.plan, self.ledger), self.pace):
            if self._must_stop():
                break
            self._send_part(part)
            self.settle()
        return self.progress()

    @property
    def unknown(self) -> int:
        """How many are in flight and have left no trace, though refine has passed them."""
        return len(self.settling.unknown)

    def line(self) -> str:
        """For people, while it runs."""
        return f"{self.sent:,} sent, {self.outcomes[State.FAILED_AGAIN]:,} failed again, settled"

    def _send_part(self, letters: Sequence[PlannedLetter]) -> None:
        with closing(made_ahead(self._made(letters))) as batches_made:
            for made in batches_made:
                if self._must_stop():
                    return
                self._send_batch(made)

    def _send_batch(self, made: _Made) -> None:
        self.not_sent.update(made.not_sent)
        self._record(made.elsewhere)
        if not made.copies:
            return
        self._wait_until_due()
        entries = self._sender.send(self.stream.contract.topic.name, made.copies)
        self.ledger |= {entry.dead_letter_id: entry for entry in entries}
        self.settling.add(entries)
        self.sent += len(entries)
        self._look_from_time_to_time()
        self.tell(self)

    def _made(self, letters: Sequence[PlannedLetter]) -> Generator[_Made, None, None]:
        """Batch after batch; in a thread of its own, which changes nothing of the run but what it holds of silver."""
        placed = frozenset(entry.copy for entry in self.ledger.values() if entry.copy is not None)
        made = make_copies(Work(self.settings, self.stream, self.plan, self.actor, placed), letters)
        sized = ((each, each.size_bytes if isinstance(each, Copy) else 0) for each in made)
        for batch in batches(sized, self.pace.at_once):
            copies = [each for each in batch if isinstance(each, Copy)]
            not_sent = [each.reason for each in batch if isinstance(each, NotFixed)]
            yield _Made(*self._without_held(copies), not_sent)

    def _without_held(self, copies: Sequence[Copy]) -> tuple[list[Copy], list[Entry]]:
        """Those whose identity silver does not have; the letters of the others are resolved elsewhere."""
        if self._held is None:
            self._held = HeldCopies(self.settings, self.stream)
        places = self._held.places(copies)
        found_ms = now_ms()
        elsewhere = [
            settled(copy.entry, Outcome.ELSEWHERE, place, found_ms)
            for copy, place in zip(copies, places, strict=True)
            if place is not None
        ]
        return [copy for copy, place in zip(copies, places, strict=True) if place is None], elsewhere

    def settle(self) -> None:
        """Until nothing is in flight, or nothing has moved for the pace's time; sends nothing."""
        self._look(thorough=True)
        moved_s, before = time.monotonic(), self.settling.mark()
        while self.settling.pending and time.monotonic() - moved_s < self.pace.wait_s:
            time.sleep(POLL_S)
            self._look(thorough=True)
            if self.settling.mark() != before:
                moved_s, before = time.monotonic(), self.settling.mark()

    def _look_from_time_to_time(self) -> None:
        """Every second: what has an outcome, and whether refine keeps up with all that is live beside the copies."""
        if time.monotonic() - self._looked_s < LOOK_EVERY_S:
            return
        self._look(thorough=False)
        given_up_s = time.monotonic() + self.pace.wait_s
        while not self._must_stop() and (behind := self.settling.grown_lag()) > self.pace.max_lag:
            if time.monotonic() > given_up_s:
                self.paused = f"refine has fallen back by {behind:,} records beside the copies"
                break
            time.sleep(POLL_S)
            self._look(thorough=False)
        self._looked_s = time.monotonic()

    def _look(self, *, thorough: bool) -> None:
        made = self.settling.look(thorough=thorough)
        self._record(made)
        self._pause_if_too_many_failed("failed")
        self.tell(self)

    def _record(self, made: Sequence[Entry]) -> None:
        if made:
            self._sender.record(made)
            self.ledger |= {entry.dead_letter_id: entry for entry in made}
            self.outcomes.update(entry.state for entry in made)
