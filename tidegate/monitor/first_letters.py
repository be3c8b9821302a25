"""One dead letter as a Kafka client gives it: where it lies, when it was written, and its id."""

from typing import Any, NamedTuple, Protocol

from tidegate.avro.records import WriterSchemas, decode_record


class Record(Protocol):
    """A record as a client of Kafka gives it."""

    def offset(self) -> int | None: ...

    def timestamp(self) -> tuple[int, int]: ...

    def value(self) -> bytes | None: ...


class Letter(NamedTuple):
    """``written_s``: by the broker, in seconds since 1970; ``letter_id`` is empty of what no Tidegate job wrote."""

    offset: int
    written_s: float
    letter_id: str


def letter_of(message: Record | None, schemas: WriterSchemas[Any]) -> Letter | None:
    """The letter; None where there is no message."""
    if message is None:
        return None
    record = decode_record(message.value() or b"", schemas)
    letter_id = record.get("dead_letter_id", "") if isinstance(record, dict) else ""
    return Letter(message.offset() or 0, message.timestamp()[1] / 1000, str(letter_id))
