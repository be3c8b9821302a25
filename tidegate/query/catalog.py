"""What the lake holds, by the names that SQL calls it."""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from tidegate.clients.lake import find_table, lake_errors, open_catalog
from tidegate.query.views import View, views_of
from tidegate.settings import Settings

_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Described:
    """A table or view: its columns in their order, and how many rows it has; None if the lake does not say."""

    name: str
    columns: tuple[str, ...]
    rows: int | None


class Lake:
    """The tables of the lake's catalog, and the views over them; a table is opened when it is asked for."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._catalog = open_catalog(settings)
        self._opened: dict[str, Any] = {}
        with lake_errors(settings):
            self.tables = sorted(_table_names(self._catalog))
        self.views = {view.name: view for view in views_of(self.tables)}

    @property
    def names(self) -> list[str]:
        """Of tables and views."""
        return sorted([*self.tables, *self.views])

    def open(self, name: str) -> Any:
        """The table for pyiceberg; None if it is gone meanwhile."""
        if name not in self._opened:
            with lake_errors(self._settings):
                self._opened[name] = find_table(self._catalog, name)
        return self._opened[name]

    def described(self, names: Sequence[str]) -> list[Described]:
        """The tables and views of these names that are there."""
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            found = pool.map(self._describe, names)
        return [each for each in found if each is not None]

    def _describe(self, name: str) -> Described | None:
        view = self.views.get(name)
        table = self.open(view.table if view else name)
        if table is None:
            return None
        columns = [field.name for field in table.schema().fields]
        return Described(name, tuple(view.columns(columns) if view else columns), None if view else _rows(table))

    def view(self, name: str) -> View | None:
        """The view of this name, if it is one."""
        return self.views.get(name)


def _table_names(catalog: Any) -> Iterable[str]:
    for namespace in catalog.list_namespaces():
        for table in catalog.list_tables(namespace):
            yield ".".join(table)


def _rows(table: Any) -> int | None:
    snapshot = table.current_snapshot()
    if snapshot is None:
        return 0
    total = None if snapshot.summary is None else snapshot.summary.get("total-records")
    return None if total is None else int(total)
