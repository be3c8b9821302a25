"""What was written to the outputs beyond what readers of committed records see."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.broker import Broker
from tests.unit.proof.hand_written import HandWritten
from tidegate.clients.kafka_offsets import topic_spans
from tidegate.contracts.audit_topics import ACTIONS_TOPIC
from tidegate.dead_letters.ledger import State
from tidegate.proof import ledger_reader
from tidegate.proof.open_transactions import OpenEnd, open_ends, read_hidden
from tidegate.proof.rows import fingerprints

STAGES = frozenset({"rule", "transform"})


@pytest.fixture
def written(broker: Broker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> HandWritten:
    return HandWritten(broker, tmp_path, monkeypatch)


def test_an_end_is_open_where_more_was_written_than_read(written: HandWritten) -> None:
    written.silver((0, "a"), (1, "b"))
    silver = written.contract.silver_topic

    assert open_ends(written.settings, {silver: {0: 1, 1: 0}, "dlq.probe": {}}) == (OpenEnd(silver, 0, 1, 2),)
    assert open_ends(written.settings, {silver: {0: 2}}) == ()


def test_all_outputs_are_read_and_silver_with_its_identities(written: HandWritten) -> None:
    contract = written.contract
    written.silver((0, "a"), (1, "b"))
    written.letter("rule", 2)
    written.letter("index", 3)
    written.letter("transform", 4, row=1)
    written.dropped(5)
    ends = [
        OpenEnd(contract.silver_topic, 0, 1, 2),
        OpenEnd(contract.dead_letter_topic, 0, 0, 3),
        OpenEnd(contract.dropped_topic, 0, 0, 1),
    ]

    hidden = read_hidden(written.settings, contract, ends, STAGES)

    assert sorted(hidden.offset.tolist()) == [1, 2, 4, 5]
    assert hidden.identity[hidden.offset == 1].tolist() == fingerprints([b"b"]).tolist()
    assert not hidden.identity[hidden.offset != 1].any()
    assert len(read_hidden(written.settings, contract, [], STAGES)) == 0


@pytest.fixture
def open_from_here(written: HandWritten, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """As if another dataset's transaction had begun in the audit when it is called, and were open still."""

    def begin() -> None:
        committed = topic_spans(written.settings, ACTIONS_TOPIC)
        monkeypatch.setattr(
            ledger_reader,
            "topic_spans",
            lambda settings, topic: committed if topic == ACTIONS_TOPIC else topic_spans(settings, topic),
        )

    return begin


@pytest.mark.parametrize("state", [State.PARKED, State.DISCARDED])
def test_what_the_audit_tells_behind_an_open_transaction_explains_an_entry(
    written: HandWritten, open_from_here: Callable[[], None], state: State
) -> None:
    written.raw("a", "b")
    for offset in (0, 1):
        written.letter("rule", offset)
    written.decide(State.PARKED, 0)
    open_from_here()
    written.decide(state, 0, 1, at=1_000)

    assert written.evidence().judge_ledger().named == {}


def test_what_nobody_tells_is_named_behind_an_open_transaction_too(
    written: HandWritten, open_from_here: Callable[[], None]
) -> None:
    written.raw("a", "b")
    for offset in (0, 1):
        written.letter("rule", offset)
    written.decide(State.PARKED, 0)
    open_from_here()
    written.decide(State.DISCARDED, 0)
    written.decide(State.PARKED, 1, lost=["entries"])

    (named,) = written.evidence().judge_ledger().named["unexplained"].first
    assert named.startswith(f"letter {written.letter_id(1)} is parked by action")
