"""What a sample in Parquet looks like: its first rows as JSON would send them, and the types that its schema says.

A time without a zone stays a text: whoever takes it for UTC would guess.
"""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from math import isfinite
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pyarrow.types as of

from tidegate.errors import ContractError

_ROWS = 1000


@dataclass(frozen=True, slots=True)
class SniffedParquet:
    """Rows as JSON would send them; ``types``: of columns that JSON has no value for, as Avro."""

    samples: Sequence[Mapping[str, Any]]
    types: Mapping[str, Mapping[str, Any]]


def sniff_parquet(path: Path) -> SniffedParquet:
    """What the sample says of itself.

    Raises:
        ContractError: it can't be read.
    """
    try:
        with pq.ParquetFile(path) as file:
            schema, batch = file.schema_arrow, next(file.iter_batches(_ROWS), None)
        rows = [] if batch is None else batch.cast(_in_micros(schema)).to_pylist()
    except (pa.ArrowException, OSError, ValueError) as error:
        said = " ".join(str(error).split())
        raise ContractError(f"{path} cannot be read ({said}).", remedy="Give a whole file of Parquet.") from error
    if not rows:
        raise ContractError(f"{path} has no row.", remedy="Give a sample with rows.")
    types = {field.name: found for field in schema if (found := _avro(field.type))}
    return SniffedParquet([{name: _json(value) for name, value in row.items()} for row in rows], types)


def _in_micros(schema: pa.Schema) -> pa.Schema:
    """Python has no finer times; they are looked at, not kept."""

    def coarser(field: pa.Field) -> pa.Field:
        if of.is_timestamp(field.type) and field.type.unit == "ns":
            return field.with_type(pa.timestamp("us", field.type.tz))
        return field

    return pa.schema([coarser(field) for field in schema])


def _avro(kind: pa.DataType) -> Mapping[str, Any]:
    """None of a type that the samples tell as well."""
    if of.is_decimal(kind):
        return {"type": "bytes", "logicalType": "decimal", "precision": kind.precision, "scale": kind.scale}
    if of.is_date(kind):
        return {"type": "int", "logicalType": "date"}
    if of.is_timestamp(kind) and kind.tz is not None:
        unit = "timestamp-millis" if kind.unit in ("s", "ms") else "timestamp-micros"
        return {"type": "long", "logicalType": unit}
    if of.is_uint64(kind):
        return {"type": "bytes", "logicalType": "decimal", "precision": 20, "scale": 0}
    named = (
        (of.is_binary, "bytes"),
        (of.is_large_binary, "bytes"),
        (of.is_fixed_size_binary, "bytes"),
        (of.is_integer, "long"),
        (of.is_floating, "double"),
        (of.is_boolean, "boolean"),
    )
    return next(({"type": name} for is_one, name in named if is_one(kind)), {})


def _json(value: Any) -> Any:
    match value:
        case [(str(), _), *_] if all(isinstance(each, tuple) for each in value):
            return {key: _json(each) for key, each in value}
        case list():
            return [_json(each) for each in value]
        case dict():
            return {name: _json(each) for name, each in value.items()}
        case _:
            return _scalar(value)


def _scalar(value: Any) -> Any:
    match value:
        case datetime():
            aware = value if value.tzinfo is None else value.astimezone(UTC)
            return aware.isoformat().replace("+00:00", "Z")
        case date() | time():
            return value.isoformat()
        case Decimal():
            return str(value)
        case bytes():
            return b64encode(value).decode()
        case float():
            return value if isfinite(value) else None  # which no field takes
        case _:
            return value
