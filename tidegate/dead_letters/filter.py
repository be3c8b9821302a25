"""Which dead letters are meant: one value for every command, told of a letter in Python or asked for in SQL. Pure."""

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from tidegate.dead_letters.ledger import Place, State


class OffsetRange(NamedTuple):
    """Offsets [start, end) of a partition of the topic that the failed records lie in."""

    partition: int
    start: int
    end: int

    def __str__(self) -> str:
        return f"{self.partition}:{self.start}-{self.end}"


@dataclass(frozen=True, slots=True)
class LetterFilter:
    """What a letter must be; of each field any of its values will do, and an empty one asks for nothing.

    Times are in ms since the epoch, [since, until), and meet ``failed_at``. ``offsets`` and ``keys`` are of the record
    that failed; a key is its text, or its bytes in hex. ``identities``: as document ids, without a row's number.
    ``headers`` are names and texts, each of which the record must have.
    """

    codes: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    schema_ids: tuple[int, ...] = ()
    states: tuple[State, ...] = ()
    since: int | None = None
    until: int | None = None
    offsets: tuple[OffsetRange, ...] = ()
    identities: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        """As the options of a command line; empty for one that asks for nothing."""
        return shlex.join(self._options())

    def matches(self, letter: Mapping[str, Any], state: State = State.OPEN, identity: str | None = None) -> bool:
        """Whether a decoded letter (times as numbers) is meant; ``state`` is the ledger's word on it.

        ``identity`` is needed only where ``identities`` are asked for; None is none of them.
        """
        return (
            _among(state, self.states)
            and _among(identity, self.identities)
            and self._is_caused(letter)
            and self._is_in_time(letter["failed_at"])
            and self._is_of(letter["source"])
        )

    def _is_caused(self, letter: Mapping[str, Any]) -> bool:
        broken = [violation["rule"] for violation in letter["violations"]]
        return (
            _among(letter["dead_letter_id"], self.ids)
            and _among(letter["stage"], self.stages)
            and _among(letter["error_code"], self.codes)
            and _among(letter["contract"]["schema_id"], self.schema_ids)
            and (not self.rules or any(rule in self.rules for rule in broken))
        )

    def _is_in_time(self, failed_at: int) -> bool:
        return (self.since is None or self.since <= failed_at) and (self.until is None or failed_at < self.until)

    def _is_of(self, source: Mapping[str, Any] | None) -> bool:
        if source is None:
            return not (self.offsets or self.keys or self.headers)
        headers = source["headers"]
        return (
            (not self.offsets or any(_is_in(source, each) for each in self.offsets))
            and (not self.keys or not {*key_texts(source["key"])}.isdisjoint(self.keys))
            and all(headers.get(name) == value.encode() for name, value in self.headers)
        )

    def _options(self) -> Iterator[str]:
        for option, values in (
            ("--id", self.ids),
            ("--code", self.codes),
            ("--rule", self.rules),
            ("--stage", self.stages),
            ("--schema-id", self.schema_ids),
            ("--state", self.states),
            ("--offsets", self.offsets),
            ("--identity", self.identities),
            ("--key", self.keys),
            ("--header", [f"{name}={value}" for name, value in self.headers]),
            ("--since", [_iso(at) for at in (self.since,) if at is not None]),
            ("--until", [_iso(at) for at in (self.until,) if at is not None]),
        ):
            for value in values:
                yield from (option, str(value))


class Found(NamedTuple):
    """A letter that a filter means: where it lies in ``dlq.<dataset>``, and what it says."""

    place: Place
    letter: dict[str, Any]


def key_texts(key: bytes | None) -> tuple[str, ...]:
    """How a record's key may be asked for."""
    if key is None:
        return ()
    try:
        return key.decode(), key.hex()
    except UnicodeDecodeError:
        return (key.hex(),)


def _among(value: object, wanted: tuple[object, ...]) -> bool:
    return not wanted or value in wanted


def _is_in(source: Mapping[str, Any], wanted: OffsetRange) -> bool:
    return bool(source["partition"] == wanted.partition and wanted.start <= source["offset"] < wanted.end)


def _iso(at_ms: int) -> str:
    text = datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")
