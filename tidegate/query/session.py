"""One question to the lake: DuckDB, with the tables that the question names."""

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import duckdb

from tidegate.clients.lake import lake_errors
from tidegate.clients.lake_dataset import LakeDataset
from tidegate.clients.outage import S3, outage
from tidegate.contracts.naming import LAKE_KEY
from tidegate.errors import TidegateError
from tidegate.query.catalog import Lake
from tidegate.query.problems import in_our_words
from tidegate.settings import Settings


class Session:
    """DuckDB with the lake's tables; ``with`` it. Times are in ``time_zone``."""

    def __init__(self, lake: Lake, settings: Settings, time_zone: str = "UTC") -> None:
        self._lake = lake
        self._settings = settings
        self._datasets: dict[str, LakeDataset] = {}
        self._connection = duckdb.connect(
            config={
                "autoinstall_known_extensions": False,  # nothing is fetched behind a user's back
                "temp_directory": f"{tempfile.gettempdir()}/tidegate-query",
            }
        )
        try:
            self._connection.execute("set TimeZone = ?", [time_zone])
        except duckdb.Error as error:
            self._connection.close()
            raise TidegateError(
                f"there is no time zone {time_zone!r}.", remedy="Name one such as UTC or Europe/Berlin."
            ) from error

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()
        self._datasets.clear()

    @property
    def files(self) -> tuple[int, int]:
        """How many data files were read, of how many that the tables have."""
        read = sum(dataset.files_read for dataset in self._datasets.values())
        return read, sum(len(dataset.files) for dataset in self._datasets.values())

    @property
    def bytes_in_files_read(self) -> int:
        """The size of the files that were read, of which only the columns asked for are fetched."""
        return sum(dataset.bytes_in_files_read for dataset in self._datasets.values())

    def checked(self, sql: str) -> str:
        """The one question in ``sql``, whose tables are there from now on.

        Raises:
            TidegateError: it is none, or several, or it would change something.
        """
        with self.errors(sql):
            statements = self._connection.extract_statements(sql)
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            raise TidegateError(
                "the lake is asked one SELECT at a time.", remedy="Give one, without what would change anything."
            )
        self._open_tables(sql)
        return str(statements[0].query).strip().rstrip(";")

    def rows(self, sql: str, most: int) -> tuple[list[str], list[tuple[Any, ...]]]:
        """The names of the columns, and the first rows."""
        question = self.checked(sql)
        with self.errors(question):
            cursor = self._connection.execute(question)
            names = [column[0] for column in cursor.description or ()]
            return names, cursor.fetchmany(most)

    def copy(self, sql: str, path: str, options: str) -> None:
        """Writes all rows to a file; ``options`` are those of DuckDB's COPY."""
        question = self.checked(sql)
        quoted = path.replace("'", "''")
        with self.errors(question):
            self._connection.execute(f"copy ({question}\n) to '{quoted}' ({options})")

    @contextmanager
    def errors(self, sql: str) -> Iterator[None]:
        """Around what DuckDB does: its errors, and those of the lake's files, in our words."""
        try:
            with lake_errors(self._settings):
                yield
        except duckdb.Error as error:
            failed = next((each.failure for each in self._datasets.values() if each.failure), None)
            if failed is not None or "AWS Error" in str(error):
                raise outage(S3, self._settings, type(failed or error).__name__) from error
            raise in_our_words(error, self._lake, sql) from error

    def _open_tables(self, sql: str) -> None:
        """Makes those that the text names, in quotes or not; one too many costs a look at its metadata."""
        text = re.sub(r"\s*\.\s*", ".", sql.replace('"', "").lower())
        for name in self._lake.names:
            if name.lower() in text:
                self._open(name)

    def _open(self, name: str) -> None:
        view = self._lake.view(name)
        table_name = view.table if view else name
        table = self._lake.open(table_name)
        if table is None:
            return
        if table_name not in self._datasets:
            with self.errors(""):
                self._datasets[table_name] = LakeDataset(table)
            self._connection.register(_hidden(table_name), self._datasets[table_name])
            self._define(table_name, f'select * from "{_hidden(table_name)}"')
        if view:
            columns = [field.name for field in table.schema().fields]
            self._define(name, view.query(columns, table.properties[LAKE_KEY].split(",")))

    def _define(self, name: str, query: str) -> None:
        schema, _, table = name.partition(".")
        self._connection.execute(f'create schema if not exists "{schema}"')
        self._connection.execute(f'create or replace view "{schema}"."{table}" as {query}')


def _hidden(table: str) -> str:
    return f"lake files of {table}"
