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
    """A key of a metric in one partition of the topic: its bytes, its columns, where its newest record lies there."""

    key: bytes
    columns: Mapping[str, object]
    partition: int
    offset: int


def gold_ends(settings: Settings, metric: Metric) -> dict[int, int]:
    """The end of each partition. Raises: TransientError: Kafka does not answer."""
    offsets = OffsetReader(settings, timeout_s=30)
    return {number: end for (_, number), end in offsets.ends(offsets.places([metric.topic])).items()}


def end_what_is_open(settings: Settings, metric: Metric) -> None:
    """Rolls back what a taker-away that was killed has begun: until then readers see nothing that was written after it.

    Raises:
        TransientError: Kafka does not answer.
    """
    _writer(settings, metric)


def gold_figures(settings: Settings, metric: Metric, times_ms: tuple[int, int]) -> list[Figure]:
    """The keys of these times [start, end) that are there; takes as long as reading the topic.

    A key that lies in two partitions, since some were added, is told once for each: nothing says which is the newer.

    Raises:
        TransientError: Kafka does not answer.
    """
    newest: dict[tuple[bytes, int], Figure | None] = {}
    for message in read_messages(settings, naming.SAMPLES_GROUP, metric.topic, gold_ends(settings, metric)):
        key = message.key()
        if not isinstance(key, bytes):
            continue
        figure = Figure(key, json.loads(key), message.partition() or 0, message.offset() or 0)
        is_there = message.value() is not None and _is_within(figure, metric, times_ms)
        newest[key, figure.partition] = figure if is_there else None
    return [figure for figure in newest.values() if figure is not None]


def keys_of(figures: Iterable[Figure]) -> int:
    """How many there are: a key that lies in two partitions is one."""
    return len({figure.key for figure in figures})


def take_away(settings: Settings, metric: Metric, figures: Iterable[Figure]) -> None:
    """Marks the keys as deleted where they lie, all or none of them.

    Raises:
        TransientError: Kafka does not answer.
    """
    writer = _writer(settings, metric)
    writer.begin()
    writer.write(Record(metric.topic, figure.key, None, figure.partition) for figure in figures)
    writer.flush()
    writer.commit()


def time_of(figure: Figure, metric: Metric) -> int:
    """The time of its key, in ms since 1970."""
    return int(datetime.fromisoformat(str(figure.columns[metric.key[0]])).timestamp() * 1000)


def _writer(settings: Settings, metric: Metric) -> TransactionalWriter:
    return TransactionalWriter(settings, f"tidegate-replay-{metric.topic}")


def _is_within(figure: Figure, metric: Metric, times_ms: tuple[int, int]) -> bool:
    return times_ms[0] <= time_of(figure, metric) < times_ms[1]
