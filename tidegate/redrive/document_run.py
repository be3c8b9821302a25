"""Carries out a plan of documents: writes those that OpenSearch lacks, and says in the ledger what it took.

A document is written by its own id, so that writing it again changes nothing; the ledger's entry comes after it. So a
run that was killed in between is gone on with by running the plan again: what OpenSearch has is looked for first.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tidegate.clients.documents import Document, DocumentClient
from tidegate.clock import now_ms
from tidegate.dead_letters.codes import Code, Stage
from tidegate.dead_letters.ledger import Entry, Outcome, State
from tidegate.errors import TransientError
from tidegate.redrive.documents import document_of, found_there
from tidegate.redrive.fix import NotFixed
from tidegate.redrive.pace import batches, parts
from tidegate.redrive.personal import document_paths, told_of
from tidegate.redrive.plan import PlannedLetter
from tidegate.redrive.planned import read_planned
from tidegate.redrive.progress import Progress, left
from tidegate.redrive.running import Running

MOST_DOCUMENTS = 500
"""Of a request."""
GONE = "retention has removed the letter"
CAUSE = f"{Stage.INDEX}/{Code.DOCUMENT_REJECTED}"


class Kept(NamedTuple):
    """A letter of the plan, and the document that it has kept."""

    letter: PlannedLetter
    document: Document


@dataclass
class DocumentRun(Running):
    """One of a plan whose letters are documents."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self._index = DocumentClient(self.settings)
        self._personal = document_paths(self.stream)

    def carry_out(self) -> Progress:
        """Writes what is left of the plan, within its pace.

        Raises:
            EndedError: the run was cancelled, or another one has begun.
            TransientError: a server does not answer, or OpenSearch takes no documents at all; what was done is in the
                ledger.
        """
        for part in parts(left(self.plan, self.ledger), self.pace):
            if self._must_stop():
                break
            kept = ((each, len(each.document.body)) for each in self._kept(part))
            for batch in batches(kept, min(MOST_DOCUMENTS, self.pace.at_once)):
                self._wait_until_due()
                if self._must_stop():
                    break
                self._write(batch)
                self.tell(self)
        return self.progress()

    def line(self) -> str:
        """For people, while it runs."""
        return f"{self.sent:,} documents sent, {self.outcomes[State.FAILED_AGAIN]:,} refused, settled"

    def _kept(self, letters: Sequence[PlannedLetter]) -> Iterator[Kept]:
        waiting = {each.dead_letter_id: each for each in letters}
        for _, letter in read_planned(self.settings, letters):
            planned = waiting.pop(letter["dead_letter_id"])
            document = document_of(self.stream, letter)
            if isinstance(document, NotFixed):
                self.not_sent[document.reason] += 1
            else:
                yield Kept(planned, document)
        if waiting and not self._must_stop():
            self.not_sent[GONE] += len(waiting)

    def _write(self, batch: Sequence[Kept]) -> None:
        made: list[Entry] = []
        lacking: list[Kept] = []
        for each, held in zip(batch, self._index.held([each.document for each in batch]), strict=True):
            there = found_there(each.document, held)
            if isinstance(there, NotFixed):
                self.not_sent[there.reason] += 1
            elif there:
                made.append(self._taken(each))
            else:
                lacking.append(each)
        self.step("documents")
        answers = self._index.write([each.document for each in lacking])
        self.step("written")
        for each, answer in zip(lacking, answers, strict=True):
            if answer.kind == "refused":
                made.append(self._refused(each, told_of(self._personal, each.document.body, answer.reason)))
            elif answer.kind != "held back":
                made.append(self._taken(each))  # a conflict: what came meanwhile is newer
        self.sent += len(lacking)
        self._record(made)
        held_back = [
            told_of(self._personal, each.document.body, answer.reason)
            for each, answer in zip(lacking, answers, strict=True)
            if answer.kind == "held back"
        ]
        if held_back:
            raise TransientError(
                f"OpenSearch takes no documents for a reason of its own: {held_back[0]}.",
                remedy="See to it by `tidegate index status`, then run the plan again.",
            )

    def _record(self, made: Sequence[Entry]) -> None:
        if made:
            self._sender.record(made)
            self.ledger |= {entry.dead_letter_id: entry for entry in made}
            self.outcomes.update(
                State.RESOLVED if entry.state is State.RESOLVED else State.FAILED_AGAIN for entry in made
            )
        self._pause_if_too_many_failed("were refused")

    def _taken(self, kept: Kept) -> Entry:
        entry = self._entry(kept)
        return entry._replace(state=State.RESOLVED, outcome=Outcome.INDEX, reason=f"it is {kept.document}")

    def _refused(self, kept: Kept, reason: str) -> Entry:
        """The letter is open as before, or parked once it was tried often enough: it has no other letter."""
        entry, most = self._entry(kept), self.stream.contract.dead_letters.max_attempts
        entry = entry._replace(attempt=entry.attempt + 1, outcome=Outcome.DEAD_LETTER, cause=CAUSE, reason=reason)
        if entry.attempt < most:
            return entry
        told = f"it failed {entry.attempt} times, at most {most} are tried: {reason}"
        return entry._replace(state=State.PARKED, reason=told)

    def _entry(self, kept: Kept) -> Entry:
        letter = kept.letter
        before = self.ledger.get(letter.dead_letter_id)
        return Entry(
            dead_letter_id=letter.dead_letter_id,
            dataset=self.plan.dataset,
            state=State.OPEN,
            letter=letter.letter,
            source=letter.source,
            changed_at=now_ms(),
            actor=self.actor,
            attempt=letter.attempt if before is None else before.attempt,
            plan_id=self.plan.plan_id,
        )
