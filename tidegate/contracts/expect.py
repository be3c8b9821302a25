"""Whether a name that a contract gives is a field, of a fitting type: what most of its checks come down to."""

from collections.abc import Iterator, Mapping

from tidegate.avro.types import Field, Kind

Found = tuple[str, str, str]
"""Place, problem and remedy, within one file."""
TIMESTAMPS: frozenset[Kind] = frozenset({"timestamp-millis", "timestamp-micros"})
KEY_TYPES: frozenset[Kind] = frozenset({"string"})


def expect(
    fields: Mapping[str, Field],
    place: str,
    name: str,
    kinds: frozenset[Kind] | None,
    *,
    may_be_null: bool = False,
    where: str = "the newest v<N>.avsc",
) -> Iterator[Found]:
    """What is wrong with ``name`` as a field of ``kinds``, any if None; it may be null only if that is allowed."""
    if name not in fields:
        yield place, f"there is no field {name} in {where}", f"Known: {', '.join(fields)}."
        return
    avro = fields[name].type
    if kinds is not None and avro.kind not in kinds:
        yield place, f"{name} is {avro.kind}", f"Name a field of type {' or '.join(sorted(kinds))}."
    if avro.nullable and not may_be_null:
        yield place, f"{name} may be null", "Name a field that may not be null, or make it so."
