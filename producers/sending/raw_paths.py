"""Where in a raw record its key, its identity and its time are, which the contract names as its mapping calls them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tidegate.avro.paths import field_at, value_at, with_value
from tidegate.contracts.dataset import Dataset
from tidegate.contracts.map_sql import read_map
from tidegate.contracts.new.time_format import TimeFormat
from tidegate.contracts.new.time_sent import zone_of
from tidegate.errors import ContractError

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}")
_NUMBER = re.compile(r"\d+(\.\d+)?", re.ASCII)
_FIRST_MS = 100_000_000_000
"""A smaller number is one of seconds: as milliseconds it would be before 1973-03."""
_PER_MS = (1_000_000, 1000, 1)
_EARLIEST, _LATEST_MS = 0, 253_402_300_800_000


@dataclass(frozen=True, slots=True)
class RawTime:
    """The path of the event's time, and what a moment in milliseconds is there, beside a value that is there now."""

    path: str
    like: Callable[[Any, int], Any]


def moment_of(time: RawTime | None, record: Mapping[str, Any], now: datetime) -> datetime:
    """When the record says that it happened; ``now`` where that is not told before it is mapped."""
    value = None if time is None else value_at(record, time.path)
    if isinstance(value, str) and _ISO.match(value):
        value = datetime.fromisoformat(value)
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        value = float(value)
    if not isinstance(value, int | float) or not _EARLIEST < value / (_per_ms(value) or 0.001) < _LATEST_MS:
        return now
    return datetime.fromtimestamp(value / 1000 / (_per_ms(value) or 0.001), UTC)


def raw_key(dataset: Dataset) -> str | None:
    """The path whose text is the key; None where the mapping makes it of several."""
    key = dataset.contract.topic.key
    return None if key is None else _source(dataset, key)


def raw_time(dataset: Dataset) -> RawTime | None:
    """None where the mapping makes the time of several fields, or of one that is no moment by itself."""
    path = _source(dataset, dataset.contract.event_time.field)
    field = field_at(dataset.raw_fields, path) if path else None
    if path is None or field is None:
        return None
    if (form := _form(dataset)) is not None:
        return RawTime(path, form)
    match field.type.kind:
        case "timestamp-millis":
            return RawTime(path, lambda _, time_ms: time_ms)
        case "timestamp-micros":
            return RawTime(path, lambda _, time_ms: time_ms * 1000)
        case "int" | "long" | "double" | "float":
            return RawTime(path, _number_like)
        case "string":
            return RawTime(path, _text_like)
        case _:
            return None


def _source(dataset: Dataset, name: str) -> str | None:
    """The only path of the raw record that a field is made of."""
    if dataset.map_sql is None:
        return name
    found = read_map(dataset.map_sql).read_by({name.partition(".")[0]})
    known = {path for path in found if field_at(dataset.raw_fields, path) is not None}
    return dataset.raw_path(name) or (known.pop() if len(known) == 1 else None)


def _form(dataset: Dataset) -> Callable[[Any, int], Any] | None:
    """How a time is written of which ``to_timestamp_ltz`` says format and zone; None where it does not."""
    items = read_map(dataset.map_sql or "").items
    item = next((item for item in items if item.name == dataset.contract.event_time.field), None)
    if item is None or item.tokens[0].keyword != "TO_TIMESTAMP_LTZ":
        return None
    texts = [token.text[1:-1].replace("''", "'") for token in item.tokens if token.kind == "string"]
    try:
        form, zone = TimeFormat(texts[0]), zone_of(texts[1] if len(texts) > 1 else None)
    except (IndexError, ContractError):
        return None

    def like(value: Any, time_ms: int) -> Any:
        written = form.written(datetime.fromtimestamp(time_ms / 1000, zone))
        return int(written) if isinstance(value, int) else written

    return like


def _number_like(value: Any, time_ms: int) -> Any:
    """In the unit that the number is in: seconds, milliseconds, microseconds or nanoseconds."""
    per_ms = _per_ms(value) if isinstance(value, int | float) else None
    if per_ms is not None:
        return type(value)(time_ms * per_ms)
    return time_ms // 1000 if isinstance(value, int) else time_ms / 1000


def _per_ms(value: float) -> int | None:
    """How many of the number's unit a millisecond has; None for seconds."""
    return next((per_ms for per_ms in _PER_MS if abs(value) >= _FIRST_MS * per_ms), None)


def _text_like(value: Any, time_ms: int) -> Any:
    """A number as text, or a moment of ISO 8601; any other text stays."""
    if _NUMBER.fullmatch(str(value)):
        return str(_number_like(float(value) if "." in value else int(value), time_ms))
    if not _ISO.match(str(value)):
        return value
    moment = datetime.fromtimestamp(time_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return moment if "T" in str(value) else moment.replace("T", " ")


def changed(record: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """The record with other values at these paths."""
    new = dict(record)
    for path, value in values.items():
        new = with_value(new, path, value)
    return new
