"""The fields that identify a record and say when it happened."""

import pytest

from tidegate.avro.infer import infer_record
from tidegate.avro.types import AvroSchema
from tidegate.contracts.new.choose_fields import Fields, choose_identity, choose_time, values_of, with_time
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
    raw, made = with_time(record({"id": 1_767_268_798_250, "ts": value}), Fields(event_time="ts"), [value])
    assert [field["type"] for field in raw["fields"]] == ["long", timestamp]
    assert made is None


@pytest.mark.parametrize("value", [1_767_268_798, 1_767_268_798.25, "1767268798"])
def test_what_is_no_timestamp_stays_as_it_is_sent_and_is_made_one(value: object) -> None:
    sent = record({"id": 1, "ts": value})
    raw, made = with_time(sent, Fields(event_time="ts"), [value])
    assert raw == sent
    assert made is not None
    assert "`ts`" in made.sql


def test_a_format_is_not_told_of_a_timestamp() -> None:
    with pytest.raises(ContractError, match=r"ts is a timestamp as it is\. Leave out --time-format"):
        with_time(record({"ts": TIME}), Fields(event_time="ts", time_zone="UTC"), [TIME])


def test_values_are_found_by_the_names_that_are_sent() -> None:
    samples: list[Sample] = [{"m.a": {"t.s": number}} for number in (1, 2)]
    assert values_of(record(*samples), "m_a.t_s", samples) == [1, 2]
