"""The Avro types a contract may use, read once into values, and what each is in Flink SQL.

Everything that walks an Avro schema (table columns, search mapping, JSON values, compatibility) starts from
``read_type``, so that a type is supported everywhere or refused everywhere. Source: Avro 1.12 specification.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any, Literal, cast

from tidegate.avro.logical_types import Kind as Kind
from tidegate.avro.logical_types import meaning_of, unsupported

AvroSchema = dict[str, Any]
"""An Avro schema as JSON, the record at its top."""
_PRIMITIVES: frozenset[str] = frozenset({"string", "int", "long", "float", "double", "boolean", "bytes"})
_NAMED = frozenset({"record", "enum", "fixed"})
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
_NAME_REMEDY = "Use letters, digits and _, no digit first."
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


@dataclass(frozen=True, slots=True)
class AvroType:
    """One Avro type; ``items``: element of an array or a map; ``name``, ``aliases``, ``fields``: a record's.

    ``stored``: what a text, bytes or a decimal is in another team's schema: one of ``symbols``, or ``size`` bytes.
    """

    kind: Kind
    nullable: bool = False
    null_first: bool = False
    precision: int = 0
    scale: int = 0
    items: "AvroType | None" = None
    fields: tuple["Field", ...] = ()
    name: str = ""
    aliases: tuple[str, ...] = ()
    stored: Literal["", "enum", "fixed"] = ""
    symbols: tuple[str, ...] = ()
    size: int = 0

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
        raise unsupported(place, f"{avro_type!r} as a type", "An Avro type is a name, an object or a union.")
    base = avro_type["type"]
    if isinstance(base, str) and base in _NAMED:
        return _read_named(avro_type, base, place, scope)
    match base:
        case "array":
            return AvroType("array", items=_read(avro_type.get("items"), f"{place}[]", scope))
        case "map":
            return AvroType("map", items=_read(avro_type.get("values"), f"{place}{{}}", scope))
        case _ if "logicalType" in avro_type:
            return _read_logical(avro_type, str(base), place)
        case _:
            return _read(base, place, scope)


def _read_named(avro_type: dict[str, Any], base: str, place: str, scope: _Scope) -> AvroType:
    match base:
        case "enum":
            return _read_symbols(avro_type, place, scope)
        case "fixed":
            return _read_fixed(avro_type, place, scope)
        case _:
            return _read_record(avro_type, place, scope)


def _read_name(name: str, place: str, scope: _Scope) -> AvroType:
    """A record that was defined before, by its name."""
    full_name = scope.full_name(name)
    found = scope.known.get(full_name if full_name in scope.known else name)
    if found is None:
        recursive = full_name in scope.known
        remedy = "A table has no such column. Write down as many levels as there are." if recursive else _remedy(name)
        raise unsupported(place, f"type {name!r}{' within itself' * recursive}", remedy)
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
        raise unsupported(place, f"union {branches!r}", 'Supported: ["null", X], one type that may be null.')
    inner = _read(others[0], place, scope)
    return replace(inner, nullable=True, null_first=branches[0] == "null")


def _read_record(record: dict[str, Any], place: str, scope: _Scope) -> AvroType:
    full_name = _full_name(record, place, scope)
    scope.known[full_name] = None
    inner = replace(scope, space=full_name.rpartition(".")[0])
    aliases = tuple(str(alias) for alias in record.get("aliases", ()))
    read = AvroType("record", fields=_read_fields(record, place, inner), name=str(record["name"]), aliases=aliases)
    scope.known[full_name] = read
    return read


def _read_symbols(enum: dict[str, Any], place: str, scope: _Scope) -> AvroType:
    symbols = enum.get("symbols")
    if not isinstance(symbols, list) or not symbols or not all(isinstance(symbol, str) for symbol in symbols):
        raise unsupported(place, "an enum without symbols", "List at least one symbol.")
    return _named(enum, place, scope, AvroType("string", stored="enum", symbols=tuple(symbols)))


def _read_fixed(fixed: dict[str, Any], place: str, scope: _Scope) -> AvroType:
    size = fixed.get("size")
    if type(size) is not int or size < 1:
        raise unsupported(place, f"a fixed of {size!r} bytes", "Give its size in bytes, at least 1.")
    read = _read_logical(fixed, "fixed", place) if "logicalType" in fixed else AvroType("bytes")
    return _named(fixed, place, scope, replace(read, stored="fixed", size=size))


def _named(avro_type: dict[str, Any], place: str, scope: _Scope, read: AvroType) -> AvroType:
    """``read``, which is known by its name from now on."""
    scope.known[_full_name(avro_type, place, scope)] = read
    return read


def _full_name(avro_type: dict[str, Any], place: str, scope: _Scope) -> str:
    """The name with its namespace, which no type before has."""
    name, space = avro_type.get("name"), avro_type.get("namespace")
    if not all(_NAME.match(part) for part in str(name or "").split(".")):
        raise unsupported(place, f"the {avro_type['type']} name {name!r}", _NAME_REMEDY)
    full_name = (replace(scope, space=space) if isinstance(space, str) else scope).full_name(str(name))
    if full_name in scope.known:
        remedy = "Give it a name of its own, or use the first by its name."
        raise unsupported(place, f"a second type named {full_name}", remedy)
    return full_name


def _read_logical(avro_type: dict[str, Any], base: str, place: str) -> AvroType:
    meaning = meaning_of(avro_type, base, place)
    return AvroType(meaning.kind, precision=meaning.precision, scale=meaning.scale)


def _read_fields(record: dict[str, Any], place: str, scope: _Scope) -> tuple[Field, ...]:
    fields = record.get("fields")
    if not isinstance(fields, list) or not fields:
        raise unsupported(place, "a record without fields", "List at least one field.")
    read = tuple(_read_field(field, place, scope) for field in fields)
    names = [field.name for field in read]
    if doubled := next((name for name in names if names.count(name) > 1), None):
        raise unsupported(f"{place}.{doubled}", "a field named twice", "Give each field a name of its own.")
    return read


def _read_field(field: Any, place: str, scope: _Scope) -> Field:
    if not isinstance(field, dict) or not isinstance(field.get("name"), str):
        raise unsupported(place, f"field {field!r}", 'A field is {"name": …, "type": …}.')
    name = field["name"]
    if not _NAME.match(name):
        raise unsupported(place, f"the field name {name!r}", _NAME_REMEDY)
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
    if name in ("enum", "fixed"):
        return f'Write it out: {{"type": "{name}", "name": …}}.'
    return f"Supported: {', '.join(sorted(_PRIMITIVES))}, arrays, maps and records, written in place or named after."
