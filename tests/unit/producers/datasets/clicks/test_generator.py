"""Generated clicks: the same bytes as fastavro writes, of the mix that was asked for, by design."""

import uuid
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from producers.datasets.clicks.generator import generator
from producers.datasets.clicks.layout import event_id_of
from producers.datasets.clicks.poison import poison
from producers.datasets.products import catalogue
from producers.generated.generator import Generator, Mix, Traffic
from producers.generated.ledger import Ledger
from producers.sending.batch import Batch
from tests.contracts import next_version
from tidegate.avro.codec import Encoder
from tidegate.contracts.dataset import Stream
from tidegate.errors import ContractError

DEVICE = {"name": "device", "type": ["null", "string"], "default": None}
HASH = {"name": "hash", "type": "bytes", "default": "\u00ff"}
NOW_MS = 1_800_000_000_000
SCHEMA_ID = 7


def make(clicks: Stream, mix: Mix, seed: int = 1, rate_per_s: float = 1000) -> Generator:
    return generator(Traffic(clicks, SCHEMA_ID, mix, rate_per_s, NOW_MS), np.random.default_rng(seed))


def batches(clicks: Stream, mix: Mix, count: int = 20, size: int = 500, seed: int = 1) -> list[Batch]:
    source = make(clicks, mix, seed)
    return [source.batch(NOW_MS + 100 * number + np.zeros(size, dtype=np.int64)) for number in range(count)]


def values(batch: Batch) -> list[bytes]:
    return [value for value in batch.values if value is not None]


@pytest.fixture(scope="module")
def running(clicks: Stream) -> Generator:
    """A generator that has its tables encoded already."""
    return make(clicks, Mix())


@given(st.integers(0, 2**40), st.integers(1, 60))
@settings(deadline=None)
def test_every_click_is_what_fastavro_writes_for_the_same_record(
    clicks: Stream, running: Generator, later_ms: int, size: int
) -> None:
    encoder = Encoder(clicks.latest, SCHEMA_ID)
    times_ms = 2**40 + later_ms - np.arange(1, size + 1) * 1000
    batch = running.batch(times_ms)
    for key, value, time_ms in zip(batch.keys, values(batch), times_ms, strict=True):
        record = encoder.decode(value)
        assert encoder.encode(record) == value
        assert record["event_time"] == datetime.fromtimestamp(time_ms / 1000, UTC)
        assert key == str(record["session_id"]).encode()


def test_ids_are_uuids_of_version_7_that_carry_the_event_time(clicks: Stream) -> None:
    encoder = Encoder(clicks.latest, SCHEMA_ID)
    for value in values(make(clicks, Mix(late_ratio=0.5)).batch(np.full(500, NOW_MS))):
        record = encoder.decode(value)
        event_id, event_time = uuid.UUID(str(record["event_id"])), record["event_time"]
        assert isinstance(event_time, datetime)
        assert event_id.version == 7
        assert event_id.int >> 80 == round(event_time.timestamp() * 1000)


def test_traffic_looks_like_a_shop(clicks: Stream) -> None:
    encoder = Encoder(clicks.latest, SCHEMA_ID)
    records = [encoder.decode(value) for batch in batches(clicks, Mix(), count=60) for value in values(batch)]
    types = Counter(str(record["event_type"]) for record in records)
    assert types["view"] > types["search"] > types["checkout"] > types["purchase"] > 0
    assert types["view"] > types["cart"] > types["checkout"]
    assert 0.02 < types["heartbeat"] / len(records) < 0.04
    products = Counter(record["product_id"] for record in records if record["event_type"] == "view")
    assert products.most_common(20)[-1][1] > 5 * products.most_common(500)[-1][1]
    known = {product.product_id for product in catalogue.products()}
    unknown = sum(count for product, count in products.items() if product not in known)
    assert 0 < unknown < 0.005 * len(records)
    assert len({record["session_id"] for record in records}) > 100
    assert None in {record["user_id"] for record in records}


def test_a_purchase_follows_a_checkout_of_the_same_product(clicks: Stream) -> None:
    encoder = Encoder(clicks.latest, SCHEMA_ID)
    last: dict[object, tuple[object, object]] = {}
    purchases = 0
    for batch in batches(clicks, Mix(), count=60):
        for record in map(encoder.decode, values(batch)):
            if record["event_type"] == "heartbeat":
                continue
            if record["event_type"] == "purchase":
                purchases += 1
                checkout = ("checkout", record["product_id"])
                assert last.get(record["session_id"], checkout) == checkout
            last[record["session_id"]] = (record["event_type"], record["product_id"])
    assert purchases > 10


def test_the_ledger_adds_up_to_what_was_sent(clicks: Stream) -> None:
    ledger = Ledger()
    made = batches(clicks, Mix(bad_ratio=0.02, duplicate_ratio=0.1, late_ratio=0.05), count=40)
    for batch in made:
        ledger.add(batch)
    expected = ledger.totals.expected("keep")
    assert sum(expected.values()) == ledger.totals.sent == 20_000
    assert 300 < expected["dead_letter"] < 500
    assert 1800 < expected["duplicate"] < 2200
    assert 850 < ledger.totals.late < 1150


def test_ids_tell_the_same_as_the_ledger(clicks: Stream) -> None:
    """Counted from the bytes alone, silver holds as many ids as the ledger expects."""
    encoder = Encoder(clicks.latest, SCHEMA_ID)
    ledger = Ledger()
    ids: set[str] = set()
    for batch in batches(clicks, Mix(bad_ratio=0.02, duplicate_ratio=0.2), count=40):
        ledger.add(batch)
        bad = {special.place for special in batch.specials if special.kind == "bad"}
        for place, value in enumerate(batch.values):
            if place not in bad and value is not None and encoder.decode(value)["event_type"] != "heartbeat":
                ids.add(event_id_of(value))
    assert len(ids) == ledger.totals.expected("keep")["silver"]


def test_a_duplicate_is_a_record_sent_before_byte_for_byte(clicks: Stream) -> None:
    seen: set[tuple[bytes | None, bytes | None]] = set()
    for batch in batches(clicks, Mix(duplicate_ratio=0.2)):
        resent = {special.place for special in batch.specials if special.kind == "duplicate"}
        records = list(zip(batch.keys, batch.values, strict=True))
        seen |= {record for place, record in enumerate(records) if place not in resent}
        assert {records[place] for place in resent} <= seen


def test_late_events_are_minutes_to_hours_old(clicks: Stream) -> None:
    encoder = Encoder(clicks.latest, SCHEMA_ID)
    batch = make(clicks, Mix(late_ratio=0.3)).batch(np.full(2000, NOW_MS))
    late = {special.place for special in batch.specials if special.kind == "late"}
    for place, value in enumerate(values(batch)):
        event_time = encoder.decode(value)["event_time"]
        assert isinstance(event_time, datetime)
        age_s = NOW_MS / 1000 - event_time.timestamp()
        assert (119 < age_s < 6 * 3600 + 1) if place in late else age_s == 0


def test_the_same_seed_gives_the_same_traffic(clicks: Stream) -> None:
    mix = Mix(0.02, 0.1, 0.05)
    first, again, other = (batches(clicks, mix, seed=seed) for seed in (5, 5, 6))
    assert [batch.values for batch in first] == [batch.values for batch in again]
    assert [batch.values for batch in first] != [batch.values for batch in other]


@pytest.mark.parametrize("size", [1, 2, 3])
def test_tiny_batches_work_from_the_first_event_on(clicks: Stream, size: int) -> None:
    made = batches(clicks, Mix(bad_ratio=0.2, duplicate_ratio=0.6, late_ratio=0.1), count=200, size=size)
    assert {special.kind for batch in made for special in batch.specials} >= {"bad", "duplicate", "late"}


def test_fields_added_at_the_end_get_their_defaults_in_every_click(clicks: Stream) -> None:
    newer = next_version(clicks, DEVICE, {"name": "shop", "type": "string", "default": "main"}, HASH)
    encoder = Encoder(newer.latest, SCHEMA_ID)
    batch = make(newer, Mix(late_ratio=0.1)).batch(np.full(500, NOW_MS))
    old = values(make(clicks, Mix(late_ratio=0.1)).batch(np.full(500, NOW_MS)))
    assert [value.removesuffix(b"\x00\x08main\x02\xff") for value in values(batch)] == old
    for value in values(batch):
        record = encoder.decode(value)
        assert (record["device"], record["shop"], record["hash"]) == (None, "main", b"\xff")
        assert encoder.encode(record) == value


def test_a_newer_schema_can_be_damaged_too(clicks: Stream) -> None:
    ledger = Ledger()
    for batch in batches(next_version(clicks, DEVICE), Mix(bad_ratio=0.5)):
        ledger.add(batch)
    assert set(ledger.totals.bad) == set(poison(clicks, Encoder(clicks.latest, SCHEMA_ID)).kinds.items())


@pytest.mark.parametrize(
    ("added", "types", "problem"),
    [
        ({"name": "device", "type": "string"}, {}, "device"),
        ({"name": "device", "type": "string", "default": 5}, {}, "is not Avro"),
        (DEVICE, {"user_id": "string"}, "Click.user_id: its type is not that of v1.avsc"),
        (DEVICE, {"event_time": {"type": "long", "logicalType": "timestamp-micros"}}, "Click.event_time"),
        (DEVICE, {"event_type": "int"}, "integer is required on field event_type"),
        (DEVICE, {"quantity": ["null", "boolean"]}, "quantity"),
    ],
)
def test_a_newer_schema_that_can_not_be_written_is_one_clear_error(
    clicks: Stream, added: dict[str, Any], types: dict[str, Any], problem: str
) -> None:
    with pytest.raises(ContractError, match=problem) as caught:
        make(next_version(clicks, added, **types), Mix())
    assert "default" in caught.value.remedy or "contract check" in caught.value.remedy


def test_wider_types_of_fields_that_fastavro_writes_are_fine(clicks: Stream) -> None:
    newer = next_version(clicks, quantity=["null", "long"], page_url=["null", "string"])
    encoder = Encoder(newer.latest, SCHEMA_ID)
    for value in values(make(newer, Mix()).batch(np.full(50, NOW_MS))):
        assert encoder.encode(encoder.decode(value)) == value


def test_clicks_are_not_written_as_json(clicks: Stream) -> None:
    topic = clicks.contract.topic.model_copy(update={"format": "json"})
    json = replace(clicks, contract=clicks.contract.model_copy(update={"topic": topic}))

    with pytest.raises(ContractError, match="writes Avro, not JSON"):
        generator(Traffic(json, 0, Mix(), 100.0, 0), np.random.default_rng(1))
