"""Rows of loaded files as reference data: what the lake's silver table has of them, each version of a key once.

Of rows of one key and one time the one that was loaded last counts, so that a corrected file corrects. They come in the
order of their times: of a key the newest is the last, as the topic keeps it.
"""

import base64
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pyarrow as pa

from producers.reference.rows import Row
from tidegate.clients.file_versions import read_versions
from tidegate.clients.lake_rows import open_table, scan_rows
from tidegate.contracts.dataset import Files
from tidegate.contracts.envelope import PLACE, SOURCE_PARTITION
from tidegate.contracts.naming import lake_table
from tidegate.errors import TidegateError
from tidegate.settings import Settings

_MEMORY = "256MB"
_BATCH_ROWS = 10_000


@dataclass(frozen=True, slots=True)
class SilverRows:
    """The rows of ``source``, of files of ``day`` or of all.

    ``key`` and ``time`` are fields; ``columns``: by field the column that it is read from; ``nulls``: those without.
    """

    settings: Settings
    source: Files
    day: date | None
    key: str
    time: str
    columns: Mapping[str, str]
    nulls: Mapping[str, None]

    def keys(self) -> set[str]:
        """Of all rows.

        Raises:
            TidegateError: no such file is loaded. TransientError: the lake does not answer.
        """
        column = self.columns[self.key]
        batches = self._scan((column,))
        return {str(key) for batch in batches for key in batch[column].to_pylist() if key is not None}

    def rows(self) -> Iterator[Row]:
        """As JSON values, by the names of the fields; a row's number is its place among them."""
        with self._sorted() as batches:
            number = 0
            for batch in batches:
                for found in batch.to_pylist():
                    number += 1
                    values = {name: plain(value) for name, value in found.items()} | dict(self.nulls)
                    yield Row(number, values, "", json.dumps(values).encode(), f"row {values[self.key]}")

    @contextmanager
    def _sorted(self) -> Iterator[Iterator[Any]]:
        wanted = ", ".join(f'"{column}" as "{name}"' for name, column in self.columns.items())
        key, moment = (f'"{self.columns[name]}"' for name in (self.key, self.time))
        last = ", ".join(f'"{name}" desc' for name in PLACE)
        with (
            TemporaryDirectory(prefix="tidegate-load-") as folder,
            duckdb.connect(config={"memory_limit": _MEMORY, "temp_directory": folder}) as session,
        ):
            session.execute("set TimeZone = 'UTC'")
            for count, batch in enumerate(self._scan(tuple(dict.fromkeys((*self.columns.values(), *PLACE))))):
                session.register("batch", pa.Table.from_batches([batch]))
                verb = "insert into rows by name" if count else "create temp table rows as"
                session.execute(f"{verb} select * from batch")
                session.unregister("batch")
            newest = f"row_number() over (partition by {key}, {moment} order by {last}) = 1"
            found = session.sql(f"select {wanted} from rows qualify {newest} order by {moment}, {key}")
            yield found.to_arrow_reader(_BATCH_ROWS)

    def _scan(self, columns: tuple[str, ...]) -> Iterator[Any]:
        """Of loaded files alone: no row of another one is looked at, should there be any."""
        name = self.source.name
        loaded = [each for each in read_versions(self.settings, name) if each.state == "loaded"]
        numbers = [each.number for each in loaded if self.day in (None, each.date)]
        if not numbers:
            raise TidegateError(
                f"no file of {name}{f' of {self.day}' if self.day else ''} is loaded.",
                remedy=f"`tidegate files list {name}` shows what there is, `tidegate files load {name}` loads it.",
            )
        condition = f"{SOURCE_PARTITION} in ({', '.join(map(str, numbers))})"
        yield from scan_rows(self.settings, open_table(self.settings, lake_table("silver", name)), columns, condition)


def plain(value: Any) -> Any:
    """A value of Arrow as JSON has it; decimals and times as text, maps as objects."""
    match value:
        case datetime() | date() | time():
            return value.isoformat()
        case Decimal():
            return str(value)
        case bytes():
            return base64.b64encode(value).decode()
        case dict():
            return {name: plain(each) for name, each in value.items()}
        case list() if value and all(isinstance(each, tuple) for each in value):
            return {name: plain(each) for name, each in value}
        case list():
            return [plain(each) for each in value]
    return value
