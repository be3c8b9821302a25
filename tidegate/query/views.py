"""Views over the lake's tables: of a metric's changes, the newest row of each key. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tidegate.contracts.envelope import CHANGE_COLUMNS, CHANGE_DELETED, CHANGE_PLACE
from tidegate.contracts.naming import CHANGES_SUFFIX, GOLD


@dataclass(frozen=True, slots=True)
class View:
    """``gold.<dataset>_<metric>`` over ``table``, its changes."""

    name: str
    table: str

    def columns(self, table_columns: Sequence[str]) -> list[str]:
        """The metric's own."""
        return [name for name in table_columns if name not in CHANGE_COLUMNS]

    def query(self, table_columns: Sequence[str], key: Sequence[str], quote: str = '"') -> str:
        """Its SELECT; ``quote`` is what the engine puts around a name."""
        quoted = [f"{quote}{name}{quote}" for name in self.columns(table_columns)]
        keys = ", ".join(f"{quote}{name}{quote}" for name in key)
        return (
            f"select {', '.join(quoted)} from (\n"
            f"  select *, row_number() over (partition by {keys} order by {CHANGE_PLACE[1]} desc) as _newest\n"
            f"  from {self.table}\n"
            f") as changes where _newest = 1 and not {CHANGE_DELETED}"
        )


def views_of(tables: Iterable[str]) -> Iterator[View]:
    """The views for the tables of these names."""
    for table in tables:
        if table.startswith(f"{GOLD}.") and table.endswith(CHANGES_SUFFIX):
            yield View(table.removesuffix(CHANGES_SUFFIX), table)
