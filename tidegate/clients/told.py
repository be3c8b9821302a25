"""What the audit tells of a dataset's ledger: of which letters it was changed, by which action, to what."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from tidegate.avro.leading_fields import Ints
from tidegate.clients.audit import Action, read_records
from tidegate.clients.kafka_offsets import Spans
from tidegate.clients.ledger_columns import Texts
from tidegate.settings import Settings


class Told(NamedTuple):
    """The letters in the order in which their entries were written; one that was changed twice is there twice.

    ``action``: its place in the list of actions.
    """

    letter: Texts
    digest: Ints
    action: Ints

    def __len__(self) -> int:
        return len(self.digest)


@dataclass(slots=True)
class Known:
    """One action: what is there of its records, and how many letters these name."""

    action_id: str
    action: str
    at: int
    has_begun: bool = False
    has_ended: bool = False
    promised: int = 0
    named: int = 0


@dataclass
class ToldReader:
    """Reads the audit of one dataset, and later what came since."""

    settings: Settings
    dataset: str
    actions: list[Known] = field(default_factory=list)
    _parts: list[Told] = field(default_factory=list)
    _numbers: dict[str, int] = field(default_factory=dict)

    def read(self, spans: Spans) -> None:
        """Takes the records at these offsets in.

        Raises:
            TransientError: Kafka or the registry is out of reach.
        """
        for record in read_records(self.settings, spans):
            if record.dataset == self.dataset:
                self._take(record)

    def told(self) -> Told:
        """All that was read so far."""
        return together(self._parts)

    def uncommitted(self, spans: Spans) -> Told:
        """What the records at these offsets tell, be they committed or not, of no action; they are not taken in.

        Raises:
            TransientError: Kafka or the registry is out of reach.
        """
        records = read_records(self.settings, spans, committed=False)
        return together(_told(each, -1) for each in records if each.dataset == self.dataset and each.entries)

    def unended(self, since_ms: int | None = None) -> Counter[str]:
        """Actions that have begun since a time and not ended, by what they are."""
        open_ones = (known for known in self.actions if known.has_begun and not known.has_ended)
        return Counter(known.action for known in open_ones if known.at >= (since_ms or 0))

    def _take(self, record: Action) -> None:
        number = self._numbers.setdefault(record.action_id, len(self._numbers))
        if number == len(self.actions):
            self.actions.append(Known(record.action_id, record.action, record.at))
        known = self.actions[number]
        known.has_begun |= record.phase == "begun"
        known.has_ended |= record.phase == "ended"
        if record.phase == "ended":
            known.promised = record.counts.get("entries", 0)
        if record.entries:
            known.named += len(record.entries)
            self._parts.append(_told(record, number))


def together(parts: Iterable[Told]) -> Told:
    """One after the other."""
    none: Ints = np.zeros(0, np.int64)
    every = [Told(np.zeros(0, "S1"), none, none), *parts]
    return Told(*(np.concatenate(each) for each in zip(*every, strict=True)))


def _told(record: Action, number: int) -> Told:
    letters = np.array([letter.encode() for letter in record.entries])
    digests = np.fromiter(record.entries.values(), np.int64, len(letters))
    return Told(letters, digests, np.full(len(letters), number))
