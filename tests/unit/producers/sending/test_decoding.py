"""A fault of a row is a value; anything else stays an error."""

from collections.abc import Callable

import pytest

from producers.sending.decoding import Fault, decoded
from tidegate.avro.json_values import from_json
from tidegate.avro.types import read_type
from tidegate.errors import TransientError


def _deep() -> object:
    return _deep()


@pytest.mark.parametrize(
    ("decode", "reason"),
    [
        (lambda: int("x"), "invalid literal"),
        (lambda: 1 // 0, "division"),
        (lambda: dict[str, int]()["a"], "a"),
        (lambda: "\ud800".encode(), "surrogates"),
        (lambda: from_json(1, read_type("string"), "row.name"), "row.name: 1 is not a string. Give a string."),
        (_deep, "nested too deeply"),
    ],
)
def test_a_fault_of_the_row_is_a_value(decode: Callable[[], object], reason: str) -> None:
    found = decoded(decode)
    assert isinstance(found, Fault)
    assert reason in found.reason


def test_a_record_is_handed_on() -> None:
    assert decoded(lambda: 7) == 7


def test_an_outage_is_no_fault_of_the_row() -> None:
    def ask() -> None:
        raise TransientError("Kafka does not answer.", remedy="Start it.")

    with pytest.raises(TransientError):
        decoded(ask)
