"""Which letters' events are in silver all the same: identities of letters and of silver's rows, each read once.

Both are kept in columns beside what is kept of the letters, so that a second look reads only what came since. Letters
are read again when they may be readable by now: by a newer contract, or as the registry has a schema that it lacked.
"""

import json
import shutil
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tidegate.avro.contract_records import Schemas, writer_schema
from tidegate.avro.records import decode_record, plain_schemas
from tidegate.avro.types import read_record
from tidegate.clients.kafka_records import Batch
from tidegate.clients.registry import RegistryClient
from tidegate.contracts.dataset import Stream
from tidegate.contracts.json_topics import unknown_fields
from tidegate.dead_letters.codes import STAGES_BEFORE_SILVER
from tidegate.dead_letters.ledger import Place, State
from tidegate.dead_letters.payload import PayloadReader
from tidegate.dlq.choose import Chosen
from tidegate.dlq.folders import identities_folder, silver_folder
from tidegate.dlq.index import Index
from tidegate.dlq.layout import OFFSET, PARTITION, Kept, Layout
from tidegate.dlq.segments import Heard, Topic, behind, catch_up
from tidegate.settings import Settings

WAITING = (State.OPEN, State.PARKED)
"""The states of letters that may have been made up for."""
NEAR_LETTERS, NEAR_ROWS = 20_000, 300_000
"""Of so many new ones a look takes a second or two."""
MOST_LACKED = 100
"""The registry is asked for so many schemas that it lacked, those of most letters first: garbage names thousands."""
_LACKED = "select lacks from identities where lacks is not null group by lacks order by count(*) desc, lacks limit ?"
_NUMBERS = frozenset({"int", "long"})


@dataclass(frozen=True, slots=True)
class MadeUp:
    """A letter, and the first silver row that has its identity."""

    letter: Chosen
    silver: Place


def look(settings: Settings, index: Index, stream: Stream, heard: Heard = lambda _: None) -> list[MadeUp]:
    """The open and parked letters whose identity a row of the silver topic has or had; of a whole record that was to be
    several rows, one of them will do.

    Raises:
        TransientError: Kafka or the registry is out of reach.
    """
    letters, silver = _identities_topic(settings, stream), _silver_topic(settings, stream)
    with RegistryClient(settings) as registry:
        kept = catch_up(letters, heard, _Identities(stream, registry, letters.layout))
        index.attach("identities", kept, letters.layout)
        if kept.folder is not None and _is_there_now(registry, index.rows(_LACKED, [MOST_LACKED])):
            shutil.rmtree(kept.folder)
            kept = catch_up(letters, heard, _Identities(stream, registry, letters.layout))
            index.attach("identities", kept, letters.layout)
    index.attach("silver", catch_up(silver, heard), silver.layout)
    contract = stream.contract
    states, stages = [state.value for state in WAITING], [stage.value for stage in STAGES_BEFORE_SILVER]
    rows = index.rows(_sql(contract.row_identity, len(contract.identity)), [stream.name, states, stages])
    return [_made_up(stream, row) for row in rows]


def look_if_near(settings: Settings, index: Index, stream: Stream) -> dict[str, Place] | None:
    """The silver row of each by the letter's id, where somebody has looked before and little came since; None else.

    Raises:
        TransientError: Kafka or the registry is out of reach.
    """
    new_letters, new_rows = (behind(of(settings, stream)) for of in (_identities_topic, _silver_topic))
    if new_letters is None or new_rows is None or new_letters > NEAR_LETTERS or new_rows > NEAR_ROWS:
        return None
    return {each.letter.id: each.silver for each in look(settings, index, stream)}


class _Identities:
    """Makes of a batch of letters those whose record says its identity."""

    def __init__(self, stream: Stream, registry: RegistryClient, layout: Layout) -> None:
        self._schemas = plain_schemas(registry.by_id)
        self._reader = PayloadReader(stream, registry)
        self._layout = layout

    def __call__(self, batch: Batch) -> dict[str, Sequence[Any]]:
        rows = [row for number in range(len(batch.values)) if (row := self._row(batch, number)) is not None]
        return dict(zip([PARTITION, OFFSET, *self._layout], zip(*rows, strict=True), strict=True)) if rows else {}

    def _row(self, batch: Batch, number: int) -> tuple[int, int, str, list[str], str | None] | None:
        letter = decode_record(batch.values[number], self._schemas)
        if letter is None or letter.get("stage") not in STAGES_BEFORE_SILVER or "dead_letter_id" not in letter:
            return None
        values = self._reader.identity_values(letter)
        lacks = None if values is not None else self._reader.missing_schema(letter)
        if values is None and lacks is None:
            return None
        at = int(batch.partition[number]), int(batch.offset[number])
        return *at, letter["dead_letter_id"], values or [], None if lacks is None else str(lacks)


def _is_there_now(registry: Schemas, lacked: Sequence[tuple[str]]) -> bool:
    """Whether the registry has one of the schemas."""
    keys = (int(text) if text.isdecimal() else UUID(text) for (text,) in lacked)
    return any(writer_schema(registry, key) is not None for key in keys)


def _identities_topic(settings: Settings, stream: Stream) -> Topic:
    """The layout names what the identity is made of and how records are read: where that changed, all are again."""
    read_by = zlib.crc32(json.dumps([stream.latest, unknown_fields(stream.contract)]).encode())
    layout: Layout = {
        "id": Kept("dead_letter_id", "text"),
        "identity": Kept(f"{' '.join(stream.raw_identity)} {read_by:08x}", "texts"),
        "lacks": Kept("schema", "text"),
    }
    name = stream.contract.dead_letter_topic
    return Topic(settings, name, identities_folder(settings, stream.name), layout)


def _silver_topic(settings: Settings, stream: Stream) -> Topic:
    kinds = {field.name: field.type.kind for field in read_record(stream.silver).fields}
    layout: Layout = {
        name: Kept(name, "number" if kinds[name] in _NUMBERS else "text") for name in stream.contract.row_identity
    }
    contract = stream.contract
    folder = silver_folder(settings, stream.name, contract.silver_version)
    return Topic(settings, contract.silver_topic, folder, layout)


def _sql(columns: Sequence[str], of_event: int) -> str:
    """A letter of a whole record has no row's number: any row of its event will do."""
    same = " and ".join(
        f'cast(s."{name}" as varchar) = i.identity[{number}]' for number, name in enumerate(columns[:of_event], 1)
    )
    same += "".join(f' and (l.source_row is null or s."{name}" = l.source_row)' for name in columns[of_event:])
    return f"""select l.id, l.state, l.{PARTITION}, l.{OFFSET}, l.source_topic, l.source_partition, l.source_offset,
  l.attempt, s.{PARTITION}, s.{OFFSET}
from letters l join identities i on i.id = l.id join silver s on {same}
where l.dataset = ? and list_contains(?, l.state) and list_contains(?, l.stage)
qualify row_number() over (partition by l.id order by s.{PARTITION}, s.{OFFSET}) = 1
order by l.id"""


def _made_up(stream: Stream, row: tuple[Any, ...]) -> MadeUp:
    letter = Chosen(
        row[0], State(row[1]), Place(stream.contract.dead_letter_topic, *row[2:4]), Place(*row[4:7]), row[7]
    )
    return MadeUp(letter, Place(stream.contract.silver_topic, *row[8:]))
