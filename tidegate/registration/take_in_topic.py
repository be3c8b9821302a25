"""The folder of a dataset from its running topic: a sample of it is read, nothing is changed."""

from collections.abc import Iterator
from dataclasses import dataclass

from tidegate.clients.kafka_offsets import Spans, topic_spans
from tidegate.clients.kafka_records import Scan, read_batches
from tidegate.clients.kafka_topics import topic_settings
from tidegate.contracts import naming
from tidegate.contracts.model import TopicFormat
from tidegate.contracts.new.choose_fields import Fields
from tidegate.contracts.new.from_topic import Record, Sample, sample_of, scaffold_json
from tidegate.contracts.new.topic_section import TopicFacts
from tidegate.errors import ContractError
from tidegate.registration.take_in import Subject, take_in
from tidegate.settings import Settings

RECORDS = 1000
_MAX_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Running:
    """A topic that is there; ``records``: how many to look at. ``format`` None: find out."""

    topic: str
    format: TopicFormat | None = None
    records: int = RECORDS


def take_in_topic(
    settings: Settings, dataset: str, running: Running, fields: Fields
) -> tuple[dict[str, str], list[str]]:
    """The files of the dataset's folder by their paths in it, and what to say of them.

    Raises:
        ContractError: a name, topic or field that can't be used.
        TransientError: Kafka or the registry is out of reach.
    """
    spans = topic_spans(settings, running.topic)
    sample = sample_of(list(_records(settings, running, spans)))
    if not sum(sample.counts.values()):
        raise ContractError(
            f"topic {running.topic} has no record.",
            remedy="Wait for the first ones, or describe them by --sample FILE.",
        )
    if (running.format or _found(sample, running.topic)) == "avro":
        subject = naming.subject(running.topic)
        return take_in(settings, dataset, Subject(subject, None, running.topic, ()), fields)
    facts = topic_settings(settings, [running.topic]).get(running.topic, {})
    return scaffold_json(dataset, sample, fields, TopicFacts(running.topic, "", len(spans), facts, "json"))


def _found(sample: Sample, topic: str) -> TopicFormat:
    match sample.written:
        case "json" | "avro" as found if sample.counts.get(found):
            return found
        case _:
            raise ContractError(
                f"the records of {topic} are neither JSON objects nor Avro behind a registry's frame.",
                remedy="Send one of both, or say --format.",
            )


def _records(settings: Settings, running: Running, spans: Spans) -> Iterator[Record]:
    """Some from the beginning and some from the end of each partition, of a limited size together."""
    each = max(1, running.records // (2 * max(1, len(spans))))
    first = {number: (low, min(high, low + each)) for number, (low, high) in spans.items()}
    last = {number: (max(first[number][1], high - each), high) for number, (_, high) in spans.items()}
    size = 0
    for part in (first, last):
        for batch in read_batches(Scan(settings, running.topic, part, schema_headers=True)):
            for row, value in enumerate(batch.values):
                size += len(value)
                if size > _MAX_BYTES:
                    return
                yield value, batch.schema_headers.get(row)
