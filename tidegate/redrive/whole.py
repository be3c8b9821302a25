"""The whole record of a dead letter that keeps a part of it: from raw, or from the lake where raw has it no more."""

import hashlib
from collections.abc import Mapping
from typing import Any, NamedTuple

from tidegate.clients.bronze import bronze_record
from tidegate.clients.kafka_single_records import SingleRecords
from tidegate.contracts.dataset import Stream
from tidegate.contracts.naming import lake_table
from tidegate.dead_letters.ledger import Place
from tidegate.dead_letters.record import KEY_LIMIT_BYTES
from tidegate.errors import TidegateError
from tidegate.settings import Settings

_CUT_HEADERS = " headers, which have "
"""Of the message that says what of a record is cut (``DeadLetterLimits.java``)."""
Headers = list[tuple[str, bytes | None]]


class Came(NamedTuple):
    """A record as it arrived."""

    key: bytes | None
    value: bytes | None
    headers: Headers


def came(letter: Mapping[str, Any]) -> Came:
    """The record as the letter has it."""
    source = letter["source"]
    return Came(source["key"], letter["payload"], list(source["headers"].items()))


def is_cut(letter: Mapping[str, Any]) -> bool:
    """Whether the letter has a part of its record only: of the value, the key or the headers."""
    key = letter["source"]["key"]
    return (
        bool(letter["payload_truncated"])
        or (key is not None and len(key) >= KEY_LIMIT_BYTES)
        or (_CUT_HEADERS in letter["error_message"] and letter["error_message"].endswith(")"))
    )


class WholeRecords:
    """Reads records by the coordinates that letters give."""

    def __init__(self, settings: Settings, stream: Stream) -> None:
        self._settings = settings
        self._stream = stream
        self._kafka: SingleRecords | None = None

    def at(self, letter: Mapping[str, Any]) -> Came | str:
        """The record, which has the letter's hash; or why it can't be had.

        Raises:
            TransientError: Kafka does not answer.
        """
        source = letter["source"]
        place = Place(source["topic"], source["partition"], source["offset"])
        found = self._of_topic(place)
        if found is not None and _has_hash(found, letter):
            return found
        gone = f"it is cut, and {place} " + ("is no longer there" if found is None else "is another record now")
        if place.topic != self._stream.contract.topic.name:
            return gone
        try:
            found = self._of_lake(place, source["timestamp"])
        except TidegateError as error:
            return f"{gone}; {error.problem}"
        if found is None:
            return f"{gone}, and the lake has not got it"
        return found if _has_hash(found, letter) else f"{gone}, and what the lake has of it has another hash"

    def _of_topic(self, place: Place) -> Came | None:
        if self._kafka is None:
            self._kafka = SingleRecords(self._settings)
        partition = (place.topic, place.partition)
        message = self._kafka.at({partition: place.offset}).get(partition)
        if message is None or message.offset() != place.offset:
            return None
        return Came(message.key(), message.value(), list(message.headers() or []))

    def _of_lake(self, place: Place, arrived_ms: int) -> Came | None:
        found = bronze_record(self._settings, lake_table("bronze", self._stream.name), place, arrived_ms)
        return None if found is None else Came(*found)


def _has_hash(found: Came, letter: Mapping[str, Any]) -> bool:
    return hashlib.sha256(found.value or b"").hexdigest() == str(letter["payload_sha256"])
