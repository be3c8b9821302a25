"""Letters are read from their topic, those that are meant, each once."""

from typing import Any

import pytest

from tests.broker import Broker
from tests.clicks import click
from tests.contracts import SCHEMAS
from tests.letters import SCHEMA, encoded, letter
from tests.unit.clients.registries import MemoryRegistry
from tidegate.avro.codec import Encoder
from tidegate.clients import audit_topics, ledger, ledger_some, letters
from tidegate.clients.ledger import LedgerCodec
from tidegate.clients.letters import LetterFollower, read_letters
from tidegate.contracts.dataset import Stream
from tidegate.dead_letters.filter import LetterFilter
from tidegate.dead_letters.ledger import Entry, Place, State
from tidegate.errors import TidegateError
from tidegate.settings import Settings

TOPIC = "dlq.clicks"


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> MemoryRegistry:
    registry = MemoryRegistry()
    for module in (letters, ledger, ledger_some, audit_topics):
        monkeypatch.setattr(module, "RegistryClient", lambda _: registry)
    monkeypatch.setattr(audit_topics, "create_topics", lambda *_: None)
    registry.register(f"{TOPIC}-value", SCHEMA)
    return registry


@pytest.fixture
def settings(broker: Broker, registry: MemoryRegistry) -> Settings:
    return broker.settings.model_copy(update={"schemas_dir": SCHEMAS})


def _found(settings: Settings, wanted: LetterFilter) -> list[tuple[Place, int]]:
    return sorted((found.place, found.letter["source"]["offset"]) for found in read_letters(settings, "clicks", wanted))


def _sent(broker: Broker, *records: dict[str, Any]) -> None:
    broker.send(TOPIC, [(0, encoded(record)) for record in records])


def test_those_that_are_meant_come_with_their_place(broker: Broker, settings: Settings) -> None:
    _sent(broker, letter(1), letter(2, error_code="TRUNCATED", stage="decode"), letter(3))
    broker.send(TOPIC, [(0, b"no letter"), (1, encoded(letter(4)))])

    assert _found(settings, LetterFilter(codes=("RULE_VIOLATED",))) == [
        (Place(TOPIC, 0, 0), 1),
        (Place(TOPIC, 0, 2), 3),
        (Place(TOPIC, 1, 0), 4),
    ]


def test_a_letter_that_was_written_twice_is_given_once(broker: Broker, settings: Settings) -> None:
    _sent(broker, letter(1), letter(1))

    assert _found(settings, LetterFilter()) == [(Place(TOPIC, 0, 0), 1)]


def test_a_state_is_the_ledgers(broker: Broker, settings: Settings) -> None:
    _sent(broker, letter(1), letter(2))
    place = Place(TOPIC, 0, 0)
    entry = Entry(letter(1)["dead_letter_id"], "clicks", State.PARKED, place, Place("raw.clicks", 0, 1), 1, "anna")
    topic, key, value = LedgerCodec(settings).encode(entry)
    broker.send(topic, [(0, value)], key)

    assert _found(settings, LetterFilter(states=(State.PARKED,))) == [(place, 1)]
    assert [offset for _, offset in _found(settings, LetterFilter(states=(State.OPEN,)))] == [2]


def test_an_identity_is_the_records(
    broker: Broker, settings: Settings, registry: MemoryRegistry, clicks: Stream
) -> None:
    schema_id = registry.register("raw.clicks-value", clicks.latest)
    written = [Encoder(clicks.latest, schema_id).encode(click(event_id=name)) for name in ("a", "b")]
    _sent(broker, *(letter(offset, payload=value) for offset, value in enumerate(written)))

    assert [offset for _, offset in _found(settings, LetterFilter(identities=("b",)))] == [1]


def test_letters_are_followed_as_they_come(broker: Broker, settings: Settings) -> None:
    _sent(broker, letter(1))
    follower = LetterFollower(settings, [TOPIC], LetterFilter(stages=("rule",)))
    broker.send(TOPIC, [(0, b"no letter")])
    _sent(broker, letter(2, stage="decode"), letter(3))
    coming = follower.letters()

    assert next(coming).letter["source"]["offset"] == 3
    coming.close()


def test_a_letter_that_comes_has_no_other_state(settings: Settings) -> None:
    with pytest.raises(TidegateError, match="--state"):
        LetterFollower(settings, [TOPIC], LetterFilter(states=(State.PARKED,)))
