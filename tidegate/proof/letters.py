"""The dead letters of a dataset, as values: which raw records, rows of them, or silver records they name. Pure."""

from collections import Counter
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from tidegate.dead_letters.record import Source, dead_letter_id, reason_of, source_of
from tidegate.proof.rows import Fingerprints, IdentityIndex, Rows, concat, fingerprints, make_rows
from tidegate.proof.window import Window

WHOLE = 0
"""In place of a row's number: the letter is about the whole record."""


class Reason(NamedTuple):
    """Why a record is a dead letter, and whether the record is one of silver; else it is one of raw."""

    stage: str
    code: str
    of_silver: bool = False


class EarlierLetter(NamedTuple):
    """A letter about a row of an earlier version of silver's topic: also the row's hash, and how its bytes begin."""

    stage: str
    code: str
    sha256: str | None
    payload: bytes | None


Chosen = Callable[[Reason], bool]


@dataclass(frozen=True, slots=True)
class Letters:
    """Dead letters by reason. A row of ``places`` is the record's place in its topic; in place of an identity it has
    the number of the record's row, or ``WHOLE``. ``strange``: places of records that are no dead letters. ``ids``: of
    all letters, as fingerprints. ``earlier``: those about rows of an earlier version of silver's topic.
    """

    places: dict[Reason, Rows] = field(default_factory=dict)
    strange: Rows = field(default_factory=make_rows)
    ids: Fingerprints = field(default_factory=lambda: np.zeros((0, 2), np.uint64))
    earlier: tuple[EarlierLetter, ...] = ()

    def has(self, ids: Sequence[str]) -> list[bool]:
        """Which of these ids letters have."""
        if not ids:
            return []
        found: list[bool] = IdentityIndex(self.ids).contains(fingerprints(map(str.encode, ids))).tolist()
        return found

    def of(self, chosen: Chosen) -> Rows:
        """All that have a chosen reason; one that was written twice is there twice."""
        return concat([rows for reason, rows in self.places.items() if chosen(reason)])

    def raw_records(self, stages: Container[str]) -> Rows:
        """The raw records that are dead letters as a whole, of these stages."""
        found = self.of(lambda reason: reason.stage in stages and not reason.of_silver)
        return without_numbers(found.where(found.identity[:, 0] == WHOLE))

    def raw_rows(self, stages: Container[str]) -> Rows:
        """The numbered rows of raw records that are dead letters, of these stages."""
        found = self.of(lambda reason: reason.stage in stages and not reason.of_silver)
        return found.where(found.identity[:, 0] != WHOLE)

    def silver_records(self, stages: Container[str]) -> Rows:
        """The silver records that are dead letters, of these stages, by their place in the silver topic."""
        return without_numbers(self.of(lambda reason: reason.stage in stages and reason.of_silver))

    def count(self, windows: Iterable[Window]) -> dict[str, int]:
        """Those of raw records of the windows by error code, most first; one that was written twice counts once."""
        ours, counts = [*windows], Counter[str]()
        for reason, rows in self.places.items():
            if not reason.of_silver:
                counts[reason.code] += sum(_distinct(window.of(rows)) for window in ours)
        return {code: count for code, count in counts.most_common() if count}

    def count_of_silver(self) -> dict[str, int]:
        """Those of silver records by stage and error code, such as ``index TRUNCATED``; each counts once."""
        counts = Counter({f"{at.stage} {at.code}": _distinct(rows) for at, rows in self.places.items() if at.of_silver})
        counts.update(f"{stage} {code}" for stage, code, *_ in dict.fromkeys(self.earlier))
        return dict(counts)


def still_refused(rows: Rows, topic: str, stage: str, settled: Container[str]) -> Rows:
    """Without those whose letters are settled: what they were about has to be there. ``rows`` as in ``Letters``."""
    numbered = zip(rows.partition.tolist(), rows.offset.tolist(), rows.identity[:, 0].tolist(), strict=True)
    sources = (Source(topic, partition, offset, number or None) for partition, offset, number in numbered)
    return rows.where(np.array([dead_letter_id(source, stage) not in settled for source in sources], np.bool_))


def together(parts: Iterable[Letters]) -> Letters:
    """All of them."""
    found = [*parts]
    reasons = dict.fromkeys(reason for part in found for reason in part.places)
    places = {reason: concat([part.places[reason] for part in found if reason in part.places]) for reason in reasons}
    ids = [part.ids for part in found if len(part.ids)]
    earlier = tuple(letter for part in found for letter in part.earlier)
    strange = concat([part.strange for part in found])
    return Letters(places, strange, np.concatenate(ids) if ids else Letters().ids, earlier)


def read_letter(letter: dict[str, Any]) -> tuple[Reason, Source | None] | None:
    """Reason and source of a decoded record; None if it is no dead letter."""
    try:
        stage, code = reason_of(letter)
        source = source_of(letter)
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
    return (Reason(stage, code), source) if _is_sound(stage, code, source) else None


def without_numbers(rows: Rows) -> Rows:
    """The same places."""
    return make_rows(rows.partition, rows.offset)


def _is_sound(stage: object, code: object, source: Source | None) -> bool:
    if not isinstance(stage, str) or not isinstance(code, str):
        return False
    if source is None:
        return True
    numbers = (source.partition, source.offset, source.row or WHOLE)
    if not isinstance(source.topic, str) or not all(isinstance(number, int) for number in numbers):
        return False
    return 0 <= source.partition < 1 << 31 and 0 <= source.offset < 1 << 63 and 0 <= numbers[2] < 1 << 63


def _distinct(rows: Rows) -> int:
    if not len(rows):
        return 0
    numbers = rows.identity[:, 0].astype(np.int64)
    return len(np.unique(np.column_stack([rows.partition, rows.offset, numbers]), axis=0))
