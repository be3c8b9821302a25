"""The letters that a filter means, as the ledger knows letters."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tidegate.clients.letters import read_letters
from tidegate.contracts.dataset import Stream
from tidegate.dead_letters.filter import LetterFilter
from tidegate.dead_letters.ledger import Place, State
from tidegate.dlq.index import Index
from tidegate.dlq.layout import OFFSET, PARTITION
from tidegate.dlq.where import where
from tidegate.settings import Settings

NO_LETTER = "none"
"""An id that no letter has."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """One letter: its id, its state, where it lies and where the record that failed does."""

    id: str
    state: State
    letter: Place
    source: Place
    attempt: int


def without_identities(settings: Settings, streams: Sequence[Stream], wanted: LetterFilter) -> LetterFilter:
    """The same letters by their ids, where identities are asked for: the records are read for that.

    Raises:
        TransientError: Kafka or the registry is out of reach.
    """
    if not wanted.identities:
        return wanted
    by_identity = LetterFilter(identities=wanted.identities)
    ids = {
        found.letter["dead_letter_id"]
        for stream in streams
        for found in read_letters(settings, stream.name, by_identity)
    }
    among = ids & {*wanted.ids} if wanted.ids else ids
    return replace(wanted, identities=(), ids=tuple(sorted(among)) or (NO_LETTER,))


def choose(index: Index, stream: Stream, wanted: LetterFilter) -> list[Chosen]:
    """The letters of one dataset of the index, the oldest first."""
    where_sql, values = where(wanted)
    rows = index.rows(
        f"select id, state, {PARTITION}, {OFFSET}, source_topic, source_partition, source_offset, attempt "
        f"from letters where dataset = ? and {where_sql} order by failed_at, id",
        [stream.name, *values],
    )
    topic = stream.contract.dead_letter_topic
    return [
        Chosen(
            row[0], State(row[1]), Place(topic, row[2], row[3]), Place(row[4] or "", row[5] or 0, row[6] or 0), row[7]
        )
        for row in rows
    ]
