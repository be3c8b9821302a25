"""How a time that is sent as a number or text becomes a timestamp; what Flink makes of the SQL: tests/flink."""

from typing import Any

import pytest

from tidegate.avro.infer import TIMESTAMP, TIMESTAMP_MICROS
from tidegate.avro.types import Kind
from tidegate.contracts.new.time_sent import TimeField, Told, made_time, stored_time
from tidegate.errors import ContractError

SECONDS = 1_764_300_000


def field(kind: Kind, *values: Any, path: str = "ts") -> TimeField:
    return TimeField(path, kind, values)


@pytest.mark.parametrize(
    ("sent", "sql", "example"),
    [
        (field("long", SECONDS), "to_timestamp_ltz(`ts`, 0)", 1_767_268_798),
        (field("int", SECONDS), "to_timestamp_ltz(`ts`, 0)", 1_767_268_798),
        (field("int"), "to_timestamp_ltz(`ts`, 0)", 1_767_268_798),
        (
            field("double", SECONDS, SECONDS + 0.25),
            "to_timestamp_ltz(cast(floor(`ts` * 1000 + 0.5) as bigint), 3)",
            1_767_268_798.25,
        ),
        (
            field("double", SECONDS * 1000.0),
            "to_timestamp_ltz(cast(floor(`ts` + 0.5) as bigint), 3)",
            1_767_268_798_250.0,
        ),
        (field("long", SECONDS * 10**9), "to_timestamp_ltz(`ts` / 1000000, 3)", 1_767_268_798_250_000_000),
        (field("long", SECONDS * 1000, path="a.b"), "to_timestamp_ltz(`a`.`b`, 3)", 1_767_268_798_250),
        (field("long", SECONDS * 10**6, path="a.b"), "to_timestamp_ltz(`a`.`b` / 1000, 3)", 1_767_268_798_250_000),
        (field("long", SECONDS, path="raw.b"), "to_timestamp_ltz(`raw`.`raw`.`b`, 0)", 1_767_268_798),
        (field("string", f"{SECONDS}"), "to_timestamp_ltz(cast(`ts` as bigint), 0)", "1767268798"),
        (
            field("string", f"{SECONDS}.5"),
            "to_timestamp_ltz(cast(floor(cast(`ts` as double) * 1000 + 0.5) as bigint), 3)",
            "1767268798.25",
        ),
        (field("string", "2026-11-21 10:00:00+01:00"), "iso_time(`ts`)", "2026-01-01T11:59:58.250Z"),
        (field("string"), "iso_time(`ts`)", "2026-01-01T11:59:58.250Z"),
    ],
)
def test_it_is_made_of_what_its_values_show(sent: TimeField, sql: str, example: object) -> None:
    made = made_time(sent, Told())
    assert (made.sql, made.sent, made.avro) == (sql, example, TIMESTAMP)
    assert type(made.sent) is type(example)


@pytest.mark.parametrize(
    ("sent", "told", "sql", "example"),
    [
        (
            field("string", "21.11.2026 10:00"),
            Told("dd.MM.yyyy HH:mm"),
            "to_timestamp_ltz(`ts`, 'dd.MM.yyyy HH:mm')",
            "01.01.2026 11:59",
        ),
        (
            field("string", "2026-11-21T10:00:00"),
            Told(zone="America/New_York"),
            "to_timestamp_ltz(`ts`, 'yyyy-MM-dd''T''HH:mm:ss', 'America/New_York')",
            "2026-01-01T06:59:58",
        ),
        (field("string", "2026-11-21 10:00:00.5"), Told(zone="UTC"), "iso_time(`ts`)", "2026-01-01T11:59:58.250Z"),
        (
            field("long", 20261121100000),
            Told("yyyyMMddHHmmss", "UTC"),
            "to_timestamp_ltz(cast(`ts` as string), 'yyyyMMddHHmmss', 'UTC')",
            20260101115958,
        ),
    ],
)
def test_it_is_made_as_a_person_says(sent: TimeField, told: Told, sql: str, example: object) -> None:
    made = made_time(sent, told)
    assert (made.sql, made.sent) == (sql, example)


def test_a_time_finer_than_milliseconds_keeps_its_microseconds() -> None:
    assert made_time(field("string", "2026-11-21T10:00:00.123456789Z"), Told()).avro == TIMESTAMP_MICROS
    told = Told("yyyy-MM-dd HH:mm:ss.SSSSSS")
    assert made_time(field("string", "2026-11-21 10:00:00.123456"), told).avro == TIMESTAMP_MICROS


@pytest.mark.parametrize(
    ("sent", "timestamp"),
    [
        (field("long", SECONDS * 1000), TIMESTAMP),
        (field("long", SECONDS * 10**6), TIMESTAMP_MICROS),
        (field("long"), TIMESTAMP),
        (field("long", SECONDS), None),
        (field("double", SECONDS * 1000), None),
        (field("int"), None),
    ],
)
def test_whole_milliseconds_and_microseconds_are_timestamps_as_they_are(sent: TimeField, timestamp: object) -> None:
    assert stored_time(sent) == timestamp


@pytest.mark.parametrize(
    ("sent", "told", "problem"),
    [
        (field("boolean", True), Told(), "ts is of type boolean, which is no time. Name another field with --time"),
        (field("float", 1.5), Told(), "ts is of type float, which is no time"),
        (field("long", 7), Told(), "ts: 7 is no time. Name another field with --time, or .*--time-format"),
        (field("long", SECONDS, SECONDS * 1000), Told(), f"ts: {SECONDS * 1000} is no time"),
        (field("long", 20261121), Told(), '20261121 is no time. Say how .*--time-format "yyyyMMdd"'),
        (field("string", "2026-11-21 10:00:00"), Told(), "is no time with a zone. Say in which .*--time-zone UTC"),
        (field("string", "2026-11-21T10:00:00Z", "2026-11-21T10:00:00"), Told(), "T10:00:00' is no.*--time-zone UTC"),
        (field("string", "2026/11/21 10:00:00"), Told(), 'Say how .*--time-format "yyyy/MM/dd HH:mm:ss"'),
        (field("string", "yesterday"), Told(), "'yesterday' is no time with a zone. Name another .*--time-format"),
        (field("string", "2026-02-30T10:00:00Z"), Told(), "'2026-02-30T10:00:00Z' is no time with a zone"),
        (field("string", "2026-11-21 10:00"), Told(zone="Mars"), "'Mars' is no time zone. Name one as Europe/Berlin"),
        (field("string", "20261121T10"), Told(zone="Europe/Berlin"), "the form of '20261121T10' is not known"),
        (field("string", "21.11.2026", "soon"), Told("dd.MM.yyyy"), "'soon' is not written as 'dd.MM.yyyy'"),
        (field("string", "2026"), Told("yyyy"), "'yyyy' has no month"),
        (field("double", 1.5), Told("yyyyMMdd"), "ts is of type double, which has no format"),
    ],
)
def test_what_is_no_time_is_refused_with_what_can_be_done_here(sent: TimeField, told: Told, problem: str) -> None:
    with pytest.raises(ContractError, match=problem):
        made_time(sent, told)
