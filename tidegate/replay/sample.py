"""How many bytes the records of a topic have, by a sample of them."""

from tidegate.clients.kafka_records import Scan, read_batches
from tidegate.replay.row_range import Spans
from tidegate.settings import Settings

SAMPLE_RECORDS = 500


def sampled_bytes(settings: Settings, topic: str, spans: Spans) -> int:
    """Of the values, as many as there are offsets; 0 where none is found.

    Raises:
        TransientError: Kafka does not answer.
    """
    each = max(1, SAMPLE_RECORDS // max(1, len(spans)))
    some = {number: (start, min(end, start + each)) for number, (start, end) in spans.items()}
    batches = read_batches(Scan(settings, topic, some))
    sizes = [len(value) for batch in batches for value in batch.values]
    return int(sum(end - start for start, end in spans.values()) * sum(sizes) / len(sizes)) if sizes else 0
