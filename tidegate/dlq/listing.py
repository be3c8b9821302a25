"""A page of letters, the newest first, grouped by cause."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from tidegate.dead_letters.filter import LetterFilter
from tidegate.dead_letters.ledger import State
from tidegate.dlq.index import Index
from tidegate.dlq.where import where

_CAUSE = "stage, code, broken"
_MOST_CAUSES = 50


class Cause(NamedTuple):
    """Why letters failed; ``rules`` by commas."""

    stage: str
    code: str
    rules: str


@dataclass(frozen=True, slots=True)
class CauseCount:
    """Letters of one cause: how many, how many are open, and between which times they failed (ms)."""

    cause: Cause
    letters: int
    open: int
    first_at: int
    last_at: int


@dataclass(frozen=True, slots=True)
class Line:
    """One letter in a page; ``failed_at`` in ms."""

    id: str
    dataset: str
    state: str
    failed_at: int
    cause: Cause
    message: str
    attempt: int
    schema_id: int | None
    source_topic: str | None
    source_partition: int | None
    source_offset: int | None
    source_row: int | None


@dataclass(frozen=True, slots=True)
class Page:
    """Letters ``first`` to ``first + len(lines)`` of ``letters`` that are meant, and their causes, most first."""

    letters: int
    first: int
    causes: tuple[CauseCount, ...]
    lines: tuple[Line, ...]

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        return {
            "letters": self.letters,
            "first": self.first,
            "causes": [_flat(each) for each in self.causes],
            "lines": [_flat(each) for each in self.lines],
        }


def page(index: Index, wanted: LetterFilter, number: int, size: int) -> Page:
    """Page ``number``, from 1 on."""
    where_sql, values = where(wanted)
    found = index.rows(
        f"select {_CAUSE}, count(*), count(*) filter (state = '{State.OPEN}'), min(failed_at), max(failed_at) "
        f"from letters where {where_sql} group by all order by 4 desc, 1, 2, 3",
        values,
    )
    causes = [CauseCount(Cause(*row[:3]), *row[3:]) for row in found]
    first = (number - 1) * size
    return Page(
        sum(each.letters for each in causes),
        first,
        tuple(causes[:_MOST_CAUSES]),
        tuple(_lines(index, (where_sql, values), first, size)),
    )


def _lines(index: Index, condition: tuple[str, Sequence[object]], first: int, size: int) -> list[Line]:
    where_sql, values = condition
    rows = index.rows(
        f"select id, dataset, state, failed_at, {_CAUSE}, message, attempt, schema_id, source_topic, "
        f"source_partition, source_offset, source_row from letters where {where_sql} "
        "order by failed_at desc, id limit ? offset ?",
        [*values, size, first],
    )
    return [Line(row[0], row[1], row[2], row[3], Cause(*row[4:7]), *row[7:]) for row in rows]


def _flat(each: CauseCount | Line) -> dict[str, Any]:
    told = asdict(each)
    del told["cause"]
    return each.cause._asdict() | told
