"""The dead letters of a dataset that a filter means, read from their topic."""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from typing import Any

from tidegate.avro.records import decode_record, plain_schemas
from tidegate.clients.kafka_follower import TopicFollower
from tidegate.clients.kafka_offsets import topic_spans
from tidegate.clients.kafka_records import Scan, read_batches
from tidegate.clients.ledger_some import read_states
from tidegate.clients.registry import RegistryClient
from tidegate.contracts import naming
from tidegate.contracts.load import load_refined
from tidegate.dead_letters.filter import Found, LetterFilter
from tidegate.dead_letters.ledger import Place, State
from tidegate.dead_letters.payload import PayloadReader
from tidegate.errors import TidegateError
from tidegate.settings import Settings


def read_letters(settings: Settings, dataset: str, wanted: LetterFilter) -> Iterator[Found]:
    """Each committed letter that is meant, once, with its place; times are in ms since the epoch.

    A letter that was written twice is given once, as it was written first.

    Raises:
        ContractError: there is no such dataset.
        TransientError: Kafka or the registry is out of reach.
    """
    stream = load_refined(settings.schemas_dir, dataset)
    topic = stream.contract.dead_letter_topic
    registry = RegistryClient(settings)
    states = read_states(settings, dataset) if wanted.states else {}
    identity = PayloadReader(stream, registry).identity if wanted.identities else None
    seen: set[str] = set()
    for place, letter in _all_letters(Scan(settings, topic, topic_spans(settings, topic)), registry):
        name = letter["dead_letter_id"]
        if name not in seen and _is_meant(letter, wanted, states, identity):
            seen.add(name)
            yield Found(place, letter)


class LetterFollower:
    """The letters that are meant and come to their topics after it was made.

    Raises:
        TidegateError: identities are asked for, whose records would have to be read.
    """

    def __init__(self, settings: Settings, topics: Sequence[str], wanted: LetterFilter) -> None:
        if wanted.identities or wanted.states:
            raise TidegateError("a letter that comes is open.", remedy="Leave --state and --identity out.")
        self._schemas = plain_schemas(RegistryClient(settings).by_id)
        self._wanted = wanted
        self._follower = TopicFollower(settings, naming.SAMPLES_GROUP, topics)

    def letters(self) -> Generator[Found, None, None]:
        """Each as it is committed, without an end.

        Raises:
            TransientError: Kafka or the registry is out of reach.
        """
        try:
            while True:
                for message in self._follower.poll():
                    letter = decode_record(message.value() or b"", self._schemas)
                    if letter is not None and "dead_letter_id" in letter and self._wanted.matches(letter):
                        place = Place(str(message.topic()), int(message.partition() or 0), int(message.offset() or 0))
                        yield Found(place, letter)
        finally:
            self._follower.close()


def _is_meant(
    letter: Mapping[str, Any],
    wanted: LetterFilter,
    states: Mapping[str, State],
    identity: Callable[[Mapping[str, Any]], str | None] | None,
) -> bool:
    state = states.get(letter["dead_letter_id"], State.OPEN)
    return wanted.matches(letter, state, identity(letter) if identity else None)


def _all_letters(scan: Scan, registry: RegistryClient) -> Iterator[tuple[Place, dict[str, Any]]]:
    """All that lie in the scan, whatever else does."""
    schemas = plain_schemas(registry.by_id)
    for batch in read_batches(scan):
        for row, value in enumerate(batch.values):
            letter = decode_record(value, schemas)
            if letter is not None and "dead_letter_id" in letter and "source" in letter:
                yield Place(batch.topic, int(batch.partition[row]), int(batch.offset[row])), letter
