"""A letter of stage ``index`` as the document that OpenSearch refused: where it belongs, and what is there. Pure."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from tidegate.clients.documents import Document, Held
from tidegate.contracts.dataset import Stream
from tidegate.contracts.envelope import COORDINATES, document_id
from tidegate.contracts.model import Index
from tidegate.dead_letters.codes import Stage
from tidegate.redrive.fix import NotFixed
from tidegate.search.dated import Dated

FIRST_TIME = 1_000_000_000_000_000
"""A version from here on is a time, in microseconds since 1970; documents that were given none count from 1."""
_US_PER_MS = 1000
OTHER_RECORD = "under its id is the document of another record: `tidegate prove` tells whether that is a fault"
UNKNOWN_AGE = (
    "under its id is another document of its record, which does not say whether it is newer: "
    "`tidegate prove --recompute` tells whether it is right"
)


def is_of_document(letter: Mapping[str, Any]) -> bool:
    """Whether the letter is one of the job that writes documents."""
    return bool(letter["stage"] == Stage.INDEX)


def document_of(stream: Stream, letter: Mapping[str, Any]) -> Document | NotFixed:
    """The document of a decoded letter, or why there is none to send."""
    index = stream.contract.index
    reason = _refusal(stream, letter)
    if reason or index is None:
        return NotFixed(reason or f"{stream.name} has no search index any more")
    try:
        row = json.loads(letter["payload"])
        name, identity = index_of(index, row), document_id(row, stream.contract.row_identity)
    except (ValueError, KeyError, TypeError):
        return NotFixed("its row does not say under which id, or in the index of which day, it belongs")
    return Document(name, identity, letter["payload"], letter["failed_at"] * _US_PER_MS)


def index_of(index: Index, row: Mapping[str, Any]) -> str:
    """The index of a document, as the sink names it: by the UTC day of a column.

    Raises:
        KeyError, TypeError, ValueError: the column is not there, or no time.
    """
    dated = Dated.of(index)
    text = row[dated.column]
    day = date.fromisoformat(text) if len(text) == len("yyyy-MM-dd") else datetime.fromisoformat(text).astimezone(UTC)
    return dated.name_of(day)


def found_there(document: Document, held: Held | None) -> bool | NotFixed:
    """Whether OpenSearch has this document, or one of its record that was made later; or why neither can be said."""
    if held is None:
        return False
    row = json.loads(document.body)
    if held.source == row:
        return True
    if any(held.source.get(name) != row.get(name) for name in COORDINATES):
        return NotFixed(OTHER_RECORD)
    if held.version < FIRST_TIME:
        return NotFixed(UNKNOWN_AGE)
    return held.version > document.version


def _refusal(stream: Stream, letter: Mapping[str, Any]) -> str:
    source = letter["source"]
    if source is None:
        return "its document is a metric's: the metrics job writes it again with the next value of its key"
    if source["topic"] != stream.contract.topic.name or letter["payload_encoding"] != "json":
        return "its row could not be read, so that there is no document to send"
    if letter["payload_truncated"]:
        return "it has only a part of its document: `tidegate replay plan` with --target index makes all of it again"
    return ""
