"""What the rows of a trial say of each record: one verdict per letter. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from tidegate.contracts.dataset import Stream
from tidegate.contracts.envelope import DROPPED_PLACE, SOURCE_OFFSET
from tidegate.dead_letters.codes import Code
from tidegate.dead_letters.ledger import Place

_NEVER_LATE = float("inf")


class Verdict(StrEnum):
    """What would become of a letter's record."""

    PASSES = "passes"
    FAILS = "fails"
    OUT_OF_WINDOW = "out_of_window"
    DROPPED = "dropped"
    DUPLICATE = "duplicate"
    THERE = "there"
    TOO_LARGE = "too_large"
    UNMATCHED = "unmatched"
    LEFT_OUT = "left_out"
    UNFIXABLE = "unfixable"
    GONE = "gone"


MEANINGS: Mapping[Verdict, str] = {
    Verdict.PASSES: "would pass",
    Verdict.FAILS: "would fail again",
    Verdict.OUT_OF_WINDOW: "event time not believed",
    Verdict.DROPPED: "would be dropped",
    Verdict.DUPLICATE: "a duplicate",
    Verdict.THERE: "OpenSearch has the document",
    Verdict.TOO_LARGE: "too large",
    Verdict.UNMATCHED: "no fix of the recipe matches",
    Verdict.LEFT_OUT: "the recipe leaves it out",
    Verdict.UNFIXABLE: "can't be mended by the recipe",
    Verdict.GONE: "the letter has expired",
}
_CODES = {Code.EVENT_TIME_OUT_OF_RANGE: Verdict.OUT_OF_WINDOW, Code.RECORD_TOO_LARGE: Verdict.TOO_LARGE}


@dataclass(slots=True)
class Row:
    """What the outputs have of one record; ``code`` of its dead letter, ``rule`` that dropped it."""

    silver: bool = False
    event_time_ms: float = _NEVER_LATE
    stage: str = ""
    code: str = ""
    message: str = ""
    rule: str = ""


def rows_of(stream: Stream, outputs: Mapping[str, Iterable[Mapping[str, Any]]]) -> dict[int, Row]:
    """The rows by the offset of their record in the trial's topic."""
    rows: dict[int, Row] = defaultdict(Row)
    time_column = stream.contract.event_time.column
    for silver in outputs["silver"]:
        row = rows[silver[SOURCE_OFFSET]]
        row.silver = True
        row.event_time_ms = _ms(silver.get(time_column))
    for letter in outputs["dead_letters"]:
        row = rows[letter["source"]["offset"]]
        row.stage, row.code, row.message = letter["stage"], letter["error_code"], _message(letter)
    for dropped in outputs["dropped"]:
        rows[dropped[DROPPED_PLACE[1]]].rule = dropped["rule"]
    return dict(rows)


def verdict_of(row: Row, in_silver: Place | None, earlier: Place | None) -> tuple[Verdict, str, str]:
    """Verdict, cause and detail. ``in_silver``: where the silver row of the same identity comes from;
    ``earlier``: of which letter of the plan it is a repetition.
    """
    if row.code:
        return _CODES.get(Code(row.code), Verdict.FAILS), f"{row.stage} {row.code}", row.message
    if row.rule:
        return Verdict.DROPPED, row.rule, ""
    if in_silver is not None:
        return Verdict.DUPLICATE, "of silver", f"its identity is in silver, from {in_silver}"
    if row.silver:
        return Verdict.PASSES, "", ""
    whose = "another record of this plan" if earlier is None else f"{earlier}, of this plan too"
    return Verdict.DUPLICATE, "of this plan", f"its identity is that of {whose}"


def _message(letter: Mapping[str, Any]) -> str:
    broken = [f"{each['rule']}: {each['message']}" for each in letter["violations"] or ()]
    return "; ".join(broken) or str(letter["error_message"])


def _ms(time: Any) -> float:
    return datetime.fromisoformat(time).timestamp() * 1000 if isinstance(time, str) else _NEVER_LATE
