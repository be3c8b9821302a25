"""What the ledger of dead letters says of a dataset's raw records, and its audit of it; read on as both grow."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from tidegate.clients.kafka_offsets import Spans, topic_spans
from tidegate.clients.ledger_columns import STATES, LedgerColumns, LedgerScan
from tidegate.clients.told import Told, ToldReader, together
from tidegate.contracts.audit_topics import ACTIONS_TOPIC, LEDGER_TOPIC
from tidegate.contracts.dataset import Stream
from tidegate.dead_letters.ledger import State
from tidegate.proof.open_transactions import open_ends
from tidegate.proof.redrives import Recorded
from tidegate.proof.told import ToldVerdict, Witness, compare_told
from tidegate.settings import Settings

_PARKED, _DISCARDED = STATES.index(State.PARKED), STATES.index(State.DISCARDED)


class LedgerReader:
    """The newest entries of the letters of one dataset's raw records; ``indexed``: of documents that were redriven."""

    def __init__(self, settings: Settings, dataset: Stream) -> None:
        self._settings = settings
        self._ledger = LedgerScan(settings, dataset.name, dataset.contract.topic.name)
        self._audit = ToldReader(settings, dataset.name)
        self._read_to: dict[str, Spans] = {}
        self._before = self._audit.told()
        self.recorded: list[Recorded] = []
        self.indexed: frozenset[str] = frozenset()

    def extend(self) -> bool:
        """Reads what the ledger and its audit have gained; False if nothing."""
        grown = self._read_audit()
        # The audit before the ledger and after it: what it tells now is in the ledger by then, and the other way round.
        self._before = self._audit.told()
        if new := self._new(LEDGER_TOPIC):
            self._ledger.read(new)
            self.recorded = [*recorded(self._ledger.columns)]
            self.indexed = indexed(self._ledger.columns)
        return self._read_audit() or bool(new) or grown

    def judge_told(self, since_ms: int | None) -> ToldVerdict:
        """The ledger against what the audit tells of it, since a time."""
        witness = Witness(self._before, self._audit.told(), self._audit.actions, since_ms)
        verdict = compare_told(self._ledger.columns, witness)
        if "unexplained" in verdict.faults and (hidden := self._hidden()):
            verdict = compare_told(self._ledger.columns, replace(witness, after=together([witness.after, hidden])))
        return verdict

    def unended(self, since_ms: int | None) -> Mapping[str, int]:
        """How many actions have begun since a time and not ended, by what they are."""
        return self._audit.unended(since_ms)

    def _hidden(self) -> Told:
        """What the audit tells behind a transaction that is open: another dataset's hides what was committed."""
        read = {number: end for number, (_, end) in self._read_to.get(ACTIONS_TOPIC, {}).items()}
        ends = open_ends(self._settings, {ACTIONS_TOPIC: read})
        return self._audit.uncommitted({each.partition: (each.start, each.end) for each in ends})

    def _read_audit(self) -> bool:
        new = self._new(ACTIONS_TOPIC)
        if new:
            self._audit.read(new)
        return bool(new)

    def _new(self, topic: str) -> Spans:
        """The offsets of a topic that were not read yet."""
        spans, read = topic_spans(self._settings, topic), self._read_to.get(topic, {})
        self._read_to[topic] = spans
        starts = {number: max(low, read[number][1] if number in read else low) for number, (low, _) in spans.items()}
        return {number: (starts[number], high) for number, (_, high) in spans.items() if starts[number] < high}


def indexed(ledger: LedgerColumns) -> frozenset[str]:
    """The letters whose documents were written by a redrive."""
    return frozenset(letter.decode(errors="replace") for letter in ledger.letter[ledger.indexed].tolist())


def recorded(ledger: LedgerColumns) -> Iterator[Recorded]:
    """The entries of letters of raw records; a silver record's letter is about no raw offset."""
    ours = ledger.where(np.flatnonzero(ledger.source[:, 0] >= 0))
    for letter, state, source, copy in zip(
        ours.letter.tolist(), ours.state.tolist(), ours.source.tolist(), ours.copy.tolist(), strict=True
    ):
        place = (copy[0], copy[1]) if copy[0] >= 0 else None
        name = letter.decode(errors="replace")
        yield Recorded(name, (source[0], source[1]), place, state == _PARKED, state == _DISCARDED)
