"""The identities that silver has, and who brought them: what is there already must not be sent a second time.

Refine itself drops a repeated identity for the contract's ``dedup_ttl_hours`` only, and letters are older than that.
"""

from collections.abc import Sequence

import numpy as np

from tidegate.clients.kafka_offsets import topic_spans
from tidegate.clients.kafka_records import Scan
from tidegate.contracts.dataset import Stream
from tidegate.dead_letters.ledger import Place
from tidegate.proof.record_reader import read_silver
from tidegate.proof.rows import fingerprints
from tidegate.settings import Settings


class HeldIdentities:
    """Those of all committed silver rows, read once.

    Raises:
        TransientError: Kafka or the registry is out of reach.
    """

    def __init__(self, settings: Settings, stream: Stream) -> None:
        contract = stream.contract
        spans = topic_spans(settings, contract.silver_topic)
        self._raw_topic = contract.topic.name
        self._rows = read_silver(Scan(settings, contract.silver_topic, spans), contract.identity_columns).rows
        first = self._rows.identity[:, 0]
        self._order = np.argsort(first, kind="stable")
        self._sorted = first[self._order]

    def places(self, identities: Sequence[str | None]) -> list[Place | None]:
        """For each identity, the raw record that brought it to silver first, if one did."""
        return self.places_of([None if identity is None else identity.encode() for identity in identities])

    def places_of(self, identities: Sequence[bytes | None]) -> list[Place | None]:
        """The same, of texts in UTF-8."""
        marks = fingerprints(identity or b"" for identity in identities)
        begin = np.searchsorted(self._sorted, marks[:, 0], "left")
        end = np.searchsorted(self._sorted, marks[:, 0], "right")
        found: list[Place | None] = [None] * len(identities)
        for number in np.flatnonzero(begin < end).tolist():
            if identities[number] is not None:
                rows = self._order[begin[number] : end[number]].tolist()
                found[number] = self._place(int(marks[number, 1]), rows)
        return found

    def _place(self, second_half: int, rows: list[int]) -> Place | None:
        same = [row for row in rows if int(self._rows.identity[row, 1]) == second_half]
        if not same:
            return None
        row = same[0]
        return Place(self._raw_topic, int(self._rows.partition[row]), int(self._rows.offset[row]))
