"""Which letters of Parquet have their row; that the reader says so: tests/flink/test_parquet_agree.py."""

from typing import Any

import pytest

from tests.unit.redrive.letters import letter
from tidegate.files.parquet_letter import not_said

UNSAID = "field 'a.b': a text that is not UTF-8"


def of(message: str | None, stage: str = "decode") -> dict[str, Any]:
    return letter(b"{}", stage=stage, error_code="BAD_VALUE", error_message=message)


@pytest.mark.parametrize("message", [UNSAID, "field 'a': a decimal of no bytes", "a map with a key that is null"])
def test_a_row_of_which_something_else_was_written_is_named(message: str) -> None:
    assert not_said(of(message)) == f"its letter can't quote the row as it is ({message}): have its file corrected"


@pytest.mark.parametrize(
    "found", [of("field 'a': 'x' is not a whole number of type int"), of(None), of(UNSAID, stage="rule")]
)
def test_another_row_is_the_one_of_the_file(found: dict[str, Any]) -> None:
    assert not_said(found) is None
