"""Compares the content of two tables by a hash of each row, in DuckDB, which spills what memory does not hold."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb
import numpy as np

from tidegate.contracts.envelope import SOURCE_OFFSET, SOURCE_PARTITION
from tidegate.proof.content import Changed
from tidegate.proof.rows import Rows

FIRST = 10


@dataclass(frozen=True, slots=True)
class Layout:
    """What names a row beside its place (the position in an exploded record), and the columns to compare.

    ``emptied``: of some columns, SQL of what ``held`` may have in their place, since retention has emptied them.
    """

    position: str | None
    columns: tuple[str, ...]
    emptied: Mapping[str, str] = field(default_factory=dict)

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns by which rows belong together."""
        place = (SOURCE_PARTITION, SOURCE_OFFSET)
        return place if self.position is None else (*place, self.position)


@dataclass(frozen=True, slots=True)
class Compared:
    """How many rows of ``held`` differ, and the first of these."""

    changed: int
    first: tuple[Changed, ...]


def compare_content(held: Any, made: Any, places: Rows, layout: Layout) -> Compared:
    """The rows of ``held`` at these places against those of ``made``; both are Arrow datasets, or alike."""
    with duckdb.connect(config=_CONFIG) as session:
        session.register("held", held)
        session.register("made", made)
        session.register("places", {"p": places.partition, "o": places.offset})
        session.execute("set TimeZone = 'UTC'")
        for side in ("held", "made"):
            session.execute(
                f"create temp table {side}_rows as {_hashed(side, _quoted(layout.columns), layout, places)}"
            )
        if layout.emptied:
            session.execute(f"insert into made_rows {_hashed('made', _emptied(layout), layout, places)}")
        (changed,) = session.sql(f"select count(*) from ({_differing(layout)})").fetchall()[0]
        keys = session.sql(f"{_differing(layout)} order by {_ordered(layout)} limit {FIRST}").fetchall()
        return Compared(changed, tuple(_changed(session, layout, key) for key in keys))


_CONFIG: dict[str, Any] = {
    "autoinstall_known_extensions": False,
    "memory_limit": "512MB",
    "temp_directory": f"{tempfile.gettempdir()}/tidegate-prove",
}


def _hashed(side: str, columns: str, layout: Layout, places: Rows) -> str:
    """The rows of one side at the places, each as its key and the hash of its columns.

    One that is there twice, which is another fault, is here once: the comparison of places finds it.
    """
    keys = _quoted(layout.keys)
    low, high = (int(bound) for bound in (np.min(places.offset), np.max(places.offset)))
    return (
        f"select {keys}, hash({columns}) as h "
        f"from {side} semi join places on {_quoted([SOURCE_PARTITION])} = p and {_quoted([SOURCE_OFFSET])} = o "
        f"where {_quoted([SOURCE_OFFSET])} between {low} and {high} group by all"
    )


def _differing(layout: Layout) -> str:
    keys = _quoted(layout.keys)
    return f"(select {keys}, h from held_rows except select {keys}, h from made_rows)"


def _changed(session: duckdb.DuckDBPyConnection, layout: Layout, found: Sequence[Any]) -> Changed:
    key = found[: len(layout.keys)]
    place = ":".join(map(str, key[:2])) + (f" {layout.position} {key[2]}" if layout.position else "")
    at = " and ".join(f"{_quoted([name])} = {int(value)}" for name, value in zip(layout.keys, key, strict=True))
    names = _quoted(layout.columns)
    asked = {"held": names, "made": f"{names}, {_emptied(layout)}"}
    sides = [session.sql(f"select {what} from {side} where {at} limit 1").fetchall() for side, what in asked.items()]
    if not all(sides):
        return Changed(place)
    (held,), (made,) = sides
    pairs = zip(layout.columns, held, made[: len(held)], made[len(held) :], strict=True)
    return Changed(place, tuple(name for name, is_, whole, emptied in pairs if is_ not in (whole, emptied)))


def _emptied(layout: Layout) -> str:
    return ", ".join(layout.emptied.get(name, _quoted([name])) for name in layout.columns)


def _ordered(layout: Layout) -> str:
    return _quoted([SOURCE_OFFSET, *layout.keys])


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
