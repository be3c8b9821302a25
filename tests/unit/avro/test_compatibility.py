"""Schema resolution: our verdict, and fastavro's behaviour as the judge of it."""

import io
import re
from decimal import Decimal
from typing import Any

import fastavro
import pytest

from tidegate.avro.compatibility import Compatibility, broken_promises, lost_aliases, promises_less, unreadable
from tidegate.avro.types import read_type

_ID = {"name": "id", "type": "string"}
_EXTRA = {"name": "extra", "type": "string"}
_EXTRA_WITH_DEFAULT = {**_EXTRA, "default": "x"}
_MILLIS = {"type": "long", "logicalType": "timestamp-millis"}
_MICROS = {"type": "long", "logicalType": "timestamp-micros"}


def _record(*fields: dict[str, Any], name: str = "R", **more: Any) -> dict[str, Any]:
    return {"type": "record", "name": name, "fields": list(fields), **more}


def _typed(avro_type: Any) -> dict[str, Any]:
    return _record({"name": "x", "type": avro_type})


def _decimal(precision: int, scale: int) -> dict[str, Any]:
    return {"type": "bytes", "logicalType": "decimal", "precision": precision, "scale": scale}


READABLE = [
    (_record(_ID), _record(_ID, _EXTRA), {"id": "a", "extra": "b"}),
    (_record(_ID, _EXTRA_WITH_DEFAULT), _record(_ID), {"id": "a"}),
    (_record(_EXTRA | {"aliases": ["id"]}), _record(_ID), {"id": "a"}),
    (_typed("long"), _typed("int"), {"x": 1}),
    (_typed("double"), _typed("float"), {"x": 1.0}),
    (_typed("bytes"), _typed("string"), {"x": "a"}),
    (_typed(["null", "string"]), _typed("string"), {"x": "a"}),
    (_typed({"type": "array", "items": "long"}), _typed({"type": "array", "items": "int"}), {"x": [1]}),
    (_typed(_decimal(12, 2)), _typed(_decimal(4, 2)), {"x": Decimal("12.50")}),
    (_record(_ID, name="a.b.R", aliases=["Old"]), _record(_ID, name="Old"), {"id": "a"}),
    (_record(_ID, name="a.b.R"), _record(_ID, namespace="a.b"), {"id": "a"}),
    (_typed({"type": "map", "values": "double"}), _typed({"type": "map", "values": "int"}), {"x": {"a": 1}}),
]
UNREADABLE = [
    (_record(_ID, _EXTRA), _record(_ID), {"id": "a"}, "extra is not written"),
    (_typed("int"), _typed("long"), {"x": 2**40}, "x is written as long"),
    (_typed("string"), _typed(["null", "string"]), {"x": None}, "x may be null"),
    (_typed({"type": "array", "items": "int"}), _typed({"type": "array", "items": "string"}), {"x": ["a"]}, r"x\[\]"),
    (_typed(_typed("int") | {"name": "I"}), _typed(_typed("string") | {"name": "I"}), {"x": {"x": "a"}}, r"x\.x"),
]
CHANGED_MEANING = [
    (_typed(_MILLIS), _typed(_MICROS)),
    (_typed("long"), _typed(_MILLIS)),
    (_typed(_decimal(12, 3)), _typed(_decimal(12, 2))),
    (_typed(_decimal(4, 2)), _typed(_decimal(12, 2))),
]


def _read(reader: dict[str, Any], writer: dict[str, Any], value: dict[str, Any]) -> object:
    buffer = io.BytesIO()
    fastavro.schemaless_writer(buffer, writer, value)
    buffer.seek(0)
    return fastavro.schemaless_reader(buffer, writer, reader)


@pytest.mark.parametrize(("reader", "writer", "value"), READABLE)
def test_what_is_called_readable_is_read(reader: dict[str, Any], writer: dict[str, Any], value: dict[str, Any]) -> None:
    assert unreadable(read_type(reader), read_type(writer)) == []
    _read(reader, writer, value)


@pytest.mark.parametrize(("reader", "writer", "value", "reason"), UNREADABLE)
def test_what_is_called_unreadable_is_not_read(
    reader: dict[str, Any], writer: dict[str, Any], value: dict[str, Any], reason: str
) -> None:
    reasons = unreadable(read_type(reader), read_type(writer))
    assert len(reasons) == 1
    assert re.search(reason, reasons[0])
    with pytest.raises((fastavro.read.SchemaResolutionError, TypeError)):
        _read(reader, writer, value)


@pytest.mark.parametrize(("reader", "writer"), CHANGED_MEANING)
def test_a_change_of_meaning_is_refused(reader: dict[str, Any], writer: dict[str, Any]) -> None:
    assert unreadable(read_type(reader), read_type(writer))


def test_another_record_name_is_refused() -> None:
    assert unreadable(read_type(_record(_ID)), read_type(_record(_ID, name="Other")))


@pytest.mark.parametrize(
    ("level", "pairs"),
    [
        ("BACKWARD", [(2, 1)]),
        ("BACKWARD_TRANSITIVE", [(2, 1), (3, 1)]),
        ("FORWARD", []),
        ("FULL", [(2, 1)]),
        ("NONE", []),
    ],
)
def test_each_level_looks_at_its_own_pairs(level: Compatibility, pairs: list[tuple[int, int]]) -> None:
    versions = {1: _record(_ID), 2: _record(_ID, _EXTRA), 3: _record(_ID, _EXTRA)}
    assert [(broken.reader, broken.writer) for broken in broken_promises(versions, level)] == pairs


def test_forward_refuses_a_removed_field_without_default() -> None:
    broken = broken_promises({1: _record(_ID, _EXTRA), 2: _record(_ID)}, "FORWARD")
    assert [(item.reader, item.writer) for item in broken] == [(1, 2)]


def _optional(name: str, *aliases: str) -> dict[str, Any]:
    return {"name": name, "type": ["null", "string"], "default": None, "aliases": list(aliases)}


@pytest.mark.parametrize(
    ("versions", "lost"),
    [
        ([[_optional("a")], [_optional("b", "a")], [_optional("b")]], [(3, 1)]),
        ([[_optional("a")], [_optional("b", "a")], [_optional("c", "b")]], [(3, 1)]),
        ([[_optional("a")], [_optional("b", "a")], [_optional("b", "a")]], []),
        ([[_optional("a")], [_optional("b", "a")], [_optional("c", "b", "a")]], []),
        ([[_optional("a")], [_optional("b", "a")], [_optional("a")]], []),
        ([[_optional("a")], [_optional("b", "a")], []], []),
        ([[_optional("a")], [_optional("b", "x")], [_optional("b")]], []),
        ([[], [_optional("b", "a")], [_optional("b")]], []),
    ],
    ids=["dropped", "renamed", "kept", "both kept", "named back", "field gone", "reads nothing", "nothing written"],
)
@pytest.mark.parametrize("inside", [False, True], ids=["at the top", "in items"])
def test_an_alias_by_which_an_earlier_version_is_read_must_stay(
    versions: list[list[dict[str, Any]]], lost: list[tuple[int, int]], inside: bool
) -> None:
    def schema(fields: list[dict[str, Any]]) -> dict[str, Any]:
        items = {"type": "array", "items": _record(_ID, *fields, name="Item")}
        return _record(_ID, {"name": "items", "type": items}) if inside else _record(_ID, *fields)

    numbered = {number: schema(fields) for number, fields in enumerate(versions, start=1)}
    assert [(found.reader, found.writer) for found in lost_aliases(numbered)] == lost


@pytest.mark.parametrize(
    ("level", "than", "less"),
    [
        ("NONE", "BACKWARD", True),
        ("BACKWARD", "BACKWARD_TRANSITIVE", True),
        ("BACKWARD_TRANSITIVE", "FULL", True),
        ("FORWARD", "BACKWARD", True),
        ("FULL", "FULL", False),
        ("FULL_TRANSITIVE", "BACKWARD_TRANSITIVE", False),
        ("BACKWARD", "NONE", False),
    ],
)
def test_a_level_promises_less_if_any_promise_is_gone(level: Compatibility, than: Compatibility, less: bool) -> None:
    assert promises_less(level, than) is less
