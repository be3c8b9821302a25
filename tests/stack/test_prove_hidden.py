"""The proof of topics of which something is hidden by an open transaction or gone by retention, on real Kafka."""

from pathlib import Path
from uuid import uuid4

import pytest
from confluent_kafka import Producer, TopicPartition
from confluent_kafka.admin import AdminClient

from tests.polling import wait_for
from tests.synthetic import Record, SyntheticDataset
from tidegate.clients.kafka_offsets import topic_spans
from tidegate.errors import TidegateError
from tidegate.proof import retention
from tidegate.proof.reconcile import Scope, prove
from tidegate.proof.report import ProofReport
from tidegate.settings import Settings

ROUNDS = 5


@pytest.fixture
def synthetic(stack: Settings, tmp_path: Path) -> SyntheticDataset:
    """A dataset of its own, with empty topics."""
    return SyntheticDataset(stack, tmp_path / "schemas", f"probe_{uuid4().hex[:8]}")


def proof_of(synthetic: SyntheticDataset) -> ProofReport:
    return prove(synthetic.settings, synthetic.dataset.name, Scope(lake=False, index=False, wait_s=0))


def test_what_is_committed_behind_an_open_transaction_is_undecided_until_it_ends(synthetic: SyntheticDataset) -> None:
    written = synthetic.write_raw(ROUNDS)
    silver_topic = synthetic.dataset.contract.silver_topic
    foreign = Producer(
        {"bootstrap.servers": synthetic.settings.kafka_bootstrap_servers, "transactional.id": f"foreign-{silver_topic}"}
    )
    foreign.init_transactions(30)
    foreign.begin_transaction()
    foreign.produce(silver_topic, synthetic.silver.encode(written.silver[0]), partition=0)
    assert foreign.flush(30) == 0
    synthetic.write_outputs(written)

    report = proof_of(synthetic)

    assert not report.holds
    assert report.faults("missing") == 0
    assert 0 < report.undecided <= 40
    assert f"{silver_topic}, partition 0, from 0 on, are behind a transaction that is still open" in report.notes[0]

    foreign.abort_transaction(30)
    wait_for("the transaction to end", lambda: proof_of(synthetic).holds, timeout_s=30)


def add_events(synthetic: SyntheticDataset, like: Record, name: str) -> None:
    """One more event in each raw partition, and then its silver row in the partition of the same number."""
    contract = synthetic.dataset.contract
    ends = {number: end for number, (_, end) in topic_spans(synthetic.settings, contract.topic.name).items()}
    events = [(number, {"event_id": f"{name}_{number}", "event_time": 0, "note": None}) for number in ends]
    synthetic.send(contract.topic.name, [(number, synthetic.raw.encode(event)) for number, event in events])
    rows = [
        (number, like | {"_source_partition": number, "_source_offset": ends[number], "event_id": event["event_id"]})
        for number, event in events
    ]
    synthetic.send(contract.silver_topic, [(number, synthetic.silver.encode(row)) for number, row in rows])


def test_a_proof_begins_where_retention_has_left_the_outputs_whole(
    synthetic: SyntheticDataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "CLOCKS_MS", 0)
    settings, contract = synthetic.settings, synthetic.dataset.contract
    written = synthetic.write_raw(ROUNDS)
    synthetic.write_outputs(written)
    cut = topic_spans(settings, contract.silver_topic)
    for name in ("first_that_is_left", "proved"):
        add_events(synthetic, written.silver[0], name)
    repeated = synthetic.raw.encode({"event_id": "0-1", "event_time": 0, "note": None})
    synthetic.send(contract.topic.name, [(0, repeated)])
    admin = AdminClient({"bootstrap.servers": settings.kafka_bootstrap_servers})
    removed = [TopicPartition(contract.silver_topic, number, end) for number, (_, end) in cut.items()]
    for future in admin.delete_records(removed).values():
        future.result()

    report = proof_of(synthetic)

    assert report.holds, report.findings
    assert (report.total("raw"), report.total("silver"), report.expired) == (3, 2, 1)
    assert report.notes[0].startswith("left out: ")
    assert contract.silver_topic in report.notes[0]
    monkeypatch.setattr(retention, "CLOCKS_MS", 3_600_000)
    with pytest.raises(TidegateError, match="nothing of these events"):
        proof_of(synthetic)
