import hashlib
from dataclasses import dataclass
from typing import Any

import pytest

from tests.unit.redrive.letters import letter
from tests.unit.redrive.records import CLICKS
from tidegate.dead_letters.record import KEY_LIMIT_BYTES
from tidegate.errors import TransientError
from tidegate.redrive import whole
from tidegate.redrive.whole import Came, WholeRecords, is_cut
from tidegate.settings import Settings

BIG = b"x" * 1000
CUT: dict[str, Any] = {
    "payload_truncated": True,
    "payload_sha256": hashlib.sha256(BIG).hexdigest(),
    "source": {"topic": "raw.clicks"},
}
IN_TOPIC = Came(b"k", BIG, [("a", b"1"), ("a", b"2")])


@dataclass
class Message:
    at: int
    record: Came

    def offset(self) -> int:
        return self.at

    def key(self) -> bytes | None:
        return self.record.key

    def value(self) -> bytes | None:
        return self.record.value

    def headers(self) -> list[tuple[str, bytes | None]]:
        return self.record.headers


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What topic and lake have at the letter's coordinates; an error in place of a record is raised."""
    has: dict[str, Any] = {"topic": None, "lake": None}

    class Topic:
        def __init__(self, _: Settings) -> None: ...

        def at(self, wanted: dict[tuple[str, int], int]) -> dict[tuple[str, int], Message]:
            assert wanted == {("raw.clicks", 1): 42}
            return {} if has["topic"] is None else {("raw.clicks", 1): has["topic"]}

    def lake(_: Settings, table: str, place: tuple[str, int, int], arrived_ms: int) -> Any:
        assert (table, place, arrived_ms) == ("bronze.clicks", ("raw.clicks", 1, 42), 1_790_000_000_000)
        if isinstance(has["lake"], Exception):
            raise has["lake"]
        return has["lake"]

    monkeypatch.setattr(whole, "SingleRecords", Topic)
    monkeypatch.setattr(whole, "bronze_record", lake)
    return has


def at(**fields: Any) -> Came | str:
    return WholeRecords(Settings(), CLICKS).at(letter(BIG[:10], **CUT | fields))


def test_a_cut_record_is_read_from_its_topic_again(found: dict[str, Any]) -> None:
    found["topic"] = Message(42, IN_TOPIC)

    assert at() == IN_TOPIC


def test_what_the_topic_has_no_more_comes_from_the_lake(found: dict[str, Any]) -> None:
    found["topic"] = Message(99, IN_TOPIC)  # the first that retention has left
    found["lake"] = (b"k", BIG, [])

    assert at() == Came(b"k", BIG, [])


def test_another_record_at_the_same_place_is_not_taken(found: dict[str, Any]) -> None:
    found["topic"] = Message(42, Came(b"k", b"other", []))

    assert at() == "it is cut, and raw.clicks/1/42 is another record now, and the lake has not got it"
    found["lake"] = (b"k", b"other", [])
    assert "what the lake has of it has another hash" in at()


def test_why_the_lake_can_not_be_asked_is_told(found: dict[str, Any]) -> None:
    found["lake"] = TransientError("the catalog does not answer.", remedy="")

    assert at() == "it is cut, and raw.clicks/1/42 is no longer there; the catalog does not answer."


@pytest.mark.parametrize(
    ("fields", "cut"),
    [
        ({}, False),
        ({"payload_truncated": True}, True),
        ({"source": {"key": b"k" * KEY_LIMIT_BYTES}}, True),
        ({"source": {"key": None}}, False),
        ({"error_message": "x (kept are 2 of 9 headers, which have 200000 bytes)"}, True),
    ],
)
def test_what_is_cut(fields: dict[str, Any], cut: bool) -> None:
    assert is_cut(letter(**fields)) is cut
