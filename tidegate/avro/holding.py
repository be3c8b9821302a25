"""Whether one type holds every value of another as it is. Pure."""

from tidegate.avro.types import AvroType


def holds(wide: AvroType, narrow: AvroType) -> bool:
    """Whether every value of ``narrow`` is one of ``wide``, without a conversion."""
    is_narrower = narrow.nullable and not wide.nullable
    if is_narrower or (wide.kind, wide.precision, wide.scale) != (narrow.kind, narrow.precision, narrow.scale):
        return False
    if wide.kind in ("array", "map"):
        return holds(wide.element, narrow.element)
    return [field.name for field in wide.fields] == [field.name for field in narrow.fields] and all(
        holds(here.type, there.type) for here, there in zip(wide.fields, narrow.fields, strict=True)
    )
