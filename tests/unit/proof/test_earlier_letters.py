"""Rows that jobs refused in an earlier version of silver's topic are known in the one that was filled with them."""

from pathlib import Path

import pytest

from tests.broker import Broker
from tests.unit.proof.hand_written import HandWritten
from tests.unit.proof.test_letters import places

BEFORE = "silver.probe"
HELLO = b"hello"


@pytest.fixture
def written(broker: Broker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> HandWritten:
    return HandWritten(broker, tmp_path, monkeypatch)


def test_a_row_that_was_refused_before_excuses_that_row_in_the_new_topic_in_that_layer_only(
    written: HandWritten,
) -> None:
    written.raw("a", "b")
    refused = written.silver_values((1, "b"))[0]
    written.letter("index", 7, topic=BEFORE, payload=refused)
    written.next_version()
    written.silver((0, "a"), (1, "b"))

    evidence = written.evidence()

    expected = evidence.expected("index")
    assert places(expected.refused) == [(0, 1, int(expected.rows.identity[1, 0]))]
    assert len(evidence.expected("lake_silver").refused) == 0
    assert evidence.letters.count_of_silver() == {"index SOME_CODE": 1}


def test_a_letter_that_keeps_the_beginning_of_its_row_will_do(written: HandWritten) -> None:
    written.raw("a")
    written.letter("lake", 7, topic=BEFORE, payload=written.silver_values((0, "a"), note="x" * 1000)[0][:200])
    written.next_version()
    written.silver((0, "a"))

    assert len(written.evidence().expected("lake_silver").refused) == 1


def test_a_row_that_nobody_could_read_is_known_by_its_bytes(written: HandWritten) -> None:
    written.raw("a")
    written.letter("lake", 7, topic=BEFORE, payload=HELLO)
    written.next_version()
    written.silver((0, "a"))
    written.send(written.contract.silver_topic, [HELLO])
    evidence = written.evidence()

    assert evidence.strangers(None).count == 0
    assert len(evidence.expected("lake_silver").refused) == 0

    written.send(written.contract.silver_topic, [b"somebody else's"])
    evidence.extend()
    assert evidence.strangers(None).first == ("silver.probe.v2:0:2",)


def test_a_place_of_before_is_none_in_the_new_topic(written: HandWritten) -> None:
    written.raw("a", "b")
    written.letter("index", 1, topic=BEFORE)
    written.next_version()
    written.silver((0, "a"), (1, "b"))

    assert len(written.evidence().expected("index").refused) == 0
