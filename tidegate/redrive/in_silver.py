"""Which records of a plan have an identity that silver has already: what is sent would repeat it."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from tidegate.clients.kafka_offsets import topic_spans
from tidegate.clients.kafka_records import Scan
from tidegate.clients.registry import RegistryClient
from tidegate.contracts.dataset import Stream
from tidegate.dead_letters.ledger import Place
from tidegate.dead_letters.payload import PayloadReader
from tidegate.proof.record_reader import read_silver
from tidegate.proof.rows import Fingerprints, IdentityIndex, fingerprints
from tidegate.redrive.fix import Fixed
from tidegate.settings import Settings

_Fingerprint = tuple[int, int]


class Identities:
    """The identities of the records that are tried, in their order; None for one that can't be told."""

    def __init__(self, settings: Settings, stream: Stream) -> None:
        self._reader = PayloadReader(stream, RegistryClient(settings))
        self._found: list[_Fingerprint | None] = []
        self._first: dict[_Fingerprint, int] = {}

    def add(self, letter: Mapping[str, Any], copy: Fixed | None) -> None:
        """One more record: that of a letter, as it is sent; None where nothing is."""
        self._found.append(None if copy is None else self._told(letter, copy))

    def _told(self, letter: Mapping[str, Any], copy: Fixed) -> _Fingerprint | None:
        source = letter["source"] | {"headers": dict(copy.headers), "row": None}
        sent = {**letter, "payload": copy.value, "payload_truncated": False, "source": source}
        text = self._reader.identity(sent)
        if text is None:
            return None
        high, low = fingerprints([text.encode()])[0].tolist()
        self._first.setdefault((high, low), len(self._found))
        return high, low

    def earlier(self, number: int) -> int | None:
        """The first record with the identity of this one; None if it is the first, or has none."""
        found = self._found[number]
        first = None if found is None else self._first[found]
        return None if first == number else first

    def array(self) -> Fingerprints:
        """All of them, each once."""
        return np.array(list(self._first), np.uint64).reshape(-1, 2)

    def numbers(self, places: Mapping[_Fingerprint, Place]) -> dict[int, Place]:
        """The records, by number, whose identity is one of those."""
        return {
            number: places[found] for number, found in enumerate(self._found) if found is not None and found in places
        }


def silver_places(settings: Settings, stream: Stream, identities: Identities) -> dict[int, Place]:
    """Of each tried record that silver has already, by number, where the raw record of that row lies.

    Raises:
        TransientError: Kafka or the registry does not answer.
    """
    contract = stream.contract
    wanted = identities.array()
    if not len(wanted):
        return {}
    spans = topic_spans(settings, contract.silver_topic)
    rows = read_silver(Scan(settings, contract.silver_topic, spans), contract.identity_columns).rows
    same = rows.where(IdentityIndex(wanted).contains(rows.identity))
    found: dict[_Fingerprint, Place] = {}
    for partition, offset, (high, low) in zip(
        same.partition.tolist(), same.offset.tolist(), same.identity.tolist(), strict=True
    ):
        found.setdefault((high, low), Place(contract.topic.name, partition, offset))
    return identities.numbers(found)
