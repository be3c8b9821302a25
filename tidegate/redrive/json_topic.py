"""Opens records in JSON, and writes them so that what no recipe touched keeps its value, exactly."""

import json
from decimal import Decimal
from typing import Any

from tidegate.avro.binary import BadRecord
from tidegate.avro.frame import FRAME_BYTES
from tidegate.avro.json_records import json_of, parsed_json
from tidegate.avro.json_text import UnreadableNumber, read_one_json
from tidegate.redrive.opened import Bytes, Opened, Unopened


class JsonTopic:
    """A field goes by the name that it is sent under; a number with a fraction is a ``Decimal``."""

    def open(self, came: Bytes) -> Opened:
        try:
            found = parsed_json(json_of(came.value, came.header))
        except BadRecord as error:
            raise Unopened(str(error)) from error
        if not isinstance(found, dict):
            raise Unopened("it is no JSON object")
        return Opened(found)

    def write(self, record: dict[str, Any], came: Bytes, encode: int | None) -> Bytes:
        if encode is not None:
            raise Unopened("records in JSON are written by no schema: leave encode out")
        try:
            text = written(record).encode()
        except (TypeError, ValueError) as error:
            raise Unopened(f"it can't be written as JSON: {error}") from error
        return came._replace(value=_prefix(came) + text)

    def cut(self, came: Bytes) -> Bytes:
        try:
            text = json_of(came.value, came.header).decode()
            _, rest = read_one_json(text)
        except (BadRecord, ValueError) as error:
            raise Unopened(f"where it ends can't be told: {error}") from error
        return came._replace(value=_prefix(came) + text.removesuffix(rest).encode())

    def named(self, came: Bytes, schema_id: int | None, *, framed: bool) -> Bytes:
        raise Unopened("no schema is looked up for records in JSON: schema_id and frame are for Avro")


def _prefix(came: Bytes) -> bytes:
    """The frame before the JSON, where it has one."""
    value = came.value or b""
    return value[:FRAME_BYTES] if came.header is None and value[:1] == b"\x00" else b""


def written(value: Any) -> str:
    """A value as JSON, numbers as exact as they are.

    Raises:
        TypeError, ValueError: JSON has no such value; names it.
    """
    match value:
        case dict():
            return "{" + ",".join(f"{_name(key)}:{written(each)}" for key, each in value.items()) + "}"
        case list() | tuple():
            return "[" + ",".join(map(written, value)) + "]"
        case Decimal() if value.is_finite():
            return str(value)
        case UnreadableNumber():
            return value.text
        case str():
            return _text(value)
        case Decimal():
            raise ValueError(f"{value} is no number of JSON")
        case _:
            return json.dumps(value, allow_nan=False)


def _name(key: object) -> str:
    if not isinstance(key, str):
        raise TypeError(f"the name {key!r} is no text")
    return _text(key)


def _text(value: str) -> str:
    """Half of a surrogate pair, which UTF-8 can't hold, stays escaped."""
    is_whole = value.isascii() or not any("\ud800" <= sign <= "\udfff" for sign in value)
    return json.dumps(value, ensure_ascii=not is_whole)
