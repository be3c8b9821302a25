"""The evidence of topics on a broker inside the process; transactions and retention are met on real servers."""

from pathlib import Path

import pytest

from tests.broker import Broker
from tests.unit.proof.hand_written import HandWritten
from tidegate.clients import kafka_offsets
from tidegate.dead_letters.ledger import Outcome, State
from tidegate.errors import TransientError
from tidegate.proof import topics
from tidegate.proof.open_transactions import OpenEnd
from tidegate.proof.rows import Rows
from tidegate.proof.strangers import Strangers
from tidegate.proof.topics import Beginnings, TopicEvidence

NOTHING: dict[str, list[int]] = {"missing": [], "doubled": [], "unexplained": []}


@pytest.fixture
def written(broker: Broker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> HandWritten:
    return HandWritten(broker, tmp_path, monkeypatch)


@pytest.fixture
def orders(broker: Broker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> HandWritten:
    return HandWritten(broker, tmp_path, monkeypatch, explode=True)


def faults(evidence: TopicEvidence) -> dict[str, list[int]]:
    difference = evidence.judge()[0].difference
    return {name: getattr(difference, name).tolist() for name in NOTHING}


def places(rows: Rows) -> list[tuple[int, int]]:
    return [*zip(rows.partition.tolist(), rows.offset.tolist(), strict=True)]


def test_each_record_is_found_in_its_output(written: HandWritten) -> None:
    written.raw("a", "b!", "c", "a")
    written.silver((0, "a"))
    written.letter("decode", 1)
    written.dropped(2)

    evidence = written.evidence()

    assert faults(evidence) == NOTHING
    assert evidence.letters.count(evidence.windows) == {"SOME_CODE": 1}


def test_what_comes_later_is_read_once(written: HandWritten) -> None:
    written.raw("a", "b")
    written.silver((0, "a"))
    evidence = written.evidence()
    assert faults(evidence)["missing"] == [1]

    written.silver((1, "b"))

    assert (evidence.extend(), evidence.extend(), evidence.grown) == (True, False, 2)
    assert faults(evidence) == NOTHING


def test_rows_of_newer_events_and_of_partitions_that_were_added_are_not_unexplained(
    written: HandWritten, broker: Broker
) -> None:
    written.raw("a")
    evidence = written.evidence(partitions=1)
    written.raw("b")
    broker.send(written.contract.topic.name, [(3, b"x")])
    written.silver((0, "a"), (1, "b"))
    written.silver((0, "c"), _source_partition=3)

    evidence.extend()

    assert [verdict.difference.unexplained.tolist() for verdict in evidence.judge()] == [[]] * 4
    written.silver((7, "d"), _source_partition=3)
    evidence.extend()
    assert [verdict.difference.unexplained.tolist() for verdict in evidence.judge()] == [[], [], [], [7]]


def test_a_record_that_can_not_be_read_is_named_and_ends_nothing(written: HandWritten) -> None:
    written.raw("a")
    written.silver((0, "a"))
    written.send(written.contract.silver_topic, [b"hello", b"\0\0\0\0\x63?"])
    written.send(written.contract.dead_letter_topic, [b"hello"])
    written.send(written.contract.dropped_topic, [b"hello"])

    evidence = written.evidence()

    assert faults(evidence) == NOTHING
    assert evidence.strangers(None) == Strangers.at(
        ["silver.probe:0:1", "silver.probe:0:2", "dlq.probe:0:0", "dropped.probe:0:0"]
    )
    assert evidence.doubtful == 1, "of a schema that is not known (any more): a job may have written it"


def test_what_lies_in_an_output_since_before_the_window_is_not_named(
    written: HandWritten, monkeypatch: pytest.MonkeyPatch
) -> None:
    written.raw("a")
    written.send(written.contract.silver_topic, [b"old", b"new"])
    evidence = written.evidence()

    monkeypatch.setattr(topics, "offsets_at", lambda *_: {0: 1})
    assert evidence.strangers(5000) == Strangers.at(["silver.probe:0:1"])
    monkeypatch.setattr(topics, "offsets_at", lambda *_: {})
    assert evidence.strangers(9000) == Strangers()


def test_a_document_that_was_redriven_has_no_excuse_any_more(written: HandWritten) -> None:
    written.raw("a", "b")
    written.silver((0, "a"), (1, "b"))
    written.letter("index", 0)
    written.letter("index", 1)
    written.record(written.letter_id(0, "index"), 0, outcome=Outcome.INDEX)
    written.record(written.letter_id(1, "index"), 1, state=State.DISCARDED)

    evidence = written.evidence()

    assert places(evidence.expected("index").refused_records) == [(0, 1)]
    assert evidence.redriven_documents == {written.letter_id(0, "index")}
    assert faults(evidence) == NOTHING


def test_a_dead_letter_of_a_silver_record_excuses_its_row_in_that_layer_only(written: HandWritten) -> None:
    written.raw("a", "b")
    written.silver((0, "a"), (1, "b"))
    written.letter("index", 1, topic=written.contract.silver_topic)

    evidence = written.evidence()

    assert places(evidence.expected("index").refused) == [(0, 1)]
    assert places(evidence.expected("lake_silver").refused) == []
    assert faults(evidence) == NOTHING
    assert evidence.letters.count_of_silver() == {"index SOME_CODE": 1}


def test_an_unreadable_silver_record_that_is_a_dead_letter_is_accounted_for(written: HandWritten) -> None:
    written.raw("a")
    written.silver((0, "a"))
    written.send(written.contract.silver_topic, [b"hello"])
    evidence = written.evidence()
    assert evidence.strangers(None).count == 1

    written.letter("lake", 1, topic=written.contract.silver_topic)
    evidence.extend()

    assert evidence.strangers(None).count == 0
    assert len(evidence.expected("lake_silver").refused) == 0


@pytest.mark.parametrize("offset", [4711, 1 << 62])
def test_a_letter_that_names_no_silver_record_is_no_exception(written: HandWritten, offset: int) -> None:
    written.raw("a")
    written.silver((0, "a"))
    written.letter("index", offset, topic=written.contract.silver_topic)

    assert faults(written.evidence()) == NOTHING


def test_a_letter_of_the_index_about_one_row_excuses_this_row(orders: HandWritten) -> None:
    orders.raw("a", lines=3)
    for line in (1, 2, 3):
        orders.silver((0, "a"), line=line)
    orders.letter("index", 0, row=2)

    expected = orders.evidence().expected("index")

    assert len(expected.refused) == 1
    assert expected.refused.identity.tolist() == expected.rows.identity[1:2].tolist()
    assert len(expected.refused_records) == 0


def test_a_record_with_two_rows_in_silver_and_a_letter_of_refine_for_the_third_is_whole(orders: HandWritten) -> None:
    orders.raw("a", "a", lines=3)
    orders.silver((0, "a"), line=1)
    orders.silver((0, "a"), line=3)
    evidence = orders.evidence()
    assert faults(evidence)["missing"] == [0]

    orders.letter("transform", 0, row=2)
    evidence.extend()

    assert faults(evidence) == NOTHING


def test_what_is_behind_an_open_transaction_is_undecided(written: HandWritten, monkeypatch: pytest.MonkeyPatch) -> None:
    def without_the_end(settings: object, topic: str) -> kafka_offsets.Spans:
        spans = kafka_offsets.topic_spans(written.settings, topic)
        if topic == written.contract.silver_topic:
            spans[0] = (0, 1)
        return spans

    monkeypatch.setattr(topics, "topic_spans", without_the_end)
    written.raw("a", "b", "c")
    written.silver((0, "a"), (1, "b"))
    written.dropped(2)
    evidence = written.evidence()
    assert faults(evidence)["missing"] == [1]

    evidence.look_behind_open_transactions()

    assert evidence.judge()[0].undecided.tolist() == [1]
    assert faults(evidence) == NOTHING
    assert evidence.open_ends == (OpenEnd("silver.probe", 0, 1, 2),)


def test_what_retention_takes_before_it_was_read_is_no_loss(
    written: HandWritten, monkeypatch: pytest.MonkeyPatch
) -> None:
    written.raw("a")
    monkeypatch.setattr(topics, "topic_spans", lambda *_: {0: (5, 9)})

    with pytest.raises(TransientError, match=r"retention removed records of silver\.probe before they were read"):
        written.evidence(Beginnings({written.contract.silver_topic: {0: 3}}))


def test_a_raw_topic_that_lost_a_partition_is_another_topic(
    written: HandWritten, monkeypatch: pytest.MonkeyPatch
) -> None:
    written.raw("a")
    evidence = written.evidence()
    written.silver((0, "a"))
    spans = kafka_offsets.topic_spans

    def raw_is_gone(settings: object, topic: str) -> kafka_offsets.Spans:
        return {} if topic == written.contract.topic.name else spans(written.settings, topic)

    monkeypatch.setattr(topics, "topic_spans", raw_is_gone)

    with pytest.raises(TransientError, match=r"raw\.probe has lost partitions"):
        evidence.extend()
