"""The fields that identify a record and say when it happened."""

import pytest

from tidegate.avro.infer import infer_record
from tidegate.avro.types import AvroSchema
from tidegate.contracts.new.choose_fields import choose_identity, choose_time, with_time
from tidegate.errors import ContractError

Sample = dict[str, object]
MILLIS = {"type": "long", "logicalType": "timestamp-millis"}
MICROS = {"type": "long", "logicalType": "timestamp-micros"}
TIME = "2026-01-01T11:59:58.250Z"


def record(*samples: Sample) -> AvroSchema:
    return infer_record("Sample", samples)


def test_without_a_wish_the_identity_is_the_event_id_or_else_the_first_id() -> None:
    assert choose_identity(record({"user_id": 1, "event_id": "a"}), None) == "event_id"
    assert choose_identity(record({"user_id": 1, "id": "a", "eventId": "a"}), None) == "eventId"
    assert choose_identity(record({"paid": "a", "orderId": "a", "id": "a"}), None) == "orderId"


def test_without_a_wish_the_time_is_the_first_timestamp() -> None:
    assert choose_time(record({"n": 1, "createdAt": TIME, "at": TIME, "then": TIME}), None) == "createdAt"


def test_a_field_is_asked_for_by_the_name_that_is_sent_or_by_that_in_the_contract() -> None:
    raw = record({"order-id": "a", "created.at": TIME})
    assert choose_identity(raw, "order-id") == choose_identity(raw, "order_id") == "order_id"
    assert choose_time(raw, "created.at") == "created_at"
    with pytest.raises(ContractError, match=r"no field x\. Its fields: order-id, created\.at"):
        choose_identity(raw, "x")


@pytest.mark.parametrize(
    ("samples", "asked", "problem"),
    [
        (
            [{"id": "a", "key": "x"}, {"id": "b"}],
            "key",
            "key is null or missing.*identify a record.*Name another field",
        ),
        ([{"id": "a", "ok": True}], "ok", "ok is of type boolean, which identifies no record. Name one of id"),
        ([{"of": {"x": 1}}], "of", "of is of type record.*Name a field of text or whole numbers"),
        ([{"id": "a", "at": TIME}], "at", "at is of type timestamp-millis.*Name one of id"),
        ([{"id": "a", "share": 0.5}], "share", "share is of type double"),
    ],
)
def test_an_identity_that_cannot_work_is_refused(samples: list[Sample], asked: str, problem: str) -> None:
    with pytest.raises(ContractError, match=problem):
        choose_identity(record(*samples), asked)


@pytest.mark.parametrize(
    ("samples", "asked", "problem"),
    [
        ([{"at": TIME}, {"at": None}], "at", "at is null or missing.*say when one happened.*Name another field"),
        ([{"n": 1}, {"n": 1, "at": TIME}], "at", "at is null or missing.*say when one happened"),
    ],
)
def test_a_time_that_cannot_work_is_refused(samples: list[Sample], asked: str, problem: str) -> None:
    with pytest.raises(ContractError, match=problem):
        choose_time(record(*samples), asked)


@pytest.mark.parametrize(
    ("value", "timestamp"),
    [(TIME, MILLIS), (1_767_268_798_250, MILLIS), (1_767_268_798_250_125, MICROS)],
    ids=["text", "milliseconds", "microseconds"],
)
def test_times_become_timestamps(value: object, timestamp: dict[str, str]) -> None:
    sample = {"id": 1_767_268_798_250, "ts": value}
    fields = with_time(record(sample), "ts", [sample])["fields"]
    assert [field["type"] for field in fields] == ["long", timestamp]


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        (1_767_268_798, "ts: 1767268798 looks like seconds since 1970. Send milliseconds"),
        (1_767_268_798.25, "looks like seconds since 1970"),
        (7, "ts: 7 is no time. Send ISO 8601 with a zone"),
        ("2026-01-01T11:59:58", "ts: '2026-01-01T11:59:58' is no time with a zone. Send ISO 8601 with a zone"),
        ("yesterday", "ts: 'yesterday' is no time with a zone"),
        (True, "ts is of type boolean, which is no time"),
        ([TIME], "ts is of type array, which is no time"),
    ],
)
def test_values_that_are_no_times_are_refused(value: object, problem: str) -> None:
    with pytest.raises(ContractError, match=problem):
        with_time(record({"ts": value}), "ts", [{"ts": value}])
