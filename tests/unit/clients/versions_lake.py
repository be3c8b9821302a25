"""A lake on this machine's disk in which the table of files' versions may be missing, with odd answers to commits."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from pyiceberg.exceptions import NoSuchTableError, TableAlreadyExistsError
from pyiceberg.table import Table

from tests.unit.clients.strict_catalog import StrictCatalog


class VersionsLake(StrictCatalog):
    """The catalog, which can be asked for what is not there; ``answers`` come in the place of those of commits."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.namespaces: list[str] = []
        self.answers: list[Callable[[Callable[[], Any]], Any]] = []
        self.meanwhile: Callable[[], object] | None = None

    def load_table(self, name: Any) -> Table:
        if name not in self.tables and isinstance(name, str):
            raise NoSuchTableError(name)
        return super().load_table(name)

    def create_namespace(self, name: str) -> None:
        self.namespaces.append(name)

    def create_table(self, name: str, **options: Any) -> Table:
        if self.meanwhile is not None:
            self.meanwhile()
            raise TableAlreadyExistsError(name)
        assert options["partition_spec"].fields[0].name == "dataset"
        self.create(name, options["schema"], ("dataset",), options["properties"])
        return self.load_table(name)

    def commit_table(self, table: Table, requirements: Any, updates: Any) -> Any:
        commit = super().commit_table
        if self.answers:
            return self.answers.pop(0)(lambda: commit(table, requirements, updates))
        return commit(table, requirements, updates)
