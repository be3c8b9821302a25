"""Whether a name that a contract gives is a field, of a fitting type: what most of its checks come down to."""

from collections.abc import Iterator, Mapping

from tidegate.avro.paths import field_at, paths_of
from tidegate.avro.types import Field, Kind

Found = tuple[str, str, str]
"""Place, problem and remedy, within one file."""
TIMESTAMPS: frozenset[Kind] = frozenset({"timestamp-millis", "timestamp-micros"})
TEXTS: frozenset[Kind] = frozenset({"string"})
KEY_TYPES: frozenset[Kind] = frozenset({"string", "int", "long"})
"""Types whose values have one text, which is the key in Kafka."""


def expect(
    fields: Mapping[str, Field],
    place: str,
    name: str,
    kinds: frozenset[Kind] | None,
    *,
    may_be_null: bool = False,
    where: str = "the newest v<N>.avsc",
) -> Iterator[Found]:
    """What is wrong with ``name``, a field or a path, as one of ``kinds``, any if None; null only if it may be."""
    field = field_at(fields, name)
    if field is None and (through := _array_on(fields, name)):
        yield (
            place,
            f"{name} leads through {through}, which has many values",
            "Name a field outside of arrays and maps.",
        )
        return
    if field is None:
        yield (
            place,
            f"there is no field {name} in {where}",
            f"Known: {', '.join(paths_of(fields.values()) if '.' in name else fields)}.",
        )
        return
    avro = field.type
    if kinds is not None and avro.kind not in kinds:
        yield place, f"{name} is {avro.kind}", f"Name a field of type {' or '.join(sorted(kinds))}."
    if avro.nullable and not may_be_null:
        yield place, f"{name} may be null", "Name a field that may not be null, or make it so."


def _array_on(fields: Mapping[str, Field], path: str) -> str | None:
    """The array or map that the path leads through, if there is one."""
    parts = path.split(".")
    for end in range(1, len(parts)):
        on_the_way = field_at(fields, ".".join(parts[:end]))
        if on_the_way is not None and on_the_way.type.items is not None:
            return on_the_way.name
    return None
