"""Redriven records among those of raw, by their headers."""

from collections.abc import Iterator

from tidegate.clients.kafka_records import Batch, Scan, read_batches
from tidegate.dead_letters.redriven import Headers, is_genuine, read
from tidegate.proof.rows import Marked, Place


def noting_marks(scan: Scan, found: dict[Place, Marked]) -> Iterator[Batch]:
    """The records of a scan; those whose headers say that they are redriven are put into ``found``."""
    secret = scan.settings.redrive_key
    key = secret.get_secret_value() if secret else ""
    for batch in read_batches(scan):
        for row, headers in batch.redriven.items():
            mark = mark_of(headers, batch.values[row], batch.topic, key)
            if mark is not None:
                found[int(batch.partition[row]), int(batch.offset[row])] = mark
        yield batch


def mark_of(headers: Headers, value: bytes, topic: str, key: str) -> Marked | None:
    """What the headers say; None if they say nothing. Without a key they are believed: nobody can tell."""
    said = read(headers)
    if said is None:
        return None
    origin = (said.of.partition, said.of.offset) if said.of.topic == topic else None
    return Marked(origin, said.attempt, is_sure=not key or is_genuine(headers, value, key))
