"""Whether data written with one schema can be read with another, and whether a contract's versions keep their word.

Source: Avro 1.12 specification, "Schema Resolution". Stricter in one point: a change of a logical type (a decimal's
scale, milliseconds to microseconds) resolves in Avro but changes what the value means, so it is refused here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from tidegate.avro.types import AvroSchema, AvroType, Kind, field_sources, read_type, unqualified

Compatibility = Literal[
    "BACKWARD", "BACKWARD_TRANSITIVE", "FORWARD", "FORWARD_TRANSITIVE", "FULL", "FULL_TRANSITIVE", "NONE"
]
"""The registry's levels: which versions of a schema must be able to read which."""
_PROMOTIONS: dict[Kind, frozenset[Kind]] = {
    "int": frozenset({"long", "float", "double"}),
    "long": frozenset({"float", "double"}),
    "float": frozenset({"double"}),
    "string": frozenset({"bytes"}),
    "bytes": frozenset({"string"}),
}


@dataclass(frozen=True, slots=True)
class Incompatibility:
    """Version ``reader`` cannot read what version ``writer`` wrote, and why."""

    reader: int
    writer: int
    reasons: list[str]


def unreadable(reader: AvroType, writer: AvroType, place: str = "") -> list[str]:
    """Why data written as ``writer`` cannot be read as ``reader``; empty if it can."""
    return list(_differences(reader, writer, place))


def broken_promises(versions: Mapping[int, AvroSchema], level: Compatibility) -> list[Incompatibility]:
    """The pairs of versions that break ``level``, by the order of the versions."""
    types = {number: read_type(versions[number]) for number in sorted(versions)}
    broken = []
    for reader, writer in _pairs(sorted(versions), level):
        if reasons := unreadable(types[reader], types[writer]):
            broken.append(Incompatibility(reader, writer, reasons))
    return broken


def _pairs(numbers: list[int], level: Compatibility) -> Iterator[tuple[int, int]]:
    """(reader, writer) pairs that ``level`` speaks of."""
    for position, newer in enumerate(numbers):
        earlier = numbers[:position] if level.endswith("_TRANSITIVE") else numbers[max(position - 1, 0) : position]
        for older in earlier:
            if level.startswith(("BACKWARD", "FULL")):
                yield newer, older
            if level.startswith(("FORWARD", "FULL")):
                yield older, newer


def _differences(reader: AvroType, writer: AvroType, place: str) -> Iterator[str]:
    where = place or "the record"
    if writer.nullable and not reader.nullable:
        yield f"{where} may be null when written, but not when read"
    if reader.kind != writer.kind:
        if reader.kind not in _PROMOTIONS.get(writer.kind, frozenset()):
            yield f"{where} is written as {writer.kind} and read as {reader.kind}"
        return
    if reader.scale != writer.scale or reader.precision < writer.precision:
        yield (
            f"{where} is written as decimal({writer.precision}, {writer.scale}) "
            f"and read as decimal({reader.precision}, {reader.scale})"
        )
    if reader.items is not None and writer.items is not None:
        yield from _differences(reader.items, writer.items, f"{where}[]")
    if reader.kind == "record":
        yield from _record_differences(reader, writer, place)


def _record_differences(reader: AvroType, writer: AvroType, place: str) -> Iterator[str]:
    if unqualified(writer.name) not in {unqualified(name) for name in (reader.name, *reader.aliases)}:
        yield f"{place or 'the record'} is named {writer.name} when written and {reader.name} when read"
    written = {field.name: field for field in writer.fields}
    found = field_sources(written, reader)
    for field in reader.fields:
        path = f"{place}.{field.name}" if place else field.name
        if field.name in found:
            yield from _differences(field.type, written[found[field.name]].type, path)
        elif not field.has_default:
            yield f"{path} is not written and has no default to be read with"


def promises_less(level: Compatibility, than: Compatibility) -> bool:
    """Whether ``level`` leaves out a promise of the other."""
    return not _promises(level) >= _promises(than)


def _promises(level: Compatibility) -> frozenset[str]:
    if level == "NONE":
        return frozenset()
    base, _, transitive = level.partition("_")
    sides = ("BACKWARD", "FORWARD") if base == "FULL" else (base,)
    return frozenset([*sides, *(f"{side}_TRANSITIVE" for side in sides if transitive)])


def lost_aliases(versions: Mapping[int, AvroSchema]) -> list[Incompatibility]:
    """Where a version reads what an earlier one read by an alias, and has the alias no more.

    With a default this resolves, and what the oldest version wrote is read as the default.
    """
    types = {number: read_type(versions[number]) for number in sorted(versions)}
    numbers = sorted(versions)
    lost = []
    for last, reader in enumerate(numbers):
        for middle in numbers[:last]:
            for writer in (number for number in numbers[:last] if number < middle):
                if reasons := list(_lost(types[reader], types[middle], types[writer], "")):
                    lost.append(Incompatibility(reader, writer, reasons))
    return lost


def _lost(reader: AvroType, middle: AvroType, writer: AvroType, place: str) -> Iterator[str]:
    if reader.items and middle.items and writer.items:
        yield from _lost(reader.items, middle.items, writer.items, f"{place}[]")
    between, written = ({field.name: field for field in avro.fields} for avro in (middle, writer))
    now, then = field_sources(between, reader), field_sources(written, middle)
    still = field_sources(written, reader)
    for field in reader.fields:
        path = f"{place}.{field.name}" if place else field.name
        source = then.get(now.get(field.name, ""))
        if source is None:
            continue
        if still.get(field.name) != source:
            yield f"{path} has lost the alias {source}, by which it was read"
        else:
            yield from _lost(field.type, between[now[field.name]].type, written[source].type, path)
