"""A schema as other teams have them: with types that no column holds, and names that are nobody's choice here."""

from typing import Any

from tidegate.avro.writer_types import REFERENCES

KIND = {"type": "enum", "name": "Kind", "symbols": ["NEW", "PAID"], "default": "NEW"}
MONEY = {"type": "fixed", "name": "Money", "size": 8, "logicalType": "decimal", "precision": 18, "scale": 2}
ADDRESS = {
    "type": "record",
    "name": "Address",
    "namespace": "shop.common",
    "fields": [{"name": "street", "type": {"type": "string", "avro.java.string": "String"}}],
}
"""Of a subject of its own, to which the other refers."""
TREE = {
    "type": "record",
    "name": "Tree",
    "fields": [{"name": "label", "type": "string"}, {"name": "children", "type": {"type": "array", "items": "Tree"}}],
}
MILLIS = {"type": "long", "logicalType": "timestamp-millis"}
ORDER: dict[str, Any] = {
    "type": "record",
    "name": "Order",
    "namespace": "shop.orders",
    "fields": [
        {"name": "orderId", "type": "string", "doc": "of the shop"},
        {"name": "createdAt", "type": MILLIS},
        {"name": "status", "type": KIND, "default": "NEW"},
        {"name": "before", "type": ["null", "Kind"], "default": None},
        {"name": "total", "type": MONEY},
        {"name": "digest", "type": {"type": "fixed", "name": "Digest", "size": 4}},
        {"name": "session", "type": {"type": "fixed", "name": "Session", "size": 16, "logicalType": "uuid"}},
        {"name": "payload", "type": ["null", "string", "long", ADDRESS | {"name": "Gift"}]},
        {"name": "amount", "type": ["null", "int", "long"], "default": None},
        {"name": "rate", "type": ["int", "double"], "default": 0},
        {"name": "note", "type": ["string"]},
        {"name": "localAt", "type": {"type": "long", "logicalType": "local-timestamp-millis"}},
        {"name": "lasts", "type": {"type": "fixed", "name": "Lasts", "size": 12, "logicalType": "duration"}},
        {"name": "tree", "type": TREE},
        {"name": "billTo", "type": "shop.common.Address"},
        {"name": "shipTo", "type": ["null", "shop.common.Address"]},
        {"name": "order", "type": "int"},
        {"name": "year", "type": "int"},
        {"name": "_key", "type": ["null", "bytes"], "default": None},
        {"name": "kWh", "type": "float"},
        {"name": "kwh", "type": "float"},
        {"name": "nothing", "type": "null"},
        {"name": "mood", "type": {"type": "enum", "name": "Mood", "symbols": ["BAD", "GOOD"]}},
    ],
    REFERENCES: [ADDRESS],
}
RECORD: dict[str, Any] = {
    "orderId": "o-1",
    "createdAt": 1_767_268_798_250,
    "status": "PAID",
    "before": None,
    "total": "12.50",
    "digest": b"abcd",
    "session": bytes(15) + b"\x01",
    "payload": 7,
    "amount": 5,
    "rate": 0.5,
    "note": "a",
    "localAt": 5,
    "lasts": bytes(12),
    "tree": {"label": "root", "children": [{"label": "leaf", "children": []}]},
    "billTo": {"street": "a"},
    "shipTo": {"street": "b"},
    "order": 3,
    "year": 2026,
    "_key": b"k",
    "kWh": 1.0,
    "kwh": 2.0,
    "nothing": None,
    "mood": "GOOD",
}
