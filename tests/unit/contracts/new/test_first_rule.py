"""A new contract's first rule fits the type of its identity."""

import pytest

from tidegate.avro.json_values import from_json
from tidegate.avro.types import read_type
from tidegate.contracts.new.first_rule import first_rule


@pytest.mark.parametrize(
    ("avro", "name", "check"),
    [
        ("string", "order_id_is_not_empty", "CHAR_LENGTH(`orderId`) > 0"),
        ("long", "order_id_is_not_negative", "`orderId` >= 0"),
        (
            {"type": "fixed", "name": "U", "size": 16, "logicalType": "uuid"},
            "order_id_is_not_nil",
            "`orderId` <> '00000000-0000-0000-0000-000000000000'",
        ),
    ],
)
def test_it_asks_of_the_identity_what_a_value_of_its_type_can_break(avro: object, name: str, check: str) -> None:
    kind = read_type(avro)
    rule = first_rule("orderId", kind)
    assert (rule.name, rule.check) == (name, check)
    from_json(rule.broken_by, kind)
