"""Cells become values of their types, or stay what they are; nothing is guessed."""

from decimal import Decimal

import pytest

from producers.reference.cells import truth, typed
from tidegate.avro.json_text import UnreadableNumber
from tidegate.avro.types import read_type


@pytest.mark.parametrize(
    ("cell", "avro", "value"),
    [
        ("", "string", None),
        ("-12", "int", -12),
        ("--1", "int", "--1"),
        ("1_0", "int", "1_0"),
        ("١٢", "long", "١٢"),
        ("9" * 5000, "long", "9" * 5000),
        ("1.5e3", "double", Decimal("1.5e3")),
        (".5", "double", Decimal("0.5")),
        ("1.2.3", "double", "1.2.3"),
        ("--1", "double", "--1"),
        ("NaN", "double", "NaN"),
        ("T", "boolean", True),
        ("n", "boolean", False),
        ("on", "boolean", "on"),
        ("12.50", "string", "12.50"),
    ],
)
def test_a_cell_is_the_value_of_its_type_or_text(cell: str, avro: str, value: object) -> None:
    found = typed(cell, read_type(avro), "row.x")
    assert (type(found), found) == (type(value), value)


def test_a_number_of_a_megabyte_is_not_even_counted() -> None:
    assert isinstance(typed("1" * 1_000_000, read_type("double"), "row.x"), UnreadableNumber)


def test_nulls_of_mysql_are_refused_with_a_hint() -> None:
    with pytest.raises(ValueError, match=r"row.x: \\N is how MySQL writes null. Leave the cell empty"):
        typed(r"\N", read_type("string"), "row.x")


@pytest.mark.parametrize("value", [True, 1, "1", "true", "T", "YES", "y"])
def test_what_is_true(value: object) -> None:
    assert truth(value, "row._deleted")


@pytest.mark.parametrize("value", [None, False, 0, "", "0", "False", "f", "NO", "n"])
def test_what_is_false(value: object) -> None:
    assert not truth(value, "row._deleted")


@pytest.mark.parametrize("value", ["deleted", "on", " true", 2, Decimal(1), [], {}])
def test_anything_else_is_neither(value: object) -> None:
    with pytest.raises(ValueError, match=r"row._deleted: .* is neither true nor false"):
        truth(value, "row._deleted")
