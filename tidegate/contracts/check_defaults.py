"""Whether the default of a field is a value of its type, as Avro spells it in JSON. Pure.

Bytes, and so decimals, are spelled as text whose code points are the bytes: ``"0.00"`` is four bytes, the decimal
8083333.60. Source: Avro 1.12 specification, "Complex Types", default.
"""

import json
import math
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from tidegate.avro.types import AvroType, Field
from tidegate.contracts.problem import Problem

_RANGES = {"int": 2**31, "date": 2**31, "long": 2**63, "timestamp-millis": 2**63, "timestamp-micros": 2**63}
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_SPELLED = {
    "string": "text",
    "boolean": "true or false",
    "int": "a whole number of 32 bits",
    "long": "a whole number of 64 bits",
    "date": "whole days since 1970",
    "timestamp-millis": "whole milliseconds since 1970",
    "timestamp-micros": "whole microseconds since 1970",
    "float": "a finite number",
    "double": "a finite number",
    "bytes": "text whose code points, 0 to 255, are the bytes",
    "decimal": "text whose code points, 0 to 255, are the bytes of the unscaled number",
    "array": "a list of its items",
    "map": "an object of its values",
    "record": "an object of its fields",
}


def default_problems(file: str, avro: AvroType, place: str = "") -> Iterator[Problem]:
    """Defaults that are of another type than their field's first, or mean something else than they seem to."""
    for field in avro.fields:
        where = f"{place}{field.name}"
        if field.has_default:
            yield from _default_problem(file, field, where)
        yield from default_problems(file, field.type, f"{where}.")
    if avro.items is not None:
        yield from default_problems(file, avro.items, f"{place.removesuffix('.')}[]." if place else "")


def _default_problem(file: str, field: Field, where: str) -> Iterator[Problem]:
    avro, default = field.type, field.default
    if avro.nullable and avro.null_first != (default is None):
        remedy = 'Write ["null", X] with "default": null.'
        yield Problem(file, where, "a union's default is of its first type", remedy)
    elif not _fits(default, avro):
        given = json.dumps(default)[:60]
        problem = f"its default {given} is not spelled as {avro.kind} is"
        yield Problem(file, where, problem, _hint(default, avro))


def _hint(default: Any, avro: AvroType) -> str:
    if avro.kind == "decimal" and _NUMBER.fullmatch(str(default)):
        unscaled = int(Decimal(str(default)).scaleb(avro.scale))
        size = (unscaled.bit_length() + 8) // 8
        spelled = unscaled.to_bytes(size, "big", signed=True).decode("latin-1")
        escaped = "".join(f"\\u{ord(sign):04x}" for sign in spelled)
        return f'{default} is "{escaped}": {_SPELLED["decimal"]}.'
    if avro.stored == "enum":
        return f"Write one of its symbols: {', '.join(avro.symbols)}."
    if avro.stored == "fixed":
        return f"Write {_SPELLED['bytes']}: {avro.size} of them."
    return f"Write {_SPELLED[avro.kind]}."


def _fits(value: Any, avro: AvroType) -> bool:
    if avro.nullable and (value is None or avro.null_first):
        return value is None and avro.null_first
    match avro.kind:
        case "record":
            known = {field.name: field for field in avro.fields}
            return isinstance(value, dict) and set(value) <= set(known) and all(_has(value, f) for f in known.values())
        case "array":
            return isinstance(value, list) and all(_fits(item, avro.element) for item in value)
        case "map":
            return isinstance(value, dict) and all(_fits(item, avro.element) for item in value.values())
        case _:
            return _fits_alone(value, avro)


def _fits_alone(value: Any, avro: AvroType) -> bool:
    """As :func:`_fits`, for a type that holds no other."""
    match avro.kind:
        case _ if avro.stored == "enum":
            return value in avro.symbols
        case "bytes" | "decimal" | "string" if avro.kind != "string" or avro.stored == "fixed":
            return isinstance(value, str) and _is_bytes(value, avro) and _is_decimal(value, avro)
        case "string":
            return isinstance(value, str) and not any("\ud800" <= sign <= "\udfff" for sign in value)
        case "boolean":
            return isinstance(value, bool)
        case "float" | "double":
            return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        case kind:  # a whole number, or a time as one
            limit = _RANGES[kind]
            return isinstance(value, int) and not isinstance(value, bool) and -limit <= value < limit


def _has(value: dict[str, Any], field: Field) -> bool:
    return _fits(value[field.name], field.type) if field.name in value else field.has_default


def _is_bytes(text: str, avro: AvroType) -> bool:
    """Whether the code points are bytes, and as many as the schema fixes."""
    return all(ord(sign) <= 255 for sign in text) and (avro.stored != "fixed" or len(text) == avro.size)


def _is_decimal(text: str, avro: AvroType) -> bool:
    """Whether the bytes are an unscaled number within the precision; what reads as a number was meant as one."""
    if avro.kind != "decimal":
        return True
    unscaled = int.from_bytes(text.encode("latin-1"), "big", signed=True)
    return bool(text) and not _NUMBER.fullmatch(text) and abs(unscaled) < 10**avro.precision
