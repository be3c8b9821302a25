"""The topic of a metric: its keys, when each was written last, and keys taken away."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from tidegate.clients.kafka_offsets import OffsetReader
from tidegate.clients.kafka_records import read_messages
from tidegate.clients.transactions import Record, TransactionalWriter
from tidegate.contracts import naming
from tidegate.contracts.dataset import Metric
from tidegate.settings import Settings


@dataclass(frozen=True, slots=True)
class Figure:
    """A key of a metric as the topic has it: its bytes, its columns, and where its newest record lies."""

    key: bytes
    columns: Mapping[str, object]
    partition: int
    offset: int


def gold_ends(settings: Settings, metric: Metric) -> dict[int, int]:
    """The end of each partition. Raises: TransientError: Kafka does not answer."""
    offsets = OffsetReader(settings, timeout_s=30)
    return {number: end for (_, number), end in offsets.ends(offsets.places([metric.topic])).items()}


def gold_figures(settings: Settings, metric: Metric, times_ms: tuple[int, int]) -> list[Figure]:
    """The keys of these times [start, end) that are there; takes as long as reading the topic.

    Raises:
        TransientError: Kafka does not answer.
    """
    newest: dict[bytes, Figure | None] = {}
    for message in read_messages(settings, naming.SAMPLES_GROUP, metric.topic, gold_ends(settings, metric)):
        key = message.key()
        if not isinstance(key, bytes):
            continue
        figure = Figure(key, json.loads(key), message.partition() or 0, message.offset() or 0)
        is_there = message.value() is not None and _is_within(figure, metric, times_ms)
        newest[key] = figure if is_there else None
    return [figure for figure in newest.values() if figure is not None]


def take_away(settings: Settings, metric: Metric, figures: Iterable[Figure]) -> None:
    """Marks the keys as deleted, all or none of them.

    Raises:
        TransientError: Kafka does not answer.
    """
    writer = TransactionalWriter(settings, f"tidegate-replay-{metric.topic}")
    writer.begin()
    writer.write(Record(metric.topic, figure.key, None, figure.partition) for figure in figures)
    writer.flush()
    writer.commit()


def time_of(figure: Figure, metric: Metric) -> int:
    """The time of its key, in ms since 1970."""
    return int(datetime.fromisoformat(str(figure.columns[metric.key[0]])).timestamp() * 1000)


def _is_within(figure: Figure, metric: Metric, times_ms: tuple[int, int]) -> bool:
    return times_ms[0] <= time_of(figure, metric) < times_ms[1]
