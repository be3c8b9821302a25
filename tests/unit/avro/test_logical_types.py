"""What a stored type with a logical one holds."""

import pytest

from tidegate.avro.logical_types import Meaning, meaning_of
from tidegate.errors import ContractError


def test_a_decimal_of_a_fixed_has_as_many_digits_as_any_number_of_its_bytes() -> None:
    decimal = {"type": "fixed", "size": 2, "logicalType": "decimal", "precision": 4, "scale": 1}
    assert meaning_of(decimal, "fixed", "x") == Meaning("decimal", 4, 1)
    with pytest.raises(ContractError, match=r"x: decimal\(5, 1\).*between 1 and 4"):
        meaning_of(decimal | {"precision": 5}, "fixed", "x")


def test_what_no_column_holds_is_refused_with_a_way_to_read_it() -> None:
    with pytest.raises(ContractError, match="Without its logicalType it is read as long") as caught:
        meaning_of({"logicalType": "timestamp-nanos"}, "long", "R.at")
    assert caught.value.problem.startswith("R.at: logical type timestamp-nanos on long")
