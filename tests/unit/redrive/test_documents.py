"""A letter of stage ``index`` as the document that it kept."""

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.contracts import SCHEMAS
from tests.unit.redrive.letters import letter
from tidegate.clients.documents import Document, Held
from tidegate.contracts.load import load_stream
from tidegate.contracts.model import Index
from tidegate.redrive.documents import (
    FIRST_TIME,
    OTHER_RECORD,
    UNKNOWN_AGE,
    document_of,
    found_there,
    index_of,
    is_of_document,
)
from tidegate.redrive.fix import NotFixed

ORDERS = load_stream(SCHEMAS, "orders")
FAILED_MS = 1_790_000_000_000
PLACE = {"_source_topic": "raw.orders", "_source_partition": 1, "_source_offset": 42}
ROW = {**PLACE, "order_id": "o_1", "status": "paid", "line_number": 2, "order_time": "2026-11-29T23:59:59.999Z"}


def refused(row: object = ROW, **fields: Any) -> dict[str, Any]:
    return letter(json.dumps(row).encode(), stage="index", failed_at=FAILED_MS, **fields)


def test_a_document_goes_to_the_index_of_its_day_by_the_identity_of_its_row() -> None:
    found = document_of(ORDERS, refused())

    body = json.dumps(ROW).encode()
    assert ORDERS.contract.row_identity == ("order_id", "status", "line_number")
    assert found == Document("events-orders-2026.11.29", "o~_1_paid_2", body, FAILED_MS * 1000)


@pytest.mark.parametrize(
    ("pattern", "column", "expected"),
    [
        ("logs-{at|yyyy.MM.dd}", "2026-01-02", "logs-2026.01.02"),
        ("logs-{at|yyyyMM}", "2026-01-02T23:30:00-02:00", "logs-202601"),
        ("logs-{at|yyyy-MM-dd}", "2026-01-02T23:30:00-02:00", "logs-2026-01-03"),
        ("logs-{at|yyyy}", "0987-01-02T00:00:00.000Z", "logs-0987"),
    ],
)
def test_the_index_is_that_of_the_utc_day(pattern: str, column: str, expected: str) -> None:
    assert index_of(Index(pattern=pattern), {"at": column}) == expected


@pytest.mark.parametrize(
    ("of", "reason"),
    [
        (refused(source=None), "its document is a metric's"),
        (refused(source={"topic": "silver.orders"}), "its row could not be read"),
        (refused(payload_encoding="avro"), "its row could not be read"),
        (refused(payload_truncated=True), "it has only a part of its document"),
        (refused({**ROW, "order_time": None}), "its row does not say"),
        (refused({name: value for name, value in ROW.items() if name != "order_id"}), "its row does not say"),
        (refused([]), "its row does not say"),
    ],
)
def test_what_can_not_be_sent_says_why(of: dict[str, Any], reason: str) -> None:
    found = document_of(ORDERS, of)

    assert isinstance(found, NotFixed) and found.reason.startswith(reason)


def test_a_dataset_that_is_not_indexed_any_more_has_no_documents() -> None:
    contract = ORDERS.contract.model_copy(update={"index": None})

    assert document_of(replace(ORDERS, contract=contract), refused()) == NotFixed("orders has no search index any more")


def test_stage_index_alone_is_of_documents() -> None:
    assert is_of_document(refused())
    assert not is_of_document(letter(stage="lake"))


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        (None, False),
        (Held(1, ROW), True),
        (Held(FAILED_MS * 1000, ROW), True),
        (Held(1, {**ROW, "_source_offset": 7}), NotFixed(OTHER_RECORD)),
        (Held(12, {**ROW, "note": "older or newer"}), NotFixed(UNKNOWN_AGE)),
        (Held(FIRST_TIME, {**ROW, "note": "older"}), False),
        (Held(FAILED_MS * 1000 + 1, {**ROW, "note": "newer"}), True),
    ],
)
def test_what_is_there_is_this_document_or_a_newer_one_of_its_record_or_stands_in_the_way(
    held: Held | None, expected: bool | NotFixed
) -> None:
    document = document_of(ORDERS, refused())
    assert isinstance(document, Document)

    assert found_there(document, held) == expected
