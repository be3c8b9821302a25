"""Which fields of dead letters and of the ledger are kept in columns, and as what. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from tidegate.avro.columns import MAP_KEY, MAP_VALUE

Kind = Literal["number", "text", "bytes", "texts", "many bytes", "joined"]
"""The last: texts as one, with commas between."""
PARTITION, OFFSET = "letter_partition", "letter_offset"
"""Where the record lies in its topic."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One column: the path of its field in the record, and what it holds."""

    path: str
    kind: Kind


Layout = Mapping[str, Kept]

LETTERS: Layout = {
    "id": Kept("dead_letter_id", "text"),
    "failed_at": Kept("failed_at", "number"),
    "stage": Kept("stage", "text"),
    "code": Kept("error_code", "text"),
    "message": Kept("error_message", "text"),
    "rules": Kept("violations.rule", "texts"),
    "broken": Kept("violations.rule", "joined"),
    "attempt": Kept("attempt", "number"),
    "version": Kept("processor.version", "text"),
    "schema_id": Kept("contract.schema_id", "number"),
    "source_topic": Kept("source.topic", "text"),
    "source_partition": Kept("source.partition", "number"),
    "source_offset": Kept("source.offset", "number"),
    "source_row": Kept("source.row", "number"),
    "arrived_at": Kept("source.timestamp", "number"),
    "key": Kept("source.key", "bytes"),
    "header_names": Kept(f"source.headers.{MAP_KEY}", "texts"),
    "header_values": Kept(f"source.headers.{MAP_VALUE}", "many bytes"),
    "plan": Kept("replay_id", "text"),
}
ENTRIES: Layout = {
    "id": Kept("dead_letter_id", "text"),
    "dataset": Kept("dataset", "text"),
    "state": Kept("state", "text"),
    "changed_at": Kept("changed_at", "number"),
    "outcome": Kept("outcome", "text"),
}
