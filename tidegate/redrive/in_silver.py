"""Which records of a plan have an identity that silver has already: what is sent would repeat it."""

from collections.abc import Mapping
from typing import Any

from tidegate.clients.registry import RegistryClient
from tidegate.contracts.dataset import Stream
from tidegate.dead_letters.ledger import Place
from tidegate.dead_letters.payload import PayloadReader
from tidegate.redrive.fix import Fixed
from tidegate.redrive.held import HeldIdentities
from tidegate.settings import Settings


class Identities:
    """The identities of the records that are tried, in their order; None for one that can't be told."""

    def __init__(self, settings: Settings, stream: Stream) -> None:
        self._reader = PayloadReader(stream, RegistryClient(settings))
        self._first: dict[str, int] = {}
        self.found: list[str | None] = []

    def add(self, letter: Mapping[str, Any], copy: Fixed | None) -> None:
        """One more record: that of a letter, as it is sent; None where nothing is."""
        identity = None if copy is None else self._told(letter, copy)
        if identity is not None:
            self._first.setdefault(identity, len(self.found))
        self.found.append(identity)

    def _told(self, letter: Mapping[str, Any], copy: Fixed) -> str | None:
        source = letter["source"] | {"headers": dict(copy.headers), "row": None}
        return self._reader.identity({**letter, "payload": copy.value, "payload_truncated": False, "source": source})

    def earlier(self, number: int) -> int | None:
        """The first record with the identity of this one; None if it is the first, or has none."""
        identity = self.found[number]
        first = None if identity is None else self._first[identity]
        return None if first == number else first


def silver_places(settings: Settings, stream: Stream, identities: Identities) -> dict[int, Place]:
    """Of each tried record that silver has already, by number, where the raw record of that row lies.

    Raises:
        TransientError: Kafka or the registry does not answer.
    """
    if not any(identity is not None for identity in identities.found):
        return {}
    places = HeldIdentities(settings, stream).places(identities.found)
    return {number: place for number, place in enumerate(places) if place is not None}
