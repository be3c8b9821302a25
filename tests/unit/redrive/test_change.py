from typing import Any

import pytest

from tidegate.redrive.change import (
    ChangeError,
    cast_fields,
    default_fields,
    drop_fields,
    rename_fields,
    set_fields,
    values_at,
)


def order() -> dict[str, Any]:
    return {
        "id": "o1",
        "country": None,
        "buyer": {"name": "Ann"},
        "lines": [{"prise": "1.50"}, {"prise": "2"}],
        "meter.raw": "7",
    }


def test_fields_are_set_whatever_they_had() -> None:
    record = order()

    set_fields(record, {"country": "DE", "buyer.name": "Bob", "lines.unit": "kg", "missing.name": 1, "meter.raw": 8})

    assert record == {
        "id": "o1",
        "country": "DE",
        "buyer": {"name": "Bob"},
        "lines": [{"prise": "1.50", "unit": "kg"}, {"prise": "2", "unit": "kg"}],
        "meter.raw": 8,
    }


def test_a_default_is_for_what_is_null_or_missing() -> None:
    record = order()

    default_fields(record, {"country": "DE", "id": "o2", "note": ""})

    assert (record["country"], record["id"], record["note"]) == ("DE", "o1", "")


def test_a_field_is_renamed_within_each_item() -> None:
    record = order()

    rename_fields(record, {"lines.prise": "lines.price", "id": "order_id", "nothing": "else"})

    assert record["lines"] == [{"price": "1.50"}, {"price": "2"}]
    assert record["order_id"] == "o1"
    assert "else" not in record


def test_a_field_is_never_renamed_over_another_value() -> None:
    with pytest.raises(ChangeError, match="field id: country has another value already"):
        rename_fields({"id": 1, "country": "DE"}, {"id": "country"})


def test_values_are_cast_in_each_item_and_in_arrays() -> None:
    record: dict[str, Any] = order() | {"sizes": ["1", "2"]}

    cast_fields(record, {"lines.prise": "double", "sizes": "int", "nothing": "int", "country": "int"})

    assert [line["prise"] for line in record["lines"]] == [1.5, 2.0]
    assert record["sizes"] == [1, 2]
    assert record["country"] is None


def test_a_cast_that_fails_names_the_field() -> None:
    with pytest.raises(ChangeError, match=r"field buyer\.name: 'Ann' is no double"):
        cast_fields(order(), {"buyer.name": "double"})


def test_fields_are_dropped() -> None:
    record = order()

    drop_fields(record, ["lines.prise", "buyer", "nothing"])

    assert record["lines"] == [{}, {}]
    assert "buyer" not in record


def test_values_at_a_path() -> None:
    assert values_at(order(), "lines.prise") == ["1.50", "2"]
    assert values_at(order(), "buyer.nothing") == []
