"""What lies where of a dataset, for how long the contract keeps it, and what is too old by now. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from tidegate.clients.lake_erase import DayErased
from tidegate.retention.policy import Limit, Personal

Kind = Literal["silver", "bronze", "dead letters", "metrics", "index"]
BY: Mapping[Kind, str] = {
    "silver": "day of the event",
    "bronze": "day of arrival",
    "dead letters": "day of the failure",
    "metrics": "day of the metric",
    "index": "day in its name",
}
"""By what a day is told."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What goes as a whole: the rows of one day of a table, or one index. ``until``: the day after its last one."""

    name: str
    until: date
    rows: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Shelf:
    """One place of a dataset: ``name`` is its table or alias; what ends before ``before`` or with it is too old."""

    kind: Kind
    name: str
    limit: Limit
    before: date
    pieces: tuple[Piece, ...]

    @property
    def doomed(self) -> tuple[Piece, ...]:
        """What is too old, the oldest first."""
        return tuple(
            sorted((piece for piece in self.pieces if piece.until <= self.before), key=lambda each: each.until)
        )

    @property
    def oldest(self) -> str | None:
        """The oldest day or index that lies there."""
        return min(self.pieces, key=lambda piece: piece.until).name if self.pieces else None

    def facts(self) -> dict[str, Any]:
        """For JSON."""
        doomed = self.doomed
        return {
            "kind": self.kind,
            "name": self.name,
            "retention_days": self.limit.days,
            "said_by": self.limit.said_by,
            "removed_before": self.before.isoformat(),
            "held": _sum(self.pieces) | {"oldest": self.oldest},
            "removes": _sum(doomed) | {"names": [piece.name for piece in doomed]},
        }


@dataclass(frozen=True, slots=True)
class Emptied:
    """A personal field: the days of the lake, and how many documents, that still have values which are too old."""

    personal: Personal
    before: date
    days: tuple[DayErased, ...] = ()
    documents: int = 0

    def facts(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "field": self.personal.field,
            "purpose": self.personal.purpose,
            "retention_days": self.personal.limit.days,
            "in_silver": [*self.personal.paths],
            "cannot_be_emptied": [*self.personal.kept],
            "emptied_before": self.before.isoformat(),
            "removes": {
                "days": [each.day.isoformat() for each in self.days],
                "rows_rewritten": sum(each.rows for each in self.days),
                "documents": self.documents,
            },
        }


@dataclass(frozen=True, slots=True)
class TopicKept:
    """For how many hours Kafka keeps a topic (None: for ever), and for how many the contract allows it."""

    topic: str
    hours: float | None
    limit: Limit | None

    @property
    def is_too_long(self) -> bool:
        """Whether Kafka keeps it beyond what the contract says of personal fields."""
        return self.limit is not None and (self.hours is None or self.hours > self.limit.days * 24)

    def facts(self) -> dict[str, Any]:
        """For JSON."""
        allowed = None if self.limit is None else self.limit.days * 24
        return {"topic": self.topic, "kept_hours": self.hours, "allowed_hours": allowed, "too_long": self.is_too_long}


@dataclass(frozen=True, slots=True)
class Survey:
    """Of one dataset, as of a day (UTC). ``files_store``: where copies of its files lie, if it comes in files."""

    dataset: str
    today: date
    shelves: tuple[Shelf, ...]
    emptied: tuple[Emptied, ...]
    topics: tuple[TopicKept, ...]
    files_store: str | None = None

    @property
    def has_work(self) -> bool:
        """Whether something is too old."""
        return any(shelf.doomed for shelf in self.shelves) or any(each.days or each.documents for each in self.emptied)

    def facts(self) -> dict[str, Any]:
        """For JSON, with stable keys."""
        return {
            "dataset": self.dataset,
            "today": self.today.isoformat(),
            "places": [shelf.facts() for shelf in self.shelves],
            "personal_fields": [each.facts() for each in self.emptied],
            "topics": [topic.facts() for topic in self.topics],
            "files_store": self.files_store,
            "has_work": self.has_work,
        }


def _sum(pieces: tuple[Piece, ...]) -> dict[str, Any]:
    return {
        "pieces": len(pieces),
        "rows": sum(piece.rows for piece in pieces),
        "bytes": sum(piece.bytes for piece in pieces),
    }
