"""Each kind of damage is damaged as its error code says, and nothing of it can pass for a good click."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np
import pytest

from producers.datasets.clicks.layout import ID_AT, TIME_AT
from producers.datasets.clicks.poison import BREAKS, poison
from tests.clicks import click
from tests.project import PROJECT
from tidegate.avro.codec import Encoder
from tidegate.contracts.dataset import Stream

DEAD_LETTERS = PROJECT / "docs/dead-letters.md"
SCHEMA_ID = 7
ROUNDS = 200


@pytest.fixture(scope="module")
def poisoned(clicks: Stream) -> dict[str, list[bytes | None]]:
    """Many records of each kind."""
    encoder = Encoder(clicks.latest, SCHEMA_ID)
    maker = poison(clicks, encoder)
    rng = np.random.default_rng(3)
    made: dict[str, list[bytes | None]] = {name: [] for name in maker.kinds}
    for _ in range(ROUNDS * len(made)):
        name, _, value = maker.spoil(encoder.encode(click()), rng)
        made[name].append(value)
    return made


def test_all_kinds_take_their_turn(poisoned: dict[str, list[bytes | None]]) -> None:
    assert {len(values) for values in poisoned.values()} == {ROUNDS}


def test_every_reject_rule_of_the_contract_is_broken(clicks: Stream) -> None:
    assert BREAKS.keys() == {rule.name for rule in clicks.contract.rules_of("reject")}


def test_the_codes_are_those_of_the_dead_letter_contract(clicks: Stream) -> None:
    kinds = poison(clicks, Encoder(clicks.latest, SCHEMA_ID)).kinds
    documented = re.findall(r"^\| `([A-Z0-9_]+)` \|", DEAD_LETTERS.read_text(), re.MULTILINE)
    assert set(kinds.values()) <= set(documented)


@pytest.mark.parametrize(
    ("kind", "holds"),
    [
        ("empty_value", lambda value: value == b""),
        ("tombstone", lambda value: value is None),
        ("wrong_magic", lambda value: value[0] != 0),
        ("random_bytes", lambda value: value[0] != 0),
        ("unknown_schema", lambda value: int.from_bytes(value[1:5], "big") > 2_000_000_000),
        ("length_prefix", lambda value: value[5:10] == b"\x80\x80\x80\x80\x10"),
        ("bad_utf8", lambda value: 0xFF in value[ID_AT:TIME_AT]),
        ("union_branch", lambda value: value[48] == 63 * 2),
    ],
)
def test_the_damage_is_there(
    poisoned: dict[str, list[bytes | None]], kind: str, holds: Callable[[bytes | None], bool]
) -> None:
    assert all(map(holds, poisoned[kind]))


@pytest.mark.parametrize("kind", ["truncated", "length_prefix", "bad_utf8", "union_branch"])
def test_fastavro_cannot_read_it_either(clicks: Stream, poisoned: dict[str, list[bytes | None]], kind: str) -> None:
    encoder = Encoder(clicks.latest, SCHEMA_ID)
    for value in poisoned[kind]:
        assert value is not None
        with pytest.raises((EOFError, UnicodeDecodeError, IndexError, ValueError)):
            encoder.decode(value)


def test_trailing_bytes_follow_a_whole_record(clicks: Stream, poisoned: dict[str, list[bytes | None]]) -> None:
    encoder = Encoder(clicks.latest, SCHEMA_ID)
    for value in poisoned["trailing_bytes"]:
        assert value is not None
        assert len(encoder.encode(encoder.decode(value))) < len(value)


def test_absurd_times_lie_outside_what_the_contract_believes(
    clicks: Stream, poisoned: dict[str, list[bytes | None]]
) -> None:
    earliest_ms = clicks.contract.event_time.earliest.timestamp() * 1000
    latest_ms = (datetime.now(UTC).timestamp() + clicks.contract.event_time.max_future_s) * 1000
    for value in poisoned["absurd_time"]:
        assert value is not None
        time_ms = _time_ms(value)
        assert not earliest_ms <= time_ms <= latest_ms


@pytest.mark.parametrize("rule", sorted(BREAKS))
def test_a_broken_rule_is_all_that_is_wrong(clicks: Stream, poisoned: dict[str, list[bytes | None]], rule: str) -> None:
    encoder = Encoder(clicks.latest, SCHEMA_ID)
    for value in poisoned[f"rule_{rule}"]:
        assert value is not None
        record = encoder.decode(value)
        changed = {name: record[name] for name in BREAKS[rule]}
        assert changed == dict(BREAKS[rule])


def _time_ms(value: bytes) -> int:
    zigzag = 0
    for place, byte in enumerate(value[TIME_AT:]):
        zigzag |= (byte & 0x7F) << (7 * place)
        if byte < 0x80:
            break
    return (zigzag >> 1) ^ -(zigzag & 1)
