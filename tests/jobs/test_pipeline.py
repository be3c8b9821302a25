"""From producer to silver, dead letters, lake and search: every event once, as the producer's ledger says."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from confluent_kafka import Producer

from tests.clicks import click
from tests.pipeline import Pipeline, produce, prove_window, run_tidegate, tidegate
from tests.polling import wait_for
from tests.topics import read_committed, send, wait_for_records
from tidegate.avro.codec import Encoder
from tidegate.clients.registry import RegistryClient
from tidegate.contracts.load import load_reference
from tidegate.measure.child import Child


def test_mixed_traffic_is_accounted_for_as_the_ledger_says(pipeline: Pipeline) -> None:
    summary = produce(
        "--count", "20000", "--rate", "10000", "--seed", "11",
        "--bad-ratio", "0.03", "--duplicate-ratio", "0.1", "--late-ratio", "0.05",
    )  # fmt: skip
    report = prove_window(summary["offsets"])
    facts = report["datasets"]["clicks"]
    assert report["holds"], report
    assert {name: facts[name] for name in summary["expected"]} == summary["expected"]
    assert facts["produced"] == summary["delivered"] == 20_000
    assert facts["lake_bronze_rows"] == 20_000
    assert facts["lake_silver_rows"] == facts["indexed_docs"] == facts["silver"]


def test_personal_fields_are_keyed_hashes_in_silver(pipeline: Pipeline) -> None:
    settings = pipeline.settings
    [landed] = send(settings, "raw.clicks", [pipeline.framed(click(ip="192.0.2.99"))])
    row = wait_for_records(settings, "silver.clicks", pipeline.silver, {landed.offset})[landed.offset]
    assert settings.privacy_key is not None
    key = settings.privacy_key.get_secret_value().encode()
    assert row["ip"] == hmac.new(key, b"192.0.2.99", hashlib.sha256).hexdigest()[:32]
    assert row["user_id"] == hmac.new(key, b"u1", hashlib.sha256).hexdigest()[:32]
    assert row["device_family"] == "phone"
    assert row["amount"] == Decimal("19.98")
    assert row["country"] == "DE"


def test_a_click_gets_the_product_as_it_was_at_its_own_time(pipeline: Pipeline) -> None:
    settings = pipeline.settings
    change = datetime.now(UTC) - timedelta(hours=1)
    products = load_reference(settings.schemas_dir, "products")
    with RegistryClient(settings) as registry:
        product_schema_id = registry.lookup("ref.products-value", products.latest)
    assert product_schema_id is not None
    versions = [(change - timedelta(days=1), "10.00"), (change, "12.00")]
    states = [
        {"product_id": "P-test", "name": "Kettle", "category": "Kitchen", "list_price": Decimal(price),
         "currency": "EUR", "updated_at": since}
        for since, price in versions
    ]  # fmt: skip
    _load_products(pipeline, product_schema_id, states)
    minutes = {-2000: None, -5: "10.00", 5: "12.00"}
    clicks = [click(product_id="P-test", event_time=change + timedelta(minutes=offset)) for offset in minutes]
    landed = send(settings, "raw.clicks", [pipeline.framed(row) for row in clicks])
    rows = wait_for_records(settings, "silver.clicks", pipeline.silver, {place.offset for place in landed})
    prices = [rows[place.offset]["list_price"] for place in landed]
    assert prices == [None if price is None else Decimal(price) for price in minutes.values()]


def test_a_second_start_of_a_running_job_is_refused(pipeline: Pipeline) -> None:
    result = run_tidegate("run", "refine")
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1
    assert "runs already" in result.stderr
    assert "tidegate stop refine" in result.stderr


def test_a_job_goes_on_from_its_savepoint_and_from_its_newest_checkpoint(pipeline: Pipeline, tmp_path: Path) -> None:
    traffic = Child(pipeline.settings, tmp_path / "orders.log", "produce", "orders", "--rate", "50", "--seconds", "600")
    try:
        before = produce("--count", "3000", "--rate", "3000", "--seed", "21")
        pipeline.wait_for_checkpoints("refine", 1)  # so that the savepoint, too, holds a transaction
        assert "savepoint" in tidegate("stop", "refine")
        between = produce("--count", "3000", "--rate", "3000", "--seed", "22", "--duplicate-ratio", "0.1")
        tidegate("run", "refine")
        # What the savepoint holds was committed before the stop, and is refused now: no failure, and told as such.
        wait_for("its commits to be told", lambda: _committables(pipeline, "alreadyCommitted") > 0)
        assert _committables(pipeline, "failed") == 0
        tidegate("stop", "refine", "--no-savepoint")
        after = produce("--count", "3000", "--rate", "3000", "--seed", "23")
        tidegate("run", "refine")
        for summary in (before, between, after):
            report = prove_window(summary["offsets"], "--wait", "60")
            assert report["holds"], report
            assert report["datasets"]["clicks"]["silver"] == summary["expected"]["silver"]
        wait_for("commits to be told", lambda: _committables(pipeline, "successful") > 0)
        assert _committables(pipeline, "failed") == 0
    finally:
        traffic.stop()


def test_dead_letters_and_dropped_records_carry_their_coordinates(pipeline: Pipeline) -> None:
    settings = pipeline.settings
    good, bad, beat = (
        pipeline.framed(row)
        for row in (click(), click(quantity=0, unit_price=Decimal("-1.00")), click(event_type="heartbeat"))
    )
    landed = send(settings, "raw.clicks", [good, bad, beat])
    letter = wait_for_records(settings, "dlq.clicks", pipeline.dead_letter, {landed[1].offset})[landed[1].offset]
    assert (letter["stage"], letter["error_code"]) == ("rule", "RULE_VIOLATED")
    assert {entry["rule"] for entry in letter["violations"]} == {"quantity_is_positive", "price_is_not_negative"}
    assert letter["payload"] == bad
    assert letter["payload_sha256"] == hashlib.sha256(bad).hexdigest()
    wait_for_records(settings, "silver.clicks", pipeline.silver, {landed[0].offset})
    assert landed[2].offset not in _silver_offsets(pipeline)


def _committables(pipeline: Pipeline, what: str) -> float:
    """How many transactions of refine have ended so since its tasks began, as Flink counts them."""
    job = pipeline.flink.live_job("refine")
    assert job is not None
    total = 0.0
    for vertex in pipeline.flink.vertices(job.job_id):
        place = job.job_id, vertex.vertex_id
        names = [name for name in pipeline.flink.metric_names(*place) if name.endswith(f".{what}Committables")]
        total += sum(pipeline.flink.metric_sums(*place, names).values()) if names else 0
    return total


def _silver_offsets(pipeline: Pipeline) -> set[int]:
    rows = read_committed(pipeline.settings, "silver.clicks", pipeline.silver)
    return {row["_source_offset"] for row in rows if row["_source_partition"] == 0}


def _load_products(pipeline: Pipeline, schema_id: int, states: list[dict[str, object]]) -> None:
    schema = load_reference(pipeline.settings.schemas_dir, "products").latest
    producer = Producer({"bootstrap.servers": pipeline.settings.kafka_bootstrap_servers, "enable.idempotence": True})
    for state in states:
        producer.produce("ref.products", Encoder(schema, schema_id).encode(state), key=str(state["product_id"]))
    assert producer.flush(30) == 0
