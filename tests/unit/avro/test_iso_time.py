"""The form of a time; that the values are taken alike by Java is held by the table of records in JSON."""

from datetime import datetime
from itertools import product

import pytest

from tidegate.avro.iso_time import is_iso_time

DAYS, CLOCKS, ZONES = (
    ("2026-11-21", "20261121"),
    ("10", "10:05", "1005", "10:05:06", "100506.25"),
    ("Z", "+01", "-0130", "+01:30"),
)


@pytest.mark.parametrize(("day", "clock", "zone"), [*product(DAYS, CLOCKS, ZONES)])
def test_what_has_the_form_is_a_time_for_python(day: str, clock: str, zone: str) -> None:
    text = f"{day}T{clock}{zone}"

    assert is_iso_time(text)
    assert datetime.fromisoformat(text).tzinfo is not None


@pytest.mark.parametrize(
    "text", ["", "now", "2026-W47-6T10:00:00Z", "2026-11-21T10:00:00+01:60", "2026-11-21T24:00:00Z", "2026-11-21"]
)
def test_what_has_another_form_is_none(text: str) -> None:
    assert not is_iso_time(text)
