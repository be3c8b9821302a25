"""Where the last record of each partition lies: marks of transactions, which no reader is given, may follow it."""

import numpy as np

from tidegate.clients.kafka_offsets import Spans, topic_spans
from tidegate.clients.kafka_records import Scan, read_batches
from tidegate.settings import Settings

_FIRST_LOOK = 64
_FARTHER = 8


def record_ends(settings: Settings, topic: str) -> dict[int, int]:
    """By partition, the offset after its last committed record; nothing of one that has none.

    Whoever has read up to there has read all, and may never be told of a later offset.

    Raises:
        TransientError: no broker answers.
    """
    found, look = dict[int, int](), _FIRST_LOOK
    spans = topic_spans(settings, topic)
    pending = {number: span for number, span in spans.items() if span[0] < span[1]}
    while pending:
        found |= _last(settings, topic, {number: (max(low, end - look), end) for number, (low, end) in pending.items()})
        pending = {
            number: (low, end) for number, (low, end) in pending.items() if number not in found and end - look > low
        }
        look *= _FARTHER
    return found


def _last(settings: Settings, topic: str, spans: Spans) -> dict[int, int]:
    found: dict[int, int] = {}
    for batch in read_batches(Scan(settings, topic, spans)):
        for number in np.unique(batch.partition).tolist():
            last = int(batch.offset[batch.partition == number].max()) + 1
            found[number] = max(last, found.get(number, 0))
    return found
