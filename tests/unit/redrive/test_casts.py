from decimal import Decimal
from typing import Any

import pytest

from tidegate.redrive.casts import CASTS, CastError, cast


@pytest.mark.parametrize(
    ("value", "to", "expected"),
    [
        ("12.50", "double", 12.5),
        (" 12.50 ", "decimal", Decimal("12.50")),
        ("12", "int", 12),
        (12.0, "long", 12),
        ("1e3", "long", 1000),
        (Decimal("12.50"), "string", "12.50"),
        (7, "string", "7"),
        (True, "string", "true"),
        ("TRUE", "boolean", True),
        (0, "boolean", False),
        ("2026-11-29T10:00:00+01:00", "timestamp-millis", 1_795_942_800_000),
        ("2026-11-29T09:00:00Z", "timestamp-micros", 1_795_942_800_000_000),
        ("1795942800000", "timestamp-millis", 1_795_942_800_000),
        (1_795_942_800, "millis_from_seconds", 1_795_942_800_000),
        ("1795942800.25", "millis_from_seconds", 1_795_942_800_250),
        (1_795_942_800_000_000, "millis_from_micros", 1_795_942_800_000),
    ],
)
def test_a_value_becomes_the_type(value: Any, to: str, expected: Any) -> None:
    found = cast(value, to)

    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("value", "to"),
    [
        ("12,50", "double"),
        ("", "long"),
        ("NaN", "double"),
        ("1e99999", "double"),
        (12.5, "int"),
        (2**31, "int"),
        (2**63, "long"),
        (True, "decimal"),
        ("yes", "boolean"),
        ("2026-11-29T10:00:00", "timestamp-millis"),
        ("yesterday", "timestamp-millis"),
        ([1], "string"),
        ({}, "long"),
        (b"\xff", "string"),
    ],
)
def test_what_does_not_fit_is_refused_by_value_and_type(value: Any, to: str) -> None:
    with pytest.raises(CastError, match=f"is no {to}"):
        cast(value, to)


@pytest.mark.parametrize("to", CASTS)
def test_null_stays_null(to: str) -> None:
    assert cast(None, to) is None
