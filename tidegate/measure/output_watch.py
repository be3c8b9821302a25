"""Follows what refine writes: counts every record, and measures how long after its arrival an event is committed.

A consumer that sees committed records only reads the silver, dead-letter and dropped topics from their ends on. Of
silver, every ``SAMPLE_EVERY``-th offset is decoded: its committed latency is the time at which this consumer has it
minus ``_ingested_at``, the broker's own time stamp of the raw record. A poll adds a tenth of a second at most.
"""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import fastavro
from confluent_kafka import Message

from tidegate.avro.codec import decode
from tidegate.clients.kafka_follower import TopicFollower
from tidegate.contracts import naming
from tidegate.contracts.dataset import Stream
from tidegate.dead_letters.record import read_headers
from tidegate.measure.sampled_row import SampledRow, sampled_row
from tidegate.settings import Settings

SAMPLE_EVERY = 20
OnSample = Callable[[SampledRow], None]


@dataclass(frozen=True, slots=True)
class Example:
    """A dead letter: where its raw record lies (``partition:offset``) and what was wrong."""

    place: str
    message: str


@dataclass(slots=True)
class Seen:
    """Counts since the watch began; ``silver_next`` is the offset after the last silver record, by partition.

    ``dead_letters`` counts by error code, ``examples`` has the first one of each.
    """

    silver: int = 0
    dropped: int = 0
    dead_letters: Counter[str] = field(default_factory=Counter)
    examples: dict[str, Example] = field(default_factory=dict)
    silver_next: dict[int, int] = field(default_factory=dict)
    committed_ms: list[float] = field(default_factory=list)


class OutputWatch:
    """Reads the outputs of one dataset; ``on_sample`` gets the rows that were picked."""

    def __init__(self, settings: Settings, dataset: Stream, on_sample: OnSample) -> None:
        self.seen = Seen()
        self._contract = dataset.contract
        self._schema = fastavro.parse_schema(dataset.silver)
        self._on_sample = on_sample
        topics = (self._contract.silver_topic, self._contract.dead_letter_topic, self._contract.dropped_topic)
        self._follower = TopicFollower(settings, naming.DEMO_GROUP, topics)

    def poll(self) -> None:
        """Takes what has been committed since the last call.

        Raises:
            TransientError: a topic can't be read any more.
        """
        messages = self._follower.poll()
        received_ms = time.time() * 1000
        for message in messages:
            self._take(message, received_ms)

    def close(self) -> None:
        """Ends the reading."""
        self._follower.close()

    def _take(self, message: Message, received_ms: float) -> None:
        if message.topic() == self._contract.dead_letter_topic:
            self._count_dead_letter(message)
        elif message.topic() == self._contract.dropped_topic:
            self.seen.dropped += 1
        else:
            self.seen.silver += 1
            self.seen.silver_next[message.partition()] = message.offset() + 1
            if message.offset() % SAMPLE_EVERY == 0:
                self._sample(message, received_ms)

    def _sample(self, message: Message, received_ms: float) -> None:
        row = sampled_row(decode(message.value(), self._schema), self._contract)
        self.seen.committed_ms.append(received_ms - row.arrived_s * 1000)
        self._on_sample(row)

    def _count_dead_letter(self, message: Message) -> None:
        found = read_headers(message.headers() or [])
        self.seen.dead_letters[found.code] += 1
        self.seen.examples.setdefault(found.code, Example(f"{found.partition}:{found.offset}", found.message))
