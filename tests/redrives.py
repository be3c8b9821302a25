"""Dead letters of a synthetic dataset, and what takes refine's place for it, with a verdict of the test's own."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from confluent_kafka import Consumer, KafkaError, Message, Producer, TopicPartition

from tests.synthetic import EVENT_TIME_MS, PARTITIONS, SyntheticDataset
from tidegate.clients.kafka_offsets import topic_spans
from tidegate.clients.kafka_records import read_messages
from tidegate.contracts import naming
from tidegate.dead_letters import redriven
from tidegate.dead_letters.ledger import Place
from tidegate.job_names import REFINE
from tidegate.redrive.plan import PlannedLetter, RedrivePlan, store

HEADERS: list[tuple[str, bytes | None]] = [("producer", b"shop 2.1")]
Verdict = Callable[[dict[str, Any]], str]
"""Of an event: silver, dead_letter, dropped or duplicate."""


def all_silver(_event: dict[str, Any]) -> str:
    return "silver"


class Redrives:
    """``count`` records that failed, their letters, and a plan of all of them."""

    def __init__(self, synthetic: SyntheticDataset, count: int) -> None:
        self.synthetic = synthetic
        self.settings = synthetic.settings
        self.stream = synthetic.dataset
        self.raw_topic = self.stream.contract.topic.name
        values = [self._event(number) for number in range(count)]
        places = self._send(self.raw_topic, [(number % PARTITIONS, value) for number, value in enumerate(values)])
        letters = [self._letter(*each) for each in zip(places, values, strict=True)]
        encoded = [(0, synthetic.dead_letter.encode(letter)) for letter in letters]
        lie = self._send(self.stream.contract.dead_letter_topic, encoded)
        self.plan = RedrivePlan(
            plan_id=f"{self.stream.name}-plan",
            dataset=self.stream.name,
            created_at=EVENT_TIME_MS,
            actor="anna@desk",
            filters="",
            recipe=None,
            recipe_name=None,
            letters=tuple(
                PlannedLetter(letter["dead_letter_id"], at, place, letter["stage"], letter["attempt"])
                for letter, at, place in zip(letters, lie, places, strict=True)
            ),
        )
        store(self.settings, self.plan)
        self._commit_positions()

    def copies(self) -> Counter[str]:
        """By letter, how many committed copies the raw topic has."""
        found: Counter[str] = Counter()
        for message in self.records():
            said = redriven.read(message.headers() or [])
            if said is not None:
                found[said.of.letter_id] += 1
        return found

    def records(self) -> list[Message]:
        """All committed records of the raw topic."""
        spans = topic_spans(self.settings, self.raw_topic)
        return [*read_messages(self.settings, naming.PROVE_GROUP, self.raw_topic, spans)]

    @contextmanager
    def refine(self, verdict: Verdict = all_silver) -> Iterator[None]:
        """Reads what comes, and writes what the verdict says, exactly once, until the block ends."""
        stop = threading.Event()
        thread = threading.Thread(target=self._follow, args=(verdict, stop), daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join(60)
            assert not thread.is_alive()

    def _follow(self, verdict: Verdict, stop: threading.Event) -> None:
        group = naming.group(REFINE, self.stream.name)
        servers = {"bootstrap.servers": self.settings.kafka_bootstrap_servers}
        options = {"group.id": group, "isolation.level": "read_committed", "enable.auto.commit": False}
        consumer = Consumer(servers | options)
        producer = Producer(servers | {"transactional.id": f"refine-{self.stream.name}"})
        producer.init_transactions(30)
        places = [TopicPartition(self.raw_topic, number) for number in range(PARTITIONS)]
        consumer.assign(consumer.committed(places, timeout=30))
        while not stop.is_set():
            messages = [message for message in consumer.consume(10_000, timeout=0.2) if message.error() is None]
            if not messages:
                continue
            producer.begin_transaction()
            for message in messages:
                for topic, value in self._written(message, verdict):
                    producer.produce(topic, value)
            positions = consumer.position(places)
            producer.send_offsets_to_transaction(positions, consumer.consumer_group_metadata(), 30)
            producer.commit_transaction(30)
        consumer.close()

    def _written(self, message: Message, verdict: Verdict) -> Iterator[tuple[str, bytes]]:
        contract, synthetic = self.stream.contract, self.synthetic
        event = synthetic.raw.decode(message.value())
        partition, offset = message.partition(), message.offset()
        match verdict(event):
            case "silver":
                row = {"_source_partition": partition, "_source_offset": offset, "_source_topic": self.raw_topic}
                more = {"_ingested_at": EVENT_TIME_MS, "_schema_id": 1, "_warnings": []}
                yield contract.silver_topic, synthetic.silver.encode({**row, **event, **more})
            case "dropped":
                row = {"source_partition": partition, "source_offset": offset, "source_topic": self.raw_topic}
                row |= {"source_timestamp": EVENT_TIME_MS, "rule": "no_heartbeats"}
                yield contract.dropped_topic, synthetic.dropped.encode(row)
            case "dead_letter":
                letter = self._letter(Place(self.raw_topic, partition, offset), message.value())
                yield contract.dead_letter_topic, synthetic.dead_letter.encode(letter)

    def _commit_positions(self) -> None:
        """As refine has when it has read all that is there."""
        group = naming.group(REFINE, self.stream.name)
        consumer = Consumer({"bootstrap.servers": self.settings.kafka_bootstrap_servers, "group.id": group})
        ends = topic_spans(self.settings, self.raw_topic)
        consumer.commit(
            offsets=[TopicPartition(self.raw_topic, number, end) for number, (_, end) in ends.items()],
            asynchronous=False,
        )
        consumer.close()

    def _event(self, number: int) -> bytes:
        return self.synthetic.raw.encode({"event_id": f"e{number}", "event_time": EVENT_TIME_MS, "note": None})

    def _letter(self, place: Place, value: bytes) -> dict[str, Any]:
        letter = self.synthetic.dead_letter_record("rule", "RULE_VIOLATED", place.partition, place.offset)
        source = letter["source"] | {"key": b"k", "headers": dict(HEADERS)}
        return letter | {"payload": value, "source": source}

    def _send(self, topic: str, values: list[tuple[int, bytes]]) -> list[Place]:
        landed: list[Place | None] = [None] * len(values)

        def delivered(number: int) -> Callable[[KafkaError | None, Message], None]:
            def note(error: KafkaError | None, message: Message) -> None:
                assert error is None, error
                landed[number] = Place(topic, message.partition(), message.offset())

            return note

        producer = Producer({"bootstrap.servers": self.settings.kafka_bootstrap_servers, "enable.idempotence": True})
        for number, (partition, value) in enumerate(values):
            producer.produce(
                topic, value, key=b"k", partition=partition, headers=HEADERS, on_delivery=delivered(number)
            )
        assert producer.flush(30) == 0
        return [place for place in landed if place is not None]
