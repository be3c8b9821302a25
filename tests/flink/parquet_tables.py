"""Random tables of every type that Parquet has, as pyarrow writes them, and their values as JSON says them."""

import base64
import io
import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from random import Random
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

TEXTS = ("", "a", "é", "𝄞", 'p"q', "r\\s", "l\nm", "\0", "x" * 300, '{"a": 1}')
_UNITS = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}


@dataclass(frozen=True)
class Kind:
    """A type, random values for it as pyarrow takes them, and what a value of JSON says in the same words."""

    type: pa.DataType
    value: Callable[[Random], Any]
    back: Callable[[Any], Any]


def _as_it_is(value: Any) -> Any:
    return value


def _number(value: Any) -> float:
    return float(value)


def _moment(value: str, unit: str, zone: str) -> int:
    found = re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?" + zone, value)
    assert found, value
    seconds = int(datetime.fromisoformat(found[1]).replace(tzinfo=UTC).timestamp())
    return seconds * _UNITS[unit] + int((found[2] or "").ljust(9, "0")[:9]) // (_UNITS["ns"] // _UNITS[unit])


def _time_of_day(value: str, unit: str) -> int:
    found = re.fullmatch(r"(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?", value)
    assert found, value
    seconds = int(found[1]) * 3600 + int(found[2]) * 60 + int(found[3])
    return seconds * _UNITS[unit] + int((found[4] or "").ljust(9, "0")[:9]) // (_UNITS["ns"] // _UNITS[unit])


def _timestamp(unit: str, zone: str | None) -> Kind:
    low, high = (-9_000_000_000, 9_000_000_000) if unit == "ns" else (-62_000_000_000, 253_000_000_000)
    return Kind(
        pa.timestamp(unit, zone),
        lambda rng: rng.choice(
            [0, rng.randint(low, high) * _UNITS[unit] + rng.choice([0, rng.randrange(_UNITS[unit])])]
        ),
        lambda value: _moment(value, unit, "Z" if zone else ""),
    )


def _decimal(precision: int, scale: int) -> Kind:
    def value(rng: Random) -> Decimal:
        return Decimal(f"{rng.randint(-(10**precision) + 1, 10**precision - 1)}e-{scale}")

    return Kind(pa.decimal128(precision, scale), value, Decimal)


def _float(kind: pa.DataType, make: Callable[[float], float]) -> Kind:
    def value(rng: Random) -> float:
        return make(rng.choice([0.0, 0.1, -1.5, 1e30, 1e-30, rng.random(), math.nan, math.inf, -math.inf]))

    return Kind(kind, value, _number)


def _whole(kind: pa.DataType, low: int, high: int) -> Kind:
    return Kind(kind, lambda rng: rng.choice([low, high, 0, rng.randint(low, high)]), _as_it_is)


def _bytes(kind: pa.DataType, length: int | None) -> Kind:
    return Kind(kind, lambda rng: rng.randbytes(rng.randint(0, 40) if length is None else length), base64.b64decode)


FLAT = (
    *(_whole(kind, -(2 ** (bits - 1)), 2 ** (bits - 1) - 1) for kind, bits in (
        (pa.int8(), 8), (pa.int16(), 16), (pa.int32(), 32), (pa.int64(), 64))),
    *(_whole(kind, 0, 2**bits - 1) for kind, bits in (
        (pa.uint8(), 8), (pa.uint16(), 16), (pa.uint32(), 32), (pa.uint64(), 64))),
    _float(pa.float32(), lambda value: float(np.float32(value))),
    _float(pa.float64(), float),
    Kind(pa.bool_(), lambda rng: rng.random() < 0.5, _as_it_is),
    *(Kind(kind, lambda rng: rng.choice(TEXTS), _as_it_is) for kind in (pa.string(), pa.large_string())),
    _bytes(pa.binary(), None),
    _bytes(pa.binary(5), 5),
    *(_decimal(*each) for each in ((9, 2), (18, 0), (38, 10), (5, 5))),
    Kind(pa.date32(), lambda rng: rng.randint(-700_000, 2_900_000),
         lambda value: date.fromisoformat(value).toordinal() - date(1970, 1, 1).toordinal()),
    *(_timestamp(unit, zone) for unit in ("ms", "us", "ns") for zone in (None, "UTC", "Europe/Berlin")),
    Kind(pa.time32("ms"), lambda rng: rng.randrange(86_400_000), lambda value: _time_of_day(value, "ms")),
    Kind(pa.time64("us"), lambda rng: rng.randrange(86_400_000_000), lambda value: _time_of_day(value, "us")),
    Kind(pa.time64("ns"), lambda rng: rng.randrange(86_400_000_000_000), lambda value: _time_of_day(value, "ns")),
)  # fmt: skip


def some_kind(rng: Random, depth: int) -> Kind:
    """Flat, or nested so often at most."""
    shape = rng.choice(["flat", "flat", "list", "struct", "map"]) if depth else "flat"
    if shape == "flat":
        return rng.choice(FLAT)
    inner = some_kind(rng, depth - 1)
    if shape == "list":
        return Kind(
            pa.list_(inner.type),
            lambda rng: [_or_null(inner, rng) for _ in range(rng.randint(0, 3))],
            lambda value: [_back(inner, each) for each in value],
        )
    if shape == "map":
        return Kind(
            pa.map_(pa.string(), inner.type),
            lambda rng: [(key, _or_null(inner, rng)) for key in rng.sample(TEXTS, rng.randint(0, 3))],
            lambda value: [(key, _back(inner, each)) for key, each in value.items()],
        )
    other = some_kind(rng, depth - 1)
    return Kind(
        pa.struct([("a", inner.type), ("b c", other.type)]),
        lambda rng: {"a": _or_null(inner, rng), "b c": _or_null(other, rng)},
        lambda value: {"a": _back(inner, value["a"]), "b c": _back(other, value["b c"])},
    )


def _or_null(kind: Kind, rng: Random) -> Any:
    return None if rng.random() < 0.2 else kind.value(rng)


def _back(kind: Kind, value: Any) -> Any:
    return None if value is None else kind.back(value)


@dataclass(frozen=True)
class Table:
    """Columns by their names, of random kinds, and their values row by row."""

    kinds: dict[str, Kind]
    rows: list[dict[str, Any]]

    @classmethod
    def any(cls, rng: Random) -> "Table":
        kinds = {f"c{number}": some_kind(rng, 2) for number in range(rng.randint(1, 5))}
        rows = [{name: _or_null(kind, rng) for name, kind in kinds.items()} for _ in range(rng.choice([0, 1, 7, 60]))]
        return cls(kinds, rows)

    def written(self, rng: Random, **options: Any) -> bytes:
        """As Parquet, in one of its many ways."""
        columns = {name: pa.array([row[name] for row in self.rows], kind.type) for name, kind in self.kinds.items()}
        out = io.BytesIO()
        options = {
            "compression": rng.choice(["NONE", "SNAPPY", "GZIP", "ZSTD", "LZ4"]),
            "row_group_size": rng.choice([1, 3, 1000]),
            "use_dictionary": rng.random() < 0.5,
            "data_page_version": rng.choice(["1.0", "2.0"]),
            "data_page_size": rng.choice([1, 1 << 20]),
            "use_compliant_nested_type": rng.random() < 0.5,
            "write_page_checksum": rng.random() < 0.5,
            "version": "2.6",
            **options,
        }
        pq.write_table(pa.table(columns), out, **options)
        return out.getvalue()

    def options(self, **more: str) -> dict[str, str]:
        fields = [{"name": name, "type": ["null", "bytes"], "default": None} for name in self.kinds]
        schema = json.dumps({"type": "record", "name": "R", "fields": fields})
        return {"layout": "parquet", "value.contract-json.schema": schema, **more}

    def back(self, text: str) -> dict[str, Any]:
        """What a row of JSON says."""
        found = json.loads(text, parse_float=Decimal)
        assert list(found) == list(self.kinds)
        return {name: _back(kind, found[name]) for name, kind in self.kinds.items()}
