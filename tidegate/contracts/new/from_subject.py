"""From a subject of another team to the schema that a contract reads its records by. Pure.

The producers' schema stays what records are written with; ``v1.avsc`` is what they are read as, so it may leave out
what no column holds: a union of several types, a type within itself. What it has is called as the producers call it.
Source: Avro 1.12 specification, "Schema Resolution" and "Names".
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tidegate.avro.legal_names import IsFree, legal_names
from tidegate.avro.logical_types import meaning_of
from tidegate.avro.types import AvroSchema, read_record
from tidegate.avro.writer_types import PRIMITIVES, REFERENCES, WriterSchemaError, read_writer_type
from tidegate.contracts.check_defaults import default_problems
from tidegate.errors import ContractError

_NAMED = frozenset({"record", "error", "enum", "fixed"})
_SYMBOL = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OTHER_LANGUAGES = {
    "JSON": "Take the fields from the records themselves: `tidegate contract new NAME --from-topic TOPIC`.",
    "PROTOBUF": "Protobuf is not read; have the records written to another topic as Avro or JSON.",
}
_REMEDY = "Name another subject, or another --version of it."


@dataclass(frozen=True, slots=True)
class Taken:
    """What records are read as: a record schema, and in words what it leaves out or takes as something else."""

    schema: AvroSchema
    left_out: dict[str, str]
    notes: list[str]


def contract_schema(written: AvroSchema, leave_out: Collection[str], is_free: IsFree) -> Taken:
    """The schema by which a contract reads records of ``written``, without the fields ``leave_out`` (dotted paths).

    ``is_free``: whether a column may have a name; a field that may not gets another, and its own as an alias.

    Raises:
        ContractError: it is no record, none of its fields can be read, or it has no field that is to be left out.
    """
    _require_record(written)
    taking = _Taking(_definitions(written), frozenset(leave_out), is_free)
    try:
        schema = taking.record(written, "", "")
    except _NoColumnError as problem:
        raise ContractError(f"nothing of the subject's schema can be read: {problem}.", remedy=_REMEDY) from problem
    if unknown := sorted(taking.leave_out - taking.met):
        known = ", ".join(str(each["name"]) for each in written["fields"])
        raise ContractError(f"there is no field {unknown[0]} to leave out.", remedy=f"The fields: {known}.")
    return Taken(_with_sound_defaults(schema), taking.left_out, taking.notes)


class _NoColumnError(Exception):
    """Why no column holds a type, which leaves its field out."""


def _require_record(written: AvroSchema) -> None:
    language = written.get("type")
    if language in _OTHER_LANGUAGES:
        raise ContractError(f"the subject holds {language} schemas, not Avro.", remedy=_OTHER_LANGUAGES[str(language)])
    try:
        kind = read_writer_type(written).kind
    except WriterSchemaError as error:
        raise ContractError(f"the subject holds no Avro schema: {error}.", remedy=_REMEDY) from error
    if kind != "record":
        raise ContractError(f"the subject's schema is {kind}, not a record.", remedy=_REMEDY)


def _with_sound_defaults(schema: AvroSchema) -> AvroSchema:
    """Without the defaults that no longer fit, as where a record's has a field that is left out."""
    wrong = {re.split(r"[.\[]", problem.place)[0] for problem in default_problems("", read_record(schema))}
    fields = [
        {key: value for key, value in each.items() if key != "default" or each["name"] not in wrong}
        for each in schema["fields"]
    ]
    return {**schema, "fields": fields}


def _definitions(written: AvroSchema) -> dict[str, tuple[AvroSchema, str]]:
    """Each named type with the namespace it is defined in, by its full name; also of the schemas referred to."""
    found: dict[str, tuple[AvroSchema, str]] = {}
    for schema in (*written.get(REFERENCES, ()), written):
        found.update((_full_name(each, space), (each, space)) for each, space in _named(schema, ""))
    return found


def _named(avro: Any, space: str) -> Iterator[tuple[AvroSchema, str]]:
    if isinstance(avro, list):
        for branch in avro:
            yield from _named(branch, space)
    if not isinstance(avro, dict):
        return
    if avro.get("type") in _NAMED and "name" in avro:
        yield avro, space
        space = _full_name(avro, space).rpartition(".")[0]
    for each in avro.get("fields", ()):
        yield from _named(each["type"], space)
    for inside in ("type", "items", "values"):
        yield from _named(avro.get(inside), space)


def _full_name(avro: Mapping[str, Any], space: str) -> str:
    name, own = str(avro["name"]), avro.get("namespace")
    inner = own if isinstance(own, str) else space
    return name.removeprefix(".") if "." in name or not inner else f"{inner}.{name}"


class _Taking:
    """Writes the contract's schema; a type is written where it is used first, and named from then on."""

    def __init__(
        self, definitions: Mapping[str, tuple[AvroSchema, str]], leave_out: frozenset[str], is_free: IsFree
    ) -> None:
        self.leave_out = leave_out
        self.met: set[str] = set()
        self.left_out: dict[str, str] = {}
        self.notes: list[str] = []
        self._definitions = definitions
        self._is_free = is_free
        self._written: frozenset[str] = frozenset()
        self._within: list[str] = []

    def record(self, avro: AvroSchema, space: str, path: str) -> AvroSchema:
        full_name = _full_name(avro, space)
        inner = full_name.rpartition(".")[0]
        sent = [str(each["name"]) for each in avro["fields"]]
        names = legal_names(sent) if path else legal_names(sent, self._is_free)
        self._within.append(full_name)
        found = [self._field(each, names[each["name"]], inner, path) for each in avro["fields"]]
        self._within.pop()
        if not (fields := [each for each in found if each is not None]):
            raise _NoColumnError("a record none of whose fields can be read")
        kept: AvroSchema = {key: avro[key] for key in ("doc", "aliases") if key in avro}
        return {"type": "record", **_name_parts(full_name, path), **kept, "fields": fields}

    def _field(self, each: AvroSchema, name: str, space: str, path: str) -> AvroSchema | None:
        sent = str(each["name"])
        place = f"{path}.{sent}" if path else sent
        if place in self.leave_out:
            self.met.add(place)
            self.left_out[place] = "as asked for"
            return None
        written, notes, left_out = self._written, len(self.notes), dict(self.left_out)
        try:
            avro = self._type(each["type"], space, place)
        except _NoColumnError as problem:
            self._written, self.left_out = written, {**left_out, place: str(problem)}
            del self.notes[notes:]
            return None
        return {"name": name, "type": avro, **_kept_of(each, name)}

    def _type(self, avro: Any, space: str, place: str) -> Any:
        match avro:
            case str():
                return self._by_name(avro, space, place)
            case list():
                return self._union(avro, space, place)
            case {"type": "array", "items": items}:
                return {"type": "array", "items": self._type(items, space, place)}
            case {"type": "map", "values": values}:
                return {"type": "map", "values": self._type(values, space, place)}
            case {"type": str() as kind} if kind in _NAMED:
                return self._defined(avro, space, place)
            case {"type": str() as base, "logicalType": _} if base in PRIMITIVES:
                return self._logical(avro, base, place)
            case _:
                return self._type(avro["type"], space, place)

    def _by_name(self, name: str, space: str, place: str) -> Any:
        if name == "null":
            raise _NoColumnError("it is always null")
        if name in PRIMITIVES:
            return name
        full_name = name if "." in name or not space else f"{space}.{name}"
        full_name = full_name if full_name in self._definitions else name
        if full_name in self._within:
            raise _NoColumnError(f"the type {full_name} within itself")
        return full_name if full_name in self._written else self._defined(*self._definitions[full_name], place)

    def _union(self, branches: list[Any], space: str, place: str) -> Any:
        others = [branch for branch in branches if branch != "null"]
        if not others:
            raise _NoColumnError("it is always null")
        inner = self._one_for_all(others, place) if len(others) > 1 else self._type(others[0], space, place)
        if len(others) == len(branches):
            return inner
        return ["null", inner] if branches[0] == "null" else [inner, "null"]

    def _one_for_all(self, branches: list[Any], place: str) -> str:
        kinds = [branch if isinstance(branch, str) else str(branch.get("name", branch["type"])) for branch in branches]
        told = f"a union of {', '.join(kinds[:-1])} and {kinds[-1]}"
        if not set(kinds) <= {"int", "long", "float", "double"} or not all(isinstance(each, str) for each in branches):
            raise _NoColumnError(told)
        widest = "double" if {"float", "double"} & set(kinds) else "long"
        self.notes.append(f"{place} is {told}, read as {widest}")
        return widest

    def _defined(self, avro: AvroSchema, space: str, place: str) -> Any:
        full_name = _full_name(avro, space)
        match avro["type"]:
            case "enum" if not all(_SYMBOL.fullmatch(symbol) for symbol in avro["symbols"]):
                return "string"
            case "enum":
                default = {"default": avro["default"]} if avro.get("default") in avro["symbols"] else {}
                defined = {"type": "enum", **_name_parts(full_name, place), "symbols": avro["symbols"], **default}
            case "fixed":
                meaning = self._meaning(avro, "fixed", place)
                defined = {"type": "fixed", **_name_parts(full_name, place), "size": avro["size"], **meaning}
            case _:
                defined = self.record(avro, space, place)
        self._written |= {full_name}
        return defined

    def _logical(self, avro: AvroSchema, base: str, place: str) -> Any:
        meaning = self._meaning(avro, base, place)
        return {"type": base, **meaning} if meaning else base

    def _meaning(self, avro: AvroSchema, base: str, place: str) -> AvroSchema:
        """What says how values of a stored type are to be taken, where that is known."""
        if "logicalType" not in avro:
            return {}
        try:
            meaning_of(avro, base, place)
        except ContractError:
            self.notes.append(f"{place} is {avro['logicalType']}, read as its {base}")
            return {}
        return {key: avro[key] for key in ("logicalType", "precision", "scale") if key in avro}


def _name_parts(full_name: str, place: str) -> AvroSchema:
    space, _, name = full_name.rpartition(".")
    return {"name": name, "namespace": space} if space or place else {"name": name}


def _kept_of(each: AvroSchema, name: str) -> AvroSchema:
    """What a field has beside its name and type; one with another name is read by that which is sent."""
    renamed = name != each["name"]
    aliases = [*each.get("aliases", ()), *([each["name"]] if renamed else [])]
    return {
        **({"default": each["default"]} if "default" in each else {}),
        **({"aliases": aliases} if aliases else {}),
        **({"json": each["name"]} if renamed else {}),
        **({"doc": each["doc"]} if isinstance(each.get("doc"), str) else {}),
    }
