"""What lies in the outputs behind transactions that are still open: written, and neither committed nor gone.

A reader of committed records stops at the first record of the oldest open transaction, and does not see what others
have committed behind it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tidegate.clients.kafka_offsets import PATIENT_S, OffsetReader
from tidegate.clients.kafka_records import Scan
from tidegate.contracts.model import Contract
from tidegate.proof.letter_reader import read_dead_letters
from tidegate.proof.letters import without_numbers
from tidegate.proof.record_reader import read_dropped, read_silver
from tidegate.proof.rows import Rows, concat
from tidegate.settings import Settings


@dataclass(frozen=True, slots=True)
class OpenEnd:
    """The offsets [start, end) of a partition that readers of committed records do not see yet."""

    topic: str
    partition: int
    start: int
    end: int

    @property
    def size(self) -> int:
        """How many offsets."""
        return self.end - self.start


def open_ends(settings: Settings, read_to: Mapping[str, Mapping[int, int]]) -> tuple[OpenEnd, ...]:
    """The open ends of topics that were read up to there, by partition.

    Raises:
        TransientError: no broker answers.
    """
    reader = OffsetReader(settings, timeout_s=PATIENT_S)
    ends = reader.written_ends([(topic, number) for topic, starts in read_to.items() for number in starts])
    found = (OpenEnd(topic, number, read_to[topic][number], end) for (topic, number), end in ends.items())
    return tuple(open_end for open_end in found if open_end.size > 0)


def read_hidden(
    settings: Settings, contract: Contract, ends: Iterable[OpenEnd], stages_before_silver: frozenset[str]
) -> Rows:
    """The raw records that open ends name, be it in a transaction that is open, rolled back or committed.

    Those of silver have their identities, the others have none.
    """
    scans: dict[str, Scan] = {}
    for end in ends:
        scan = scans.setdefault(end.topic, Scan(settings, end.topic, committed=False))
        scan.spans[end.partition] = (end.start, end.end)
    parts: list[Rows] = []
    if contract.silver_topic in scans:
        parts.append(read_silver(scans[contract.silver_topic], contract.row_identity).rows)
    if contract.dropped_topic in scans:
        parts.append(read_dropped(scans[contract.dropped_topic]).rows)
    if contract.dead_letter_topic in scans:
        scan = scans[contract.dead_letter_topic]
        letters = read_dead_letters(scan, contract.topic.name, contract.silver_topic)
        parts += [letters.raw_records(stages_before_silver), without_numbers(letters.raw_rows(stages_before_silver))]
    return concat(parts)
