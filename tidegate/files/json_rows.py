"""A row of a file of JSON opened for a recipe, whatever the file's encoding is."""

from typing import Any

from tidegate.redrive.json_topic import JsonTopic
from tidegate.redrive.opened import Bytes, Opened, Unopened

_UTF_8 = "utf-8"


class JsonRows:
    """Of files in one encoding; ``is_array``: rows are the values of an array, which a bad one could not be among."""

    def __init__(self, codec: str, *, is_array: bool) -> None:
        self._codec = codec
        self._is_array = is_array
        self._json = JsonTopic()

    def open(self, came: Bytes) -> Opened:
        return self._json.open(self._as_utf_8(came))

    def write(self, record: dict[str, Any], came: Bytes, encode: int | None) -> Bytes:
        return self._encoded(self._json.write(record, Bytes(b""), encode))

    def cut(self, came: Bytes) -> Bytes:
        return self._encoded(self._json.cut(self._as_utf_8(came)))

    def named(self, came: Bytes, schema_id: int | None, *, framed: bool) -> Bytes:
        return self._json.named(came, schema_id, framed=framed)

    def stands_alone(self, row: bytes) -> bool:
        """Whether it is one row wherever it stands: what is no JSON could end an array."""
        if not self._is_array:
            return True
        try:
            self.open(Bytes(row))
        except Unopened:
            return False
        return True

    def _as_utf_8(self, came: Bytes) -> Bytes:
        return came._replace(value=_recoded(came.value or b"", self._codec, _UTF_8))

    def _encoded(self, written: Bytes) -> Bytes:
        return written._replace(value=_recoded(written.value or b"", _UTF_8, self._codec))


def _recoded(text: bytes, before: str, after: str) -> bytes:
    if before == after:
        return text
    try:
        return text.decode(before).encode(after)
    except UnicodeError as error:
        raise Unopened(f"it can't be told in {after}: it is not {before}, or has other signs") from error
