"""Letters whose events are in silver all the same, since the producer sent a right one: they are resolved elsewhere."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tidegate.avro.leading_fields import Buffer, Layout, OneSchema, layouts, read_by_schema, texts
from tidegate.avro.records import WriterSchemas
from tidegate.clients.audit import Action, audited
from tidegate.clients.kafka_offsets import topic_spans
from tidegate.clients.kafka_records import Batch, Scan, read_batches
from tidegate.clients.ledger import write_entries
from tidegate.clients.letters import read_letters
from tidegate.clients.registry import RegistryClient
from tidegate.clock import now_ms
from tidegate.contracts.dataset import Stream
from tidegate.contracts.envelope import identity_bytes
from tidegate.dead_letters.codes import STAGES_BEFORE_SILVER
from tidegate.dead_letters.filter import Found, LetterFilter
from tidegate.dead_letters.ledger import Entry, Outcome, Place, State
from tidegate.dead_letters.payload import PayloadReader
from tidegate.dlq.turn import letters_turn, may_change, states_now
from tidegate.settings import Settings

WAITING = LetterFilter(
    stages=tuple(stage.value for stage in sorted(STAGES_BEFORE_SILVER)), states=(State.OPEN, State.PARKED)
)
"""The letters that may have been made up for."""


@dataclass(frozen=True, slots=True)
class Settled:
    """A letter, and the silver row that has its identity."""

    letter: Found
    silver: Place


def settled(settings: Settings, stream: Stream) -> list[Settled]:
    """The open and parked letters whose identity a row of the silver topic has; of a whole record that was to be
    several rows, one of them will do.

    Raises:
        TransientError: Kafka or the registry is out of reach.
    """
    waiting = _waiting(settings, stream)
    found: dict[str, Settled] = {}
    if waiting:
        for identity, place in _silver_rows(settings, stream):
            for letter in waiting.pop(identity, ()):
                found[letter.letter["dead_letter_id"]] = Settled(letter, place)
    return [*found.values()]


def entries(each: list[Settled], dataset: str, actor: str) -> Iterator[Entry]:
    """What the ledger says of them from now on."""
    for letter, silver in ((one.letter, one.silver) for one in each):
        source = letter.letter["source"]
        yield Entry(
            letter.letter["dead_letter_id"],
            dataset,
            State.RESOLVED,
            letter.place,
            Place(source["topic"], source["partition"], source["offset"]),
            now_ms(),
            actor,
            letter.letter["attempt"],
            outcome=Outcome.ELSEWHERE,
            outcome_place=silver,
        )


def record(settings: Settings, dataset: str, each: list[Settled], action: Action) -> int:
    """Writes the entries of those that are waiting still, and says how many.

    Raises:
        TidegateError: a redrive of the dataset or a decision is at work on this machine.
        TransientError: Kafka or the registry is out of reach.
    """
    with letters_turn(settings, dataset), audited(settings, action) as counts:
        states = states_now(settings, dataset)
        still = [one for one in each if may_change(states, one.letter.letter["dead_letter_id"], WAITING.states)]
        counts["letters"] = counts["entries"] = sum(
            write_entries(settings, action, entries(still, dataset, action.actor))
        )
        return counts["letters"]


def _waiting(settings: Settings, stream: Stream) -> dict[bytes, list[Found]]:
    """The letters by identity; one of a single row by that row's, as its number belongs to it."""
    waiting: dict[bytes, list[Found]] = {}
    with RegistryClient(settings) as registry:
        reader = PayloadReader(stream, registry)
        for letter in read_letters(settings, stream.name, WAITING):
            values = reader.identity_values(letter.letter)
            if values is None:
                continue
            row = letter.letter["source"].get("row")
            numbered = values if row is None else [*values, str(row)]
            waiting.setdefault(identity_bytes([value.encode() for value in numbered]), []).append(letter)
    return waiting


def _silver_rows(settings: Settings, stream: Stream) -> Iterator[tuple[bytes, Place]]:
    """The identity of every row with its place, and where events are exploded that of the event as well."""
    contract = stream.contract
    columns = contract.row_identity
    with RegistryClient(settings) as registry:
        found = layouts(registry.by_id, columns)
        topic = contract.silver_topic
        for batch in read_batches(Scan(settings, topic, topic_spans(settings, topic))):
            yield from _identities(batch, found, len(contract.identity))


def _identities(batch: Batch, found: WriterSchemas[Layout], of_event: int) -> Iterator[tuple[bytes, Place]]:
    for some in read_by_schema(Buffer.of(batch.values), found):
        if some.fields is None:
            continue
        readable = np.flatnonzero(some.fields.readable)
        for columns in {of_event, len(some.fields.columns)}:
            names = _texts(some, columns)
            for row in readable.tolist():
                at = int(some.places[row])
                yield names[row], Place(batch.topic, int(batch.partition[at]), int(batch.offset[at]))


def _texts(some: OneSchema, columns: int) -> list[bytes]:
    assert some.fields is not None
    return texts(some.buffer, some.fields.columns[:columns], identity_bytes)
