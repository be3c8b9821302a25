"""Which days of metrics loads have touched; that they are counted and replaced: tests/stack/test_files.py."""

import json
from datetime import date
from typing import Any

import pytest

from tests.contracts import SCHEMAS
from tests.unit.files.versions import version
from tidegate.contracts.load import load_files
from tidegate.errors import TidegateError
from tidegate.files.figures import count_again, count_days, days_of
from tidegate.files.to_index import Due, due
from tidegate.settings import Settings

FIRST, SECOND, THIRD = date(2026, 11, 27), date(2026, 11, 28), date(2026, 11, 30)


def days(*of: date) -> str:
    return json.dumps([day.isoformat() for day in of])


def test_days_are_those_of_what_came_and_of_what_went() -> None:
    replaced: Any = {"state": "superseded", "silver": 3}
    versions = [
        version(1, **replaced, days=days(FIRST), counted=1),
        version(2, **replaced, days=days(THIRD), counted=0),
        version(3, state="loaded", days=days(SECOND, FIRST)),
        version(4, state="loaded", days=days(THIRD), counted=1),
    ]

    what = due(versions, "counted")

    assert what == Due((3,), (1,))
    assert days_of(versions, {*what.written, *what.gone}) == (FIRST, SECOND)


def test_a_dataset_without_metrics_is_left_alone_and_refused_if_it_is_named() -> None:
    catalog = load_files(SCHEMAS, "catalog")

    assert count_days(Settings(), catalog, "test") is None
    with pytest.raises(TidegateError, match="catalog has no metrics"):
        count_again(Settings(), catalog, None, "test")
