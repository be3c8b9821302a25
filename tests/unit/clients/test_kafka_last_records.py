"""The last record is found behind whatever follows it: nothing, marks of transactions, or what was rolled back."""

from collections.abc import Iterator

import numpy as np
import pytest

from tests.broker import Broker
from tidegate.clients import kafka_last_records
from tidegate.clients.kafka_last_records import record_ends
from tidegate.clients.kafka_records import Batch, Scan
from tidegate.settings import Settings

TOPIC = "silver.clicks"


def test_where_nothing_follows_it_is_the_end(broker: Broker) -> None:
    broker.send(TOPIC, [(0, b"a"), (0, b"b"), (2, b"c")])
    assert record_ends(broker.settings, TOPIC) == {0: 2, 2: 1}
    assert record_ends(broker.settings, "no.such.topic") == {}


@pytest.mark.parametrize("last", [999, 998, 940, 700, 1, 0])
def test_it_may_lie_far_before_the_end(monkeypatch: pytest.MonkeyPatch, last: int) -> None:
    """Partition 1 holds marks alone; of partition 2 retention has left nothing."""
    records = {0: range(last + 1)}
    monkeypatch.setattr(kafka_last_records, "topic_spans", lambda *_: {0: (0, 1000), 1: (0, 1000), 2: (70, 70)})
    monkeypatch.setattr(kafka_last_records, "read_batches", lambda scan: read(records, scan))
    assert record_ends(Settings(), TOPIC) == {0: last + 1}


def read(records: dict[int, range], scan: Scan) -> Iterator[Batch]:
    """Two batches, the later one first: the order of batches says nothing."""
    for number, (start, end) in scan.spans.items():
        offsets = [offset for offset in records.get(number, ()) if start <= offset < end]
        for some in (offsets[len(offsets) // 2 :], offsets[: len(offsets) // 2]):
            if some:
                yield Batch(scan.topic, np.full(len(some), number, np.int32), np.array(some), [b""] * len(some))
