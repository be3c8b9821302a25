"""Records whose headers say that they are redriven: who is believed."""

import pytest

from tests.broker import Broker
from tidegate.clients.kafka_records import Scan
from tidegate.dead_letters.redriven import OF_HEADER, Headers, Origin, Redriven, marked
from tidegate.proof.marks import mark_of, noting_marks
from tidegate.proof.rows import Marked, Place

TOPIC = "raw.clicks"
COPY = Redriven(Origin(TOPIC, 1, 7, "a" * 32), 2, "plan", 0, 0)
OWN: Headers = [("producer", b"checkout")]


@pytest.mark.parametrize(
    ("written_with", "known", "is_sure"), [("ours", "ours", True), ("theirs", "ours", False), ("theirs", "", True)]
)
def test_headers_are_believed_by_their_signature_or_if_nobody_can_tell(
    written_with: str, known: str, is_sure: bool
) -> None:
    headers = marked(OWN, COPY, b"value", written_with)

    assert mark_of(headers, b"value", TOPIC, known) == Marked((1, 7), 2, is_sure)


def test_headers_that_were_signed_for_another_value_are_not_sure() -> None:
    found = mark_of(marked([], COPY, b"value", "ours"), b"another", TOPIC, "ours")

    assert found == Marked((1, 7), 2, is_sure=False)


def test_a_record_without_them_or_with_broken_ones_is_not_marked() -> None:
    assert mark_of([(OF_HEADER, b"nothing of ours")], b"", TOPIC, "") is None
    assert mark_of(marked([], COPY, b"", ""), b"", "raw.orders", "") == Marked(None, 2)


def test_marked_records_are_noted_as_they_are_read(broker: Broker) -> None:
    headers = [OWN, marked(OWN, COPY, b"b", "ours"), marked([], COPY, b"c", "ours")]
    broker.send(TOPIC, [(0, b"a"), (0, b"b"), (0, b"c"), (0, b"d")], headers=headers)
    found: dict[Place, Marked] = {}

    batches = [*noting_marks(Scan(broker.settings, TOPIC, {0: (1, 4)}, schema_headers=True), found)]

    assert [value for batch in batches for value in batch.values] == [b"b", b"c", b"d"]
    assert found == {(0, 1): Marked((1, 7), 2), (0, 2): Marked((1, 7), 2)}
