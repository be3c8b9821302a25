"""One letter whole: cause, place, record, what to do, and what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tidegate.avro.records import decode_record, plain_schemas
from tidegate.clients.kafka_single_records import SingleRecords
from tidegate.clients.ledger import history
from tidegate.clients.registry import RegistryClient
from tidegate.contracts.dataset import Stream
from tidegate.dead_letters.advice import advice
from tidegate.dead_letters.filter import key_texts
from tidegate.dead_letters.ledger import Entry, Place
from tidegate.dead_letters.view import MASK, View, offending_value, personal_paths, view_payload
from tidegate.dlq.index import Index
from tidegate.dlq.layout import OFFSET, PARTITION
from tidegate.errors import TidegateError
from tidegate.settings import Settings


@dataclass(frozen=True, slots=True)
class Known:
    """What the index has of a letter, and the dataset that it is of.

    ``in_silver``: the row that has its identity all the same, where that is known of a letter that waits.
    """

    stream: Stream
    facts: Mapping[str, Any]
    in_silver: Place | None = None

    @property
    def place(self) -> Place:
        return Place(self.stream.contract.dead_letter_topic, self.facts[PARTITION], self.facts[OFFSET])


@dataclass(frozen=True, slots=True)
class One:
    """A letter for people; ``letter`` is None where retention has removed it, ``view`` then too.

    ``values``: what the record has in the field of each violation, in their order.
    """

    known: Known
    letter: Mapping[str, Any] | None
    view: View | None
    values: tuple[Any, ...]
    version: int | None
    history: tuple[Entry, ...]
    key: str | None
    headers: Mapping[str, str | None]

    @property
    def advice(self) -> str:
        return advice(self.known.facts["stage"], self.known.facts["code"])


def find(index: Index, streams: Sequence[Stream], start: str) -> Known:
    """The one letter whose id begins so.

    Raises:
        TidegateError: there is none, or more than one.
    """
    found = index.records("select * from letters where starts_with(id, ?) limit 2", [start.lower()])
    if len(found) != 1:
        problem = (
            f"{'several letters have ids that begin' if found else 'no letter has an id that begins'} with {start}."
        )
        raise TidegateError(problem, remedy="Take an id from `tidegate dlq list`.")
    (facts,) = found
    return Known(next(stream for stream in streams if stream.name == facts["dataset"]), facts)


def look_at(settings: Settings, known: Known, *, reveal: bool) -> One:
    """Reads the letter and its history.

    Raises:
        TransientError: Kafka or the registry is out of reach.
    """
    stream, entries = known.stream, tuple(history(settings, known.facts["id"]))
    with RegistryClient(settings) as registry:
        letter = _letter(settings, registry, known)
        if letter is None:
            return One(known, None, None, (), None, entries, None, {})
        view = view_payload(stream, registry, letter, reveal=reveal)
        version = _version(registry, letter["contract"])
    values = tuple(offending_value(stream, each["field"], view) for each in letter["violations"])
    source = letter["source"] or {"key": None, "headers": {}}
    is_hidden = not reveal and stream.contract.topic.key in personal_paths(stream)
    key = MASK if is_hidden and source["key"] else next(iter(key_texts(source["key"])), None)
    headers = {name: next(iter(key_texts(value)), None) for name, value in source["headers"].items()}
    return One(known, letter, view, values, version, entries, key, headers)


def as_json(one: One) -> dict[str, Any]:
    """For machines: bytes are in hex."""
    letter = {name: value for name, value in (one.letter or {}).items() if name not in ("payload", "source")}
    source = {name: value for name, value in ((one.letter or {}).get("source") or {}).items() if name != "timestamp"}
    return {
        "id": one.known.facts["id"],
        "dataset": one.known.stream.name,
        "state": one.known.facts["state"],
        "place": str(one.known.place),
        "stage": one.known.facts["stage"],
        "code": one.known.facts["code"],
        "letter": letter or None,
        "source": (source | {"key": one.key, "headers": dict(one.headers)}) if source else None,
        "values": [*one.values],
        "schema_version": one.version,
        "record": None if one.view is None else asdict(one.view),
        "what_to_do": one.advice,
        "in_silver": one.known.in_silver,
        "history": [entry._asdict() for entry in one.history],
    }


def _letter(settings: Settings, registry: RegistryClient, known: Known) -> dict[str, Any] | None:
    place = known.place
    found = SingleRecords(settings).at({(place.topic, place.partition): place.offset})
    message = found.get((place.topic, place.partition))
    if message is None or message.offset() != place.offset:
        return None
    return decode_record(message.value() or b"", plain_schemas(registry.by_id))


def _version(registry: RegistryClient, contract: Mapping[str, Any]) -> int | None:
    """The number of the schema that the record names, among the versions of its subject."""
    subject, schema_id = contract["subject"], contract["schema_id"]
    if schema_id is None:
        return None
    for version in reversed(registry.versions(subject)):
        if registry.written_with(subject, version).schema_id == schema_id:
            return version
    return None
