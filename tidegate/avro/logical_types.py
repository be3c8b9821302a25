"""The kinds of values that a contract's Avro types have, and which of them a logical type makes of a stored one. Pure.

Source: Avro 1.12 specification, "Logical Types".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from tidegate.errors import ContractError

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
LOGICAL: Mapping[tuple[str, str], Kind] = {
    ("string", "uuid"): "string",
    ("fixed", "uuid"): "string",
    ("long", "timestamp-millis"): "timestamp-millis",
    ("long", "timestamp-micros"): "timestamp-micros",
    ("int", "date"): "date",
    ("bytes", "decimal"): "decimal",
    ("fixed", "decimal"): "decimal",
}
"""The kind of a stored type with a logical one; other logical types say nothing that a column could hold."""
MAX_DECIMAL_PRECISION = 38
UUID_BYTES = 16


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a stored type with a logical one holds; ``precision`` and ``scale`` are a decimal's."""

    kind: Kind
    precision: int = 0
    scale: int = 0


def meaning_of(avro_type: Mapping[str, Any], base: str, place: str) -> Meaning:
    """What ``avro_type``, stored as ``base``, holds by its ``logicalType``.

    Raises:
        ContractError: a logical type that no column holds; names ``place``.
    """
    logical = str(avro_type["logicalType"])
    kind = LOGICAL.get((base, logical))
    if kind is None:
        known = ", ".join(f"{name} on {on}" for on, name in LOGICAL)
        remedy = f"Supported: {known}. Without its logicalType it is read as {base}."
        raise unsupported(place, f"logical type {logical} on {base}", remedy)
    if kind == "decimal":
        return _decimal(avro_type, place)
    if base == "fixed" and avro_type.get("size") != UUID_BYTES:
        raise unsupported(place, f"a uuid of {avro_type.get('size')} bytes", f"It has {UUID_BYTES}.")
    return Meaning(kind)


def unsupported(place: str, what: str, remedy: str) -> ContractError:
    """The refusal of a type."""
    return ContractError(f"{place}: {what} is not supported.", remedy=remedy)


def _decimal(avro_type: Mapping[str, Any], place: str) -> Meaning:
    precision, scale = avro_type.get("precision"), avro_type.get("scale", 0)
    if not isinstance(precision, int) or not isinstance(scale, int):
        raise unsupported(place, "decimal without a whole precision and scale", "Give both as numbers.")
    most = min(MAX_DECIMAL_PRECISION, _digits(avro_type["size"]) if "size" in avro_type else MAX_DECIMAL_PRECISION)
    if not (1 <= precision <= most and 0 <= scale <= precision):
        raise unsupported(
            place,
            f"decimal({precision}, {scale})",
            f"Precision lies between 1 and {most}, scale between 0 and precision.",
        )
    return Meaning("decimal", precision, scale)


def _digits(size: int) -> int:
    """How many decimal digits any number of ``size`` bytes holds."""
    return len(str(2 ** (8 * size - 1))) - 1 if size > 0 else 0
