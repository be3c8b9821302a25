"""Any schema of the Avro specification, as somebody else wrote records with it: its types, to be read or passed over.

``types.py`` reads what a contract may use; a producer's own schema may use all of Avro. What is a schema here is what
the jobs' decoder (``connectors/…/avro/WriterSchemaParser.java``) takes for one.
Source: Avro 1.12 specification, "Schema Declaration".
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tidegate.avro.types import unqualified

PRIMITIVES = frozenset({"null", "boolean", "int", "long", "float", "double", "bytes", "string"})
REFERENCES = "tidegate.references"
"""An attribute of a schema from the registry: the schemas whose types it uses, in the order to read them."""
MAX_DEPTH = 100
"""Types nested deeper than this are no schema that anybody reads."""
_NAMED = frozenset({"record", "error", "enum", "fixed"})
_LARGEST_SIZE = 2**31 - 1


class WriterSchemaError(ValueError):
    """A text that is no Avro schema, or one of which records can't be read; the message says why."""


@dataclass(slots=True, eq=False)
class WriterType:
    """One type; what does not belong to its ``kind`` is empty. A recursive one holds itself.

    ``logical``: the name it gives its values' meaning, known or not; ``scale``: of a decimal, None if it is no number.
    """

    kind: str
    full_name: str = ""
    logical: str | None = None
    scale: int | None = 0
    size: int = 0
    symbols: tuple[str, ...] = ()
    items: "WriterType | None" = None
    branches: tuple["WriterType", ...] = ()
    fields: list[tuple[str, "WriterType"]] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The name without its namespace, by which Avro compares records."""
        return unqualified(self.full_name)

    @property
    def element(self) -> "WriterType":
        """What an array or a map holds."""
        assert self.items is not None, f"{self.kind} without items"
        return self.items


def read_writer_type(schema: Any) -> WriterType:
    """The types of a schema given as JSON.

    Raises:
        WriterSchemaError: it is no Avro schema, or is nested deeper than ``MAX_DEPTH``.
    """
    parser = _Parser()
    try:
        for referred in schema.get(REFERENCES, ()) if isinstance(schema, dict) else ():
            parser.read(referred, "", 0)
        return parser.read(schema, "", 0)
    except RecursionError as error:
        raise WriterSchemaError(f"types are nested deeper than {MAX_DEPTH}") from error


class _Parser:
    """Reads one schema; a name is known from where its definition begins."""

    def __init__(self) -> None:
        self._known: dict[str, WriterType] = {}
        self._of_kind: dict[str, Callable[[dict[str, Any], str, int], WriterType]] = {
            "record": self._record,
            "error": self._record,
            "enum": self._enum,
            "fixed": self._fixed,
            "array": lambda schema, space, depth: self._collection("array", schema.get("items"), space, depth),
            "map": lambda schema, space, depth: self._collection("map", schema.get("values"), space, depth),
        }

    def read(self, schema: Any, space: str, depth: int) -> WriterType:
        if depth > MAX_DEPTH:
            raise WriterSchemaError(f"types are nested deeper than {MAX_DEPTH}")
        if isinstance(schema, str):
            return WriterType(schema) if schema in PRIMITIVES else self._named(schema, space)
        if isinstance(schema, list):
            return self._union(schema, space, depth)
        if not isinstance(schema, dict) or not isinstance(schema.get("type"), str):
            raise WriterSchemaError(f"{str(schema)[:100]} is no type")
        kind = schema["type"]
        if kind in PRIMITIVES:
            read = WriterType(kind)
        elif kind in self._of_kind:
            read = self._of_kind[kind](schema, space, depth)
        else:
            return self._known_as(_full_name(kind, space))
        logical = schema.get("logicalType")
        if isinstance(logical, str):
            read.logical, read.scale = logical, _scale(schema)
        return read

    def _named(self, name: str, space: str) -> WriterType:
        full_name = _full_name(name, space)
        return self._known_as(full_name if full_name in self._known else name)

    def _known_as(self, full_name: str) -> WriterType:
        if full_name not in self._known:
            raise WriterSchemaError(f"{full_name} is not defined")
        return self._known[full_name]

    def _union(self, branches: list[Any], space: str, depth: int) -> WriterType:
        read = tuple(self.read(branch, space, depth + 1) for branch in branches)
        names = [branch.full_name or branch.kind for branch in read]
        if "union" in names or len(set(names)) < len(names):
            raise WriterSchemaError("a union holds a union, or the same type twice")
        return WriterType("union", branches=read)

    def _collection(self, kind: str, items: Any, space: str, depth: int) -> WriterType:
        if items is None:
            raise WriterSchemaError(f"{kind} without a type of what it holds")
        return WriterType(kind, items=self.read(items, space, depth + 1))

    def _define(self, kind: str, schema: dict[str, Any], space: str) -> WriterType:
        name, own_space = schema.get("name"), schema.get("namespace")
        if not isinstance(name, str):
            raise WriterSchemaError(f"{kind} without a name")
        full_name = _full_name(name, own_space if isinstance(own_space, str) else space)
        if full_name in self._known or full_name in PRIMITIVES:
            raise WriterSchemaError(f"{full_name} is defined twice, or named as a primitive type")
        self._known[full_name] = defined = WriterType(kind, full_name)
        return defined

    def _record(self, schema: dict[str, Any], space: str, depth: int) -> WriterType:
        record = self._define("record", schema, space)
        fields, inner = schema.get("fields"), record.full_name.rpartition(".")[0]
        if not isinstance(fields, list):
            raise WriterSchemaError(f"{record.full_name} without fields")
        names: set[str] = set()
        for each in fields:
            name = each.get("name") if isinstance(each, dict) else None
            if not isinstance(name, str) or name in names:
                raise WriterSchemaError(f"{record.full_name} has a field without a name of its own")
            names.add(name)
            record.fields.append((name, self.read(each.get("type"), inner, depth + 1)))
        return record

    def _enum(self, schema: dict[str, Any], space: str, _: int) -> WriterType:
        enum, symbols = self._define("enum", schema, space), schema.get("symbols")
        if not isinstance(symbols, list) or not all(isinstance(symbol, str) for symbol in symbols):
            raise WriterSchemaError(f"{enum.full_name} without symbols")
        if len(set(symbols)) < len(symbols):
            raise WriterSchemaError(f"{enum.full_name} has a symbol twice")
        enum.symbols = tuple(symbols)
        return enum

    def _fixed(self, schema: dict[str, Any], space: str, _: int) -> WriterType:
        fixed, size = self._define("fixed", schema, space), schema.get("size")
        if type(size) is not int or not 0 <= size <= _LARGEST_SIZE:
            raise WriterSchemaError(f"{fixed.full_name} without a size")
        fixed.size = size
        return fixed


def _full_name(name: str, space: str) -> str:
    return name.removeprefix(".") if "." in name or not space else f"{space}.{name}"


def _scale(schema: dict[str, Any]) -> int | None:
    scale = schema.get("scale", 0)
    return scale if type(scale) is int else None
