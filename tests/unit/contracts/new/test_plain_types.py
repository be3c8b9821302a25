"""A silver schema has no type that jobs can't write."""

from tests.unit.contracts.new.foreign import KIND, MONEY
from tidegate.contracts.new.plain_types import plain_fields


def test_an_enum_is_text_and_a_fixed_bytes_also_by_their_names_and_within_others() -> None:
    inner = {
        "type": "record",
        "name": "In",
        "fields": [{"name": "k", "type": "a.Kind", "aliases": ["o"], "default": "NEW"}],
    }
    fields = plain_fields(
        {
            "fields": [
                {"name": "kind", "type": KIND | {"namespace": "a"}, "default": "NEW", "aliases": ["old"], "doc": "d"},
                {"name": "kinds", "type": {"type": "array", "items": ["null", "a.Kind"]}},
                {"name": "inner", "type": {"type": "map", "values": inner}},
                {"name": "money", "type": ["null", MONEY], "default": None},
                {"name": "hash", "type": {"type": "fixed", "name": "H", "size": 3}},
                {"name": "key", "type": {"type": "fixed", "name": "K", "size": 16, "logicalType": "uuid"}},
                {"name": "plain", "type": {"type": "long", "logicalType": "timestamp-millis"}},
            ]
        }
    )
    assert fields == [
        {"name": "kind", "type": "string", "doc": "d"},
        {"name": "kinds", "type": {"type": "array", "items": ["null", "string"]}},
        {
            "name": "inner",
            "type": {
                "type": "map",
                "values": {"type": "record", "name": "In", "fields": [{"name": "k", "type": "string"}]},
            },
        },
        {
            "name": "money",
            "type": ["null", {"type": "bytes", "logicalType": "decimal", "precision": 18, "scale": 2}],
            "default": None,
        },
        {"name": "hash", "type": "bytes"},
        {"name": "key", "type": "string"},
        {"name": "plain", "type": {"type": "long", "logicalType": "timestamp-millis"}},
    ]
