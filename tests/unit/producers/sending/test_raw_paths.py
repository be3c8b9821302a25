from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from producers.sending.raw_paths import changed, moment_of, raw_key, raw_time
from tests.mapped import machines
from tests.unit.sql.visits import stream
from tidegate.contracts.load import load_stream
from tidegate.contracts.new.choose_fields import Fields
from tidegate.contracts.new.scaffold import scaffold, write

NOW = datetime(2026, 1, 1, tzinfo=UTC)
MOMENT_MS = 1_767_268_799_500


def test_without_a_mapping_the_contract_names_the_raw_fields() -> None:
    time = raw_time(stream())

    assert raw_key(stream()) == "id"
    assert time is not None
    assert (time.path, time.like(None, MOMENT_MS)) == ("visited_at", MOMENT_MS)


def test_with_one_they_are_what_it_makes_them_of() -> None:
    time = raw_time(machines())

    assert raw_key(machines()) == "machineId"
    assert time is not None
    assert time.path == "meta.sentAt"


@pytest.mark.parametrize(
    ("value", "like"),
    [
        (1_767_268_798, 1_767_268_799),
        (1_767_268_798_000, MOMENT_MS),
        (1_767_268_798.25, 1_767_268_799.5),
        (1_767_268_798_000.0, float(MOMENT_MS)),
        (1_767_268_798_000_000, MOMENT_MS * 1000),
        (1_767_268_798_000_000_000, MOMENT_MS * 1_000_000),
        ("1767268798", "1767268799"),
        ("1767268798.25", "1767268799.5"),
        ("2026-01-01T11:00:00+01:00", "2026-01-01T11:59:59.500Z"),
        ("2026-01-01 11:00:00", "2026-01-01 11:59:59.500Z"),
        ("yesterday", "yesterday"),
    ],
)
def test_a_new_time_is_written_as_the_old_one_was(value: Any, like: Any) -> None:
    from producers.sending import raw_paths

    write = raw_paths._text_like if isinstance(value, str) else raw_paths._number_like

    assert write(value, MOMENT_MS) == like


def test_when_a_record_happened_is_found_where_it_can_be() -> None:
    time = raw_time(machines())

    assert moment_of(time, {"meta": {"sentAt": 1_767_268_799}}, NOW) == datetime(2026, 1, 1, 11, 59, 59, tzinfo=UTC)
    assert moment_of(time, {"meta": {"sentAt": 1_767_268_799_000_000}}, NOW) == datetime(
        2026, 1, 1, 11, 59, 59, tzinfo=UTC
    )
    assert moment_of(time, {"meta": {"sentAt": "1767268799.5"}}, NOW) == datetime(
        2026, 1, 1, 11, 59, 59, 500_000, tzinfo=UTC
    )
    assert moment_of(time, {"meta": {"sentAt": -1}}, NOW) == NOW
    assert moment_of(None, {}, NOW) == NOW


def test_values_are_changed_at_their_paths() -> None:
    assert changed({"a": 1, "b": {"c": 2, "d": 3}}, {"b.c": 4, "a": 5}) == {"a": 5, "b": {"c": 4, "d": 3}}


@pytest.mark.parametrize(
    ("value", "options", "like"),
    [
        ("21.11.2026 10:00", Fields("id", "ts", "dd.MM.yyyy HH:mm", "America/New_York"), "01.01.2026 06:59"),
        ("2026-11-21 10:00:00", Fields("id", "ts", "yyyy-MM-dd HH:mm:ss"), "2026-01-01 11:59:59"),
        ("2026-11-21 10:00:00", Fields("id", "ts", time_zone="UTC"), "2026-01-01 11:59:59.500Z"),
        (20261121, Fields("id", "ts", "yyyyMMdd"), 20260101),
        (1_764_300_000.25, Fields("id", "ts"), 1_767_268_799.5),
    ],
)
def test_a_time_is_written_as_the_mapping_reads_it(tmp_path: Path, value: Any, options: Fields, like: Any) -> None:
    write(tmp_path, "readings", scaffold("readings", [{"id": "a", "ts": value}], options))

    time = raw_time(load_stream(tmp_path, "readings"))

    assert time is not None
    assert time.like(value, MOMENT_MS) == like
