"""The dead letters of a dataset that a filter means, read from their topic."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tidegate.avro.records import decode_record, plain_schemas
from tidegate.clients.kafka_offsets import topic_spans
from tidegate.clients.kafka_records import Scan, read_batches
from tidegate.clients.ledger import read_ledger
from tidegate.clients.registry import RegistryClient
from tidegate.contracts.load import load_stream
from tidegate.dead_letters.filter import Found, LetterFilter
from tidegate.dead_letters.ledger import Entry, Place, State
from tidegate.dead_letters.payload import PayloadReader
from tidegate.settings import Settings


def read_letters(settings: Settings, dataset: str, wanted: LetterFilter) -> Iterator[Found]:
    """Each committed letter that is meant, once, with its place; times are in ms since the epoch.

    A letter that was written twice is given once, as it was written first.

    Raises:
        ContractError: there is no such dataset.
        TransientError: Kafka or the registry is out of reach.
    """
    stream = load_stream(settings.schemas_dir, dataset)
    topic = stream.contract.dead_letter_topic
    registry = RegistryClient(settings)
    ledger = read_ledger(settings, dataset) if wanted.states else {}
    identity = PayloadReader(stream, registry).identity if wanted.identities else None
    seen: set[str] = set()
    for place, letter in _all_letters(Scan(settings, topic, topic_spans(settings, topic)), registry):
        name = letter["dead_letter_id"]
        if name not in seen and _is_meant(letter, wanted, ledger, identity):
            seen.add(name)
            yield Found(place, letter)


def _is_meant(
    letter: Mapping[str, Any],
    wanted: LetterFilter,
    ledger: Mapping[str, Entry],
    identity: Callable[[Mapping[str, Any]], str | None] | None,
) -> bool:
    entry = ledger.get(letter["dead_letter_id"])
    state = State.OPEN if entry is None else entry.state
    return wanted.matches(letter, state, identity(letter) if identity else None)


def _all_letters(scan: Scan, registry: RegistryClient) -> Iterator[tuple[Place, dict[str, Any]]]:
    """All that lie in the scan, whatever else does."""
    schemas = plain_schemas(registry.by_id)
    for batch in read_batches(scan):
        for row, value in enumerate(batch.values):
            letter = decode_record(value, schemas)
            if letter is not None and "dead_letter_id" in letter and "source" in letter:
                yield Place(batch.topic, int(batch.partition[row]), int(batch.offset[row])), letter
