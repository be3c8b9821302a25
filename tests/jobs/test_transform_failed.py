"""What a job can not take further is a dead letter: a record by its values, a silver row by its bytes."""

import uuid
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.pipeline import Pipeline, prove_window
from tests.polling import wait_for
from tests.topics import FOREIGN, read_committed, send, wait_for_records
from tidegate.avro.codec import Encoder
from tidegate.clients.registry import RegistryClient
from tidegate.contracts.dataset import Stream
from tidegate.contracts.load import load_stream

LARGEST_PRICE = Decimal("9999999999.99")
OVERFLOWING = {"product_id": "p-1", "quantity": 100_000, "unit_price": LARGEST_PRICE}
PLAIN = {"product_id": "p-1", "quantity": 2, "unit_price": Decimal("3.50")}


@pytest.fixture(scope="module")
def orders(pipeline: Pipeline) -> Stream:
    return load_stream(pipeline.settings.schemas_dir, "orders")


def order(*lines: dict[str, Any]) -> dict[str, Any]:
    return {
        "order_id": str(uuid.uuid4()),
        "status": "paid",
        "order_time": datetime.now(UTC),
        "customer_id": "c1",
        "lines": list(lines),
        "currency": "EUR",
        "country": "DE",
    }


def test_a_line_whose_amount_overflows_is_a_dead_letter_of_its_own(pipeline: Pipeline, orders: Stream) -> None:
    settings, failures = pipeline.settings, pipeline.failures()
    encode = Encoder(orders.latest, RegistryClient(settings).latest("raw.orders-value").schema_id).encode
    records = [order(PLAIN), order(PLAIN, OVERFLOWING, PLAIN), order(OVERFLOWING), order(PLAIN)]
    values = [encode(record) for record in records]

    landed = [place.offset for place in send(settings, "raw.orders", values)]

    letters = wait_for_records(settings, "dlq.orders", pipeline.dead_letter, {landed[1], landed[2]})
    wait_for_records(settings, "silver.orders", orders.silver, {landed[0], landed[1], landed[3]})
    rows = [
        (row["_source_offset"], row["line_number"])
        for row in read_committed(settings, "silver.orders", orders.silver)
        if row["_source_partition"] == 0 and row["_source_offset"] in landed
    ]
    assert sorted(rows) == [(landed[0], 1), (landed[1], 1), (landed[1], 3), (landed[3], 1)]
    assert {offset: letter["source"]["row"] for offset, letter in letters.items()} == {landed[1]: 2, landed[2]: 1}
    for offset, letter in letters.items():
        assert (letter["stage"], letter["error_code"]) == ("transform", "TRANSFORM_FAILED")
        assert letter["error_message"] == "amount is null, which its schema does not allow"
        assert letter["payload"] == values[landed.index(offset)]
    assert pipeline.failures() == failures
    report = prove_window({"0": [landed[0], landed[-1] + 1]}, "--wait", "60", dataset="orders")
    assert report["holds"], report


def test_a_silver_row_that_jobs_can_not_read_is_a_dead_letter_of_each_of_them(
    pipeline: Pipeline, orders: Stream
) -> None:
    settings, failures = pipeline.settings, pipeline.failures()
    encode = Encoder(orders.latest, RegistryClient(settings).latest("raw.orders-value").schema_id).encode

    before, _, after = send(settings, "raw.orders", [encode(order(PLAIN)) for _ in range(3)])
    [place] = send(settings, "silver.orders", [FOREIGN])

    def letters() -> list[dict[str, Any]] | None:
        every = read_committed(settings, "dlq.orders", pipeline.dead_letter)
        of_silver = [each for each in every if each["source"]["topic"] == "silver.orders"]
        return of_silver if {each["stage"] for each in of_silver} == {"index", "lake", "metrics"} else None

    for letter in wait_for("the dead letters of the silver row", letters, timeout_s=90):
        assert letter["error_code"] == "ROW_UNREADABLE"
        assert letter["error_message"].startswith("UNKNOWN_SCHEMA: ")
        assert (letter["source"]["partition"], letter["source"]["offset"]) == (place.partition, place.offset)
        assert letter["payload"] == FOREIGN
        assert letter["processor"]["name"] == letter["stage"]
    assert pipeline.failures() == failures
    report = prove_window({"0": [before.offset, after.offset + 1]}, "--wait", "60", dataset="orders")
    assert report["holds"], report
