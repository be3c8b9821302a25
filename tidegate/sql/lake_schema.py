"""How a lake table follows ``silver.avsc``: from the types of both to the steps between them, or the refusals.

What Iceberg may change is in its specification, "Schema Evolution": int to long, float to double, a decimal's
precision, new fields. Flink casts a row to the table's by position and a decimal to a smaller one by NULL, both without
a word: so the order of nested fields and the precision are brought in line too, and not only what would stop the job.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tidegate.avro.types import AvroType, Kind
from tidegate.contracts.envelope import LAKE_PARTITIONS

FieldPath = tuple[str, ...]
"""A field's names from the outermost, as Iceberg has them: ``("lines", "element", "price")``."""
PARTITIONS = LAKE_PARTITIONS

_PRIMITIVES: dict[Kind, str] = {
    "string": "string",
    "int": "int",
    "long": "long",
    "float": "float",
    "double": "double",
    "boolean": "boolean",
    "bytes": "binary",
    "timestamp-millis": "timestamptz",
    "timestamp-micros": "timestamptz",
    "date": "date",
}
_PROMOTIONS = {("int", "long"), ("float", "double")}
_DECIMAL = re.compile(r"^decimal\((\d+), ?(\d+)\)$")
_INSIDE = {"list": "element", "map": "value"}


@dataclass(frozen=True, slots=True)
class LakeType:
    """An Iceberg type by its name in the specification; ``items``: element of a list or value of a map.

    The keys of maps are strings.
    """

    name: str
    fields: tuple[tuple[str, "LakeType"], ...] = ()
    items: "LakeType | None" = None


@dataclass(frozen=True, slots=True)
class Add:
    """A new field, the last of its struct."""

    path: FieldPath
    type: LakeType


@dataclass(frozen=True, slots=True)
class Promote:
    """A wider type for a field, a list's element or a map's value."""

    path: FieldPath
    type: LakeType


@dataclass(frozen=True, slots=True)
class Move:
    """Another place in its struct: behind the field ``after``, or the first."""

    path: FieldPath
    after: str | None


Step = Add | Promote | Move


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do, in this order; nothing may be done if anything is refused, each refusal a few words."""

    steps: tuple[Step, ...]
    refusals: tuple[str, ...]


def of_avro(avro: AvroType) -> LakeType:
    """The type that the lake has for an Avro type."""
    match avro.kind:
        case "decimal":
            return LakeType(f"decimal({avro.precision}, {avro.scale})")
        case "array" | "map":
            return LakeType("list" if avro.kind == "array" else "map", items=of_avro(avro.element))
        case "record":
            return LakeType("struct", tuple((field.name, of_avro(field.type)) for field in avro.fields))
        case kind:
            return LakeType(_PRIMITIVES[kind])


def of_iceberg(iceberg: Any) -> LakeType:
    """The type in Iceberg's JSON (specification, appendix C); a schema is a struct."""
    if isinstance(iceberg, str):
        return LakeType(iceberg)
    name = iceberg["type"]
    if name == "struct":
        return LakeType(name, tuple((field["name"], of_iceberg(field["type"])) for field in iceberg["fields"]))
    return LakeType(name, items=of_iceberg(iceberg[_INSIDE[name]]))


def as_iceberg(lake: LakeType) -> Any:
    """Iceberg's JSON of a type; every field may be null, and the ids are still to be given."""
    if lake.name == "struct":
        fields = [{"id": 0, "name": name, "type": as_iceberg(inner), "required": False} for name, inner in lake.fields]
        return {"type": "struct", "fields": fields}
    if lake.items is None:
        return lake.name
    inside = _INSIDE[lake.name]
    value = {"type": lake.name, f"{inside}-id": 0, inside: as_iceberg(lake.items), f"{inside}-required": False}
    return value | ({"key-id": 0, "key": "string"} if lake.name == "map" else {})


def plan(table: LakeType, silver: LakeType, parts: Sequence[str] = PARTITIONS) -> Plan:
    """From the table's columns to silver's, both as structs; ``parts``: by which columns the table is partitioned.

    Columns go by their names: their order does not matter, and one that silver has no more stays in the table.
    """
    known = dict(table.fields)
    found: list[Step | str] = []
    for name, wanted in silver.fields:
        if name in parts:
            found.append(f"{name} is the name of a partition column")
        elif name in known:
            found += _changes((name,), known[name], wanted)
        else:
            found.append(Add((name,), wanted))
    return Plan(
        tuple(step for step in found if not isinstance(step, str)),
        tuple(refusal for refusal in found if isinstance(refusal, str)),
    )


def _changes(path: FieldPath, old: LakeType, new: LakeType) -> Iterator[Step | str]:
    """The steps for one field and all in it, and the refusals as text."""
    if old.name != new.name:
        if _is_wider(new.name, than=old.name):
            yield Promote(path, new)
        elif not _is_wider(old.name, than=new.name):  # a wider column takes the values as they are
            yield f"{'.'.join(path)} from {old.name} to {new.name}"
    elif old.items is not None and new.items is not None:
        yield from _changes((*path, _INSIDE[old.name]), old.items, new.items)
    elif old.name == "struct":
        yield from _struct_changes(path, old, new)


def _struct_changes(path: FieldPath, old: LakeType, new: LakeType) -> Iterator[Step | str]:
    """A row in a column goes by position: it has exactly silver's fields, in silver's order."""
    before, wanted = dict(old.fields), dict(new.fields)
    yield from (f"{'.'.join((*path, name))} is gone" for name in before if name not in wanted)
    for name, inner in new.fields:
        if name in before:
            yield from _changes((*path, name), before[name], inner)
        else:
            yield Add((*path, name), inner)
    order = [*(name for name in before if name in wanted), *(name for name in wanted if name not in before)]
    previous = None
    for position, name in enumerate(wanted):
        if order[position] != name:
            order.remove(name)
            order.insert(position, name)
            yield Move((*path, name), previous)
        previous = name


def _is_wider(name: str, *, than: str) -> bool:
    new, old = _DECIMAL.match(name), _DECIMAL.match(than)
    if new and old:
        return new[2] == old[2] and int(new[1]) > int(old[1])
    return (than, name) in _PROMOTIONS
