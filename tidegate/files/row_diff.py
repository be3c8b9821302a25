"""Which rows of silver one version of a file has and another has not, or has otherwise: by identity, in DuckDB.

Of each row its identity and a hash of its columns are sorted and joined, on the disk where they do not fit into memory;
only of the rows that are shown the columns are read again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from tidegate.contracts.envelope import PLACE
from tidegate.files.trial_rows import TrialRows
from tidegate.sql.file_check import PASSED

_NUMBER, _OFFSET = PLACE
Kind = Literal["added", "removed", "changed"]
_WHERE: dict[Kind, str] = {
    "added": "before.k is null",
    "removed": "after.k is null",
    "changed": "before.h <> after.h",
}
Values = dict[str, str | None]
"""By the columns of silver, as JSON writes them."""


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row by its identity, before and after; None where it is not there."""

    identity: Values
    before: Values | None
    after: Values | None

    @property
    def changed(self) -> dict[str, tuple[str | None, str | None]]:
        """The columns that differ, of a row that is there before and after."""
        before, after = self.before or {}, self.after or {}
        return {
            name: (before[name], value) for name, value in after.items() if name in before and before[name] != value
        }


@dataclass(frozen=True, slots=True)
class RowDiff:
    """How many rows were added, removed, changed or left as they were; and the first ones, by their places."""

    added: int
    removed: int
    changed: int
    same: int
    first: dict[Kind, tuple[RowChange, ...]]


def diff_rows(rows: TrialRows, numbers: tuple[int, int], identity: Sequence[str], most: int) -> RowDiff:
    """Of the files before and after, by the columns ``identity``; of rows with the same one the first counts."""
    before, after = numbers
    comparing = _Comparing(rows, identity, most)
    comparing.make("before", before)
    comparing.make("after", after)
    counted = ", ".join(
        f"count(*) filter (where {condition})" for condition in (*_WHERE.values(), "before.h = after.h")
    )
    [(added, removed, changed, same)] = rows.session.execute(f"select {counted} from {_BOTH}").fetchall()
    first = {kind: comparing.first(kind, {"before": before, "after": after}) for kind in _WHERE}
    return RowDiff(added, removed, changed, same, first)


_BOTH = "before full join after on before.k = after.k"


class _Comparing:
    def __init__(self, rows: TrialRows, identity: Sequence[str], most: int) -> None:
        self._rows, self._identity, self._most = rows, tuple(identity), most
        self._key = rows.key_of(identity)

    def make(self, side: str, number: int) -> None:
        """A table of the side: of each identity its first row."""
        columns = ", ".join(self._rows.columns.values())
        self._rows.session.execute(
            f"create or replace temp table {side} as select {self._key} as k, min({_OFFSET}) as o, "
            f"arg_min(hash({columns}), {_OFFSET}) as h from {PASSED} where {_NUMBER} = {number} group by k"
        )

    def first(self, kind: Kind, numbers: dict[str, int]) -> tuple[RowChange, ...]:
        found = self._rows.session.execute(
            f"select coalesce(before.k, after.k), before.o, after.o from {_BOTH} where {_WHERE[kind]} "
            f"order by coalesce(after.o, before.o), 1 limit {self._most}"
        ).fetchall()
        before = self._values(numbers["before"], {(key, offset) for key, offset, _ in found if offset is not None})
        after = self._values(numbers["after"], {(key, offset) for key, _, offset in found if offset is not None})
        return tuple(self._change(before.get(key), after.get(key)) for key, _, _ in found)

    def _values(self, number: int, places: set[tuple[str, int]]) -> dict[str, Values]:
        """By key, of the rows at these places."""
        if not places:
            return {}
        columns = self._rows.columns
        marks = ", ".join("?" for _ in places)
        sql = (
            f"select {self._key}, {_OFFSET}, {', '.join(columns.values())} from {PASSED} "
            f"where {_NUMBER} = ? and {_OFFSET} in ({marks})"
        )
        read: list[tuple[Any, ...]] = self._rows.session.execute(sql, [number, *(at for _, at in places)]).fetchall()
        return {key: dict(zip(columns, values, strict=True)) for key, at, *values in read if (key, at) in places}

    def _change(self, before: Values | None, after: Values | None) -> RowChange:
        there = after or before or {}
        return RowChange({name: there.get(name) for name in self._identity}, before, after)
