"""The Avro types a contract may use, read once into values, and what each is in Flink SQL.

Everything that walks an Avro schema (table columns, search mapping, JSON values, compatibility) starts from
``read_type``, so that a type is supported everywhere or refused everywhere. Source: Avro 1.12 specification.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any, Literal, cast

from tidegate.errors import ContractError

AvroSchema = dict[str, Any]
"""An Avro schema as JSON, the record at its top."""
Kind = Literal[
    "string",
    "int",
    "long",
    "float",
    "double",
    "boolean",
    "bytes",
    "timestamp-millis",
    "timestamp-micros",
    "date",
    "decimal",
    "array",
    "map",
    "record",
]
_PRIMITIVES: frozenset[str] = frozenset({"string", "int", "long", "float", "double", "boolean", "bytes"})
_LOGICAL: dict[tuple[str, str], Kind] = {
    ("string", "uuid"): "string",
    ("long", "timestamp-millis"): "timestamp-millis",
    ("long", "timestamp-micros"): "timestamp-micros",
    ("int", "date"): "date",
    ("bytes", "decimal"): "decimal",
}
_FLINK: dict[Kind, str] = {
    "string": "STRING",
    "int": "INT",
    "long": "BIGINT",
    "float": "FLOAT",
    "double": "DOUBLE",
    "boolean": "BOOLEAN",
    "bytes": "BYTES",
    "timestamp-millis": "TIMESTAMP_LTZ(3)",
    "timestamp-micros": "TIMESTAMP_LTZ(6)",
    "date": "DATE",
}
MAX_DECIMAL_PRECISION = 38
_NAME_REMEDY = "Use letters, digits and _, no digit first."
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


@dataclass(frozen=True, slots=True)
class AvroType:
    """One Avro type; ``items``: element of an array or a map; ``name``, ``aliases``, ``fields``: a record's."""

    kind: Kind
    nullable: bool = False
    null_first: bool = False
    precision: int = 0
    scale: int = 0
    items: "AvroType | None" = None
    fields: tuple["Field", ...] = ()
    name: str = ""
    aliases: tuple[str, ...] = ()

    @property
    def element(self) -> "AvroType":
        """What an array or a map holds."""
        assert self.items is not None, f"{self.kind} without items"
        return self.items


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a record; ``default`` counts only if ``has_default``.

    ``json_name``: what it is called in JSON, where Avro does not allow that name; None: as in Avro.
    """

    name: str
    type: AvroType
    doc: str = ""
    has_default: bool = False
    default: Any = None
    aliases: tuple[str, ...] = ()
    json_name: str | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a Flink SQL table; ``sql_type`` is without ``NOT NULL``."""

    name: str
    sql_type: str
    nullable: bool
    doc: str


@dataclass(frozen=True, slots=True)
class _Scope:
    """The named types that a place in a schema knows, and the namespace it lies in; a name being read is None."""

    known: dict[str, "AvroType | None"]
    space: str = ""

    def full_name(self, name: str) -> str:
        return name if "." in name or not self.space else f"{self.space}.{name}"


def read_type(avro_type: Any, place: str = "schema") -> AvroType:
    """The Avro type given as JSON.

    Raises:
        ContractError: a type outside the supported ones; names ``place``, the dotted path of the field.
    """
    return _read(avro_type, place, _Scope({}))


def _read(avro_type: Any, place: str, scope: _Scope) -> AvroType:
    if isinstance(avro_type, list):
        return _read_union(avro_type, place, scope)
    if isinstance(avro_type, str):
        return AvroType(cast(Kind, avro_type)) if avro_type in _PRIMITIVES else _read_name(avro_type, place, scope)
    if not isinstance(avro_type, dict) or "type" not in avro_type:
        raise _unsupported(place, f"{avro_type!r} as a type", "An Avro type is a name, an object or a union.")
    match avro_type["type"]:
        case "record":
            return _read_record(avro_type, place, scope)
        case "array":
            return AvroType("array", items=_read(avro_type.get("items"), f"{place}[]", scope))
        case "map":
            return AvroType("map", items=_read(avro_type.get("values"), f"{place}{{}}", scope))
        case base if "logicalType" in avro_type:
            return _read_logical(avro_type, str(base), place)
        case base:
            return _read(base, place, scope)


def _read_name(name: str, place: str, scope: _Scope) -> AvroType:
    """A record that was defined before, by its name."""
    full_name = scope.full_name(name)
    found = scope.known.get(full_name if full_name in scope.known else name)
    if found is None:
        recursive = full_name in scope.known
        remedy = "A table has no such column. Write down as many levels as there are." if recursive else _remedy(name)
        raise _unsupported(place, f"type {name!r}{' within itself' * recursive}", remedy)
    return found


def flink_type(avro_type: Any) -> str:
    """The Flink SQL type of an Avro type, without ``NOT NULL``.

    Inside arrays, maps and rows every type is nullable: Flink enforces ``NOT NULL`` for whole columns only
    and refuses to insert a nullable element where a non-null one is declared.
    """
    return flink_type_of(read_type(avro_type))


def read_record(schema: AvroSchema) -> AvroType:
    """The type of a record schema, in whose errors places begin with the record's name."""
    return read_type(schema, str(schema.get("name", "schema")))


def fields_by_name(record: AvroType) -> dict[str, Field]:
    """The fields of a record, in its order."""
    return {field.name: field for field in record.fields}


def field_sources(written: Collection[str], reader: AvroType) -> dict[str, str]:
    """The written field that each field of ``reader`` is read from: of its name, or of an alias that is nobody's name.

    A field of which none is written is left out.
    """
    found = {field.name: field.name for field in reader.fields if field.name in written}
    for field in reader.fields:
        taken = found.values()
        alias = next((each for each in field.aliases if each in written and each not in taken), None)
        if field.name not in found and alias is not None:
            found[field.name] = alias
    return found


def unqualified(full_name: str) -> str:
    """A name without its namespace, by which Avro compares records."""
    return full_name.rpartition(".")[2]


def columns(schema: AvroSchema) -> list[Column]:
    """The columns of a record schema, in its order."""
    return columns_of(read_record(schema))


def columns_of(record: AvroType) -> list[Column]:
    """As :func:`columns`, for a record that is read already."""
    return [Column(field.name, flink_type_of(field.type), field.type.nullable, field.doc) for field in record.fields]


def flink_type_of(avro: AvroType) -> str:
    """As :func:`flink_type`, for a type that is read already."""
    match avro.kind:
        case "decimal":
            return f"DECIMAL({avro.precision}, {avro.scale})"
        case "array":
            return f"ARRAY<{flink_type_of(avro.element)}>"
        case "map":
            return f"MAP<STRING, {flink_type_of(avro.element)}>"
        case "record":
            return f"ROW<{', '.join(f'`{field.name}` {flink_type_of(field.type)}' for field in avro.fields)}>"
        case kind:
            return _FLINK[kind]


def _read_union(branches: list[Any], place: str, scope: _Scope) -> AvroType:
    others = [branch for branch in branches if branch != "null"]
    if len(branches) != 2 or len(others) != 1 or isinstance(others[0], list):
        raise _unsupported(place, f"union {branches!r}", 'Supported: ["null", X], one type that may be null.')
    inner = _read(others[0], place, scope)
    return replace(inner, nullable=True, null_first=branches[0] == "null")


def _read_record(record: dict[str, Any], place: str, scope: _Scope) -> AvroType:
    name, space = str(record.get("name")), record.get("namespace")
    if not all(_NAME.match(part) for part in str(record.get("name", "")).split(".")):
        raise _unsupported(place, f"the record name {record.get('name')!r}", _NAME_REMEDY)
    full_name = (replace(scope, space=space) if isinstance(space, str) else scope).full_name(name)
    if full_name in scope.known:
        raise _unsupported(
            place, f"a second type named {full_name}", "Give it a name of its own, or use the first by its name."
        )
    scope.known[full_name] = None
    inner = replace(scope, space=full_name.rpartition(".")[0])
    aliases = tuple(str(alias) for alias in record.get("aliases", ()))
    read = AvroType("record", fields=_read_fields(record, place, inner), name=name, aliases=aliases)
    scope.known[full_name] = read
    return read


def _read_logical(avro_type: dict[str, Any], base: str, place: str) -> AvroType:
    logical = str(avro_type["logicalType"])
    kind = _LOGICAL.get((base, logical))
    if kind is None:
        known = ", ".join(f"{name} on {on}" for on, name in _LOGICAL)
        raise _unsupported(place, f"logical type {logical} on {base}", f"Supported: {known}.")
    if kind != "decimal":
        return AvroType(kind)
    precision, scale = avro_type.get("precision"), avro_type.get("scale", 0)
    if not isinstance(precision, int) or not isinstance(scale, int):
        raise _unsupported(place, "decimal without a whole precision and scale", "Give both as numbers.")
    if not (1 <= precision <= MAX_DECIMAL_PRECISION and 0 <= scale <= precision):
        raise _unsupported(
            place,
            f"decimal({precision}, {scale})",
            f"Precision lies between 1 and {MAX_DECIMAL_PRECISION}, scale between 0 and precision.",
        )
    return AvroType(kind, precision=precision, scale=scale)


def _read_fields(record: dict[str, Any], place: str, scope: _Scope) -> tuple[Field, ...]:
    fields = record.get("fields")
    if not isinstance(fields, list) or not fields:
        raise _unsupported(place, "a record without fields", "List at least one field.")
    read = tuple(_read_field(field, place, scope) for field in fields)
    names = [field.name for field in read]
    if doubled := next((name for name in names if names.count(name) > 1), None):
        raise _unsupported(f"{place}.{doubled}", "a field named twice", "Give each field a name of its own.")
    return read


def _read_field(field: Any, place: str, scope: _Scope) -> Field:
    if not isinstance(field, dict) or not isinstance(field.get("name"), str):
        raise _unsupported(place, f"field {field!r}", 'A field is {"name": …, "type": …}.')
    name = field["name"]
    if not _NAME.match(name):
        raise _unsupported(place, f"the field name {name!r}", _NAME_REMEDY)
    return Field(
        name=name,
        type=_read(field.get("type"), f"{place}.{name}", scope),
        doc=str(field.get("doc", "")),
        has_default="default" in field,
        default=field.get("default"),
        aliases=tuple(field.get("aliases", ())),
        json_name=str(field["json"]) if "json" in field else None,
    )


def _remedy(name: str) -> str:
    if name == "enum":
        return "Use a string with a rule: an Avro enum does not resolve to a Flink STRING."
    if name == "fixed":
        return "Use bytes."
    return f"Supported: {', '.join(sorted(_PRIMITIVES))}, arrays, maps and records, written in place or named after."


def _unsupported(place: str, what: str, remedy: str) -> ContractError:
    return ContractError(f"{place}: {what} is not supported.", remedy=remedy)
