"""Loaded files of a dataset as the source of reference data: which of silver's columns fields are read from."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from typing import Protocol

from producers.reference.column_map import ColumnMap
from producers.reference.rows import Row
from tidegate.contracts.dataset import Files, Reference
from tidegate.errors import TidegateError
from tidegate.settings import Settings


class Opened(Protocol):
    """What there is to load."""

    def keys(self) -> set[str]:
        """Of all rows."""

    def rows(self) -> Iterator[Row]:
        """Versions of keys, the newest of a key last."""


@dataclass(frozen=True, slots=True)
class Silver:
    """Loaded files of a dataset, of a date or of all."""

    settings: Settings
    source: Files
    day: date | None = None

    def opened(self, dataset: Reference, mapped: ColumnMap) -> Opened:
        """With the columns by which fields are read.

        Raises:
            TidegateError: silver has no such column, or none for the key or for the time.
        """
        names = [*self.source.silver_fields]
        key, moment = dataset.key, dataset.contract.event_time.field
        columns = {name: names[place] for name, place in mapped.taken(names, dataset)}
        lacking = [*mapped.missing(names), *(mapped.column_of(name) for name in (key, moment) if name not in columns)]
        if lacking:
            raise TidegateError(
                f"silver of {self.source.name} has no column {lacking[0]!r}.",
                remedy=f"Its columns: {', '.join(names)}. Say which a field is read from: --map field=column.",
            )
        rows = import_module("producers.reference.silver_rows").SilverRows  # pyiceberg's, which others need not
        opened: Opened = rows(self.settings, self.source, self.day, key, moment, columns, mapped.nulls(dataset))
        return opened
