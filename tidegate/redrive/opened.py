"""A record's bytes opened for a recipe: its fields as far as they can be read, and bytes again. One way per format."""

from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from tidegate.avro.frame import SCHEMA_ID_HEADER


class Bytes(NamedTuple):
    """What a recipe changes of a record; ``header`` is the one that names its schema, where it has that."""

    value: bytes | None
    header: bytes | None = None

    @classmethod
    def of(cls, value: bytes | None, headers: list[tuple[str, bytes | None]]) -> "Bytes":
        """Of a record with these headers: the last that names a schema counts."""
        named = [header or b"" for name, header in headers if name == SCHEMA_ID_HEADER]
        return cls(value, named[-1] if named else None)

    def headers(self, others: list[tuple[str, bytes | None]]) -> list[tuple[str, bytes | None]]:
        """The record's headers, the one that names the schema replaced where it stands."""
        replaced = [(name, self.header if name == SCHEMA_ID_HEADER else header) for name, header in others]
        return [(name, header) for name, header in replaced if name != SCHEMA_ID_HEADER or header is not None]


@dataclass(frozen=True, slots=True)
class Opened:
    """The fields of a record; ``fault``: why it could not be read to its end, None where it could."""

    record: dict[str, Any]
    fault: str | None = None


class Unopened(ValueError):  # noqa: N818 - a value with a reason, as records are
    """Nothing of a record can be read, or a record can't be written; the message says why."""


class Records(Protocol):
    """How the records of a topic are opened and written."""

    def open(self, came: Bytes) -> Opened:
        """The record in these bytes.

        Raises:
            Unopened: not one field of it can be read.
        """

    def write(self, record: dict[str, Any], came: Bytes, encode: int | None) -> Bytes:
        """The record as bytes, in the place of ``came``; ``encode`` is the schema's id, None for the newest.

        Raises:
            Unopened: it does not fit the schema.
        """

    def cut(self, came: Bytes) -> Bytes:
        """The bytes without what follows the record.

        Raises:
            Unopened: the record itself can't be read.
        """

    def named(self, came: Bytes, schema_id: int | None, *, framed: bool) -> Bytes:
        """The same body under another schema's id, None for the newest; not ``framed``: it has no frame yet.

        Raises:
            Unopened: its records have no frame.
        """
