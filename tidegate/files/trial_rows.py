"""What a check in a Flink of its own has written: verdicts on rows, asked in DuckDB, which spills to the disk.

Nothing here grows in memory with the files: rows are counted and summed by batches, identities are grouped by DuckDB.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from tidegate.contracts.dataset import Files
from tidegate.contracts.envelope import PLACE, SPLIT_ROW
from tidegate.errors import TidegateError
from tidegate.files.account import Account, Known, RowNumbers, Split, Verdicts, account_of
from tidegate.files.tally import NOTHING, Tally, tallied, together
from tidegate.proof.rows import make_rows
from tidegate.sql.file_check import (
    DROPPED,
    DROPPED_COLUMNS,
    PASSED,
    REJECTED,
    REJECTED_COLUMNS,
    SPLITS,
    Checking,
    passed_column,
)
from tidegate.sql.files import SPLIT_COLUMNS

MEMORY = "512MB"
_BATCH = 500_000
_NUMBER, _OFFSET = PLACE
_LINE_BYTES = 16 * 1024 * 1024
"""A line of an output is no longer than this, or than twice what a row of the files may be."""
_TYPES = {"INT": "integer", "BIGINT": "bigint", "STRING": "varchar"}


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that is rejected: its number in the file, from 1, the byte at which it begins, if it has bytes, and why."""

    row: int
    byte: int | None
    code: str
    message: str
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TrialRows:
    """Ask it while its folder is there."""

    session: duckdb.DuckDBPyConnection
    dataset: Files
    columns: Mapping[str, str]
    """By the names of silver's columns that were asked for, what they are called here."""

    def key_of(self, identity: Sequence[str]) -> str:
        """SQL of the text by which rows with the same values in these columns are known."""
        return f"to_json(list_value({', '.join(self.columns[name] for name in identity)}))"

    @property
    def explodes(self) -> bool:
        """Whether a record may have several rows."""
        return self.dataset.contract.explode is not None

    def accounts(self, files: Iterable[Known]) -> list[Account]:
        """Of each file the verdicts on its rows, held against what its parts told and what the contract expects.

        Raises:
            TidegateError: not every row has one verdict.
        """
        splits, verdicts, limits = self.splits(), self.verdicts(), self.dataset.file.thresholds
        found = [
            account_of(each, splits.get(each.number, ()), verdicts.get(each.number, Verdicts()), limits)
            for each in files
        ]
        if wrong := [f"file {each.number}: {each.wrong}" for each in found if each.wrong is not None]:
            raise TidegateError(
                f"the check does not account for every row: {'; '.join(wrong)}.", remedy="Check the files again."
            )
        return found

    def splits(self) -> dict[int, list[Split]]:
        """By number of the file, what its parts held."""
        found: dict[int, list[Split]] = {}
        for number, *values in self._all(f"select {', '.join(SPLIT_COLUMNS)} from {SPLITS}"):
            found.setdefault(number, []).append(Split(*values))
        return found

    def verdicts(self) -> dict[int, Verdicts]:
        """By number of the file. Of a record that explodes, some items may be rejected: it has passed."""
        distinct = "distinct " if self.explodes else ""
        passed = self._tally(f"select {distinct}{_NUMBER}, {_OFFSET} from {PASSED}")
        beside = f" anti join {PASSED} using ({_NUMBER}, {_OFFSET})" if self.explodes else ""
        rejected = self._tally(f"select {distinct}{_NUMBER}, {_OFFSET} from {REJECTED}{beside}")
        dropped = self._tally(f"select {_NUMBER}, {_OFFSET} from {DROPPED}")
        numbers = {*passed, *rejected, *dropped}
        return {
            each: Verdicts(passed.get(each, NOTHING), rejected.get(each, NOTHING), dropped.get(each, NOTHING))
            for each in numbers
        }

    def duplicates(self, accepted: Collection[int]) -> dict[int, int]:
        """By number of the file, how many rows repeat the identity of one before; only ``accepted`` files count."""
        among = f"from {PASSED} where {_NUMBER} in ({', '.join(map(str, accepted)) or 'null'})"
        key = self.key_of(self.dataset.contract.identity_columns)
        firsts = f"select min(struct_pack(n := {_NUMBER}, o := {_OFFSET})) as first {among} group by {key}"
        first = dict(self._all(f"select first.n, count(*) from ({firsts}) group by all"))
        records = f"count(distinct {_OFFSET})" if self.explodes else "count(*)"
        every = dict(self._all(f"select {_NUMBER}, {records} {among} group by all"))
        return {number: count - first.get(number, 0) for number, count in every.items()}

    def codes(self, number: int) -> dict[str, int]:
        """How many rows of a file are rejected by each code, the most frequent first."""
        sql = f"select code, count(*) as n from {REJECTED} where {_NUMBER} = ? group by all order by n desc, code"
        return dict(self._all(sql, [number]))

    def faults(self, number: int, splits: Sequence[Split], most: int) -> tuple[Fault, ...]:
        """The first rejected rows of a file."""
        columns = f"{_OFFSET}, {SPLIT_ROW}, code, message, violations"
        sql = f"select {columns} from {REJECTED} where {_NUMBER} = ? order by {_OFFSET}, message limit {most}"
        found = self._all(sql, [number])
        places = np.array([row[:2] for row in found], np.int64).reshape(-1, 2)
        rows = RowNumbers(splits).of(places[:, 0], places[:, 1]).tolist()
        return tuple(
            Fault(row, offset, code, message or "", _rules(violations))
            for row, (offset, _, code, message, violations) in zip(rows, found, strict=True)
        )

    def _tally(self, sql: str) -> dict[int, Tally]:
        found: dict[int, Tally] = {}
        for batch in self.session.sql(sql).to_arrow_reader(_BATCH):
            rows = make_rows(batch.column(0).to_numpy(), batch.column(1).to_numpy())
            found = together(found, tallied(rows))
        return found

    def _all(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        return list(self.session.execute(sql, [*values]).fetchall())


@contextmanager
def open_rows(checking: Checking, dataset: Files) -> Iterator[TrialRows]:
    """Of a check that has ended."""
    config: dict[str, Any] = {
        "autoinstall_known_extensions": False,
        "memory_limit": MEMORY,
        "preserve_insertion_order": False,
        "temp_directory": f"{checking.folder}/spilled",
    }
    wanted = {passed_column(checking, name): "varchar" for name in checking.wanted}
    place = {_NUMBER: "integer", _OFFSET: "bigint"}
    types: dict[str, dict[str, str]] = {
        PASSED: place | wanted,
        REJECTED: {name: _TYPES.get(kind, "json") for name, kind in REJECTED_COLUMNS.items()},
        DROPPED: {name: _TYPES[kind] for name, kind in DROPPED_COLUMNS.items()},
        SPLITS: {name: _TYPES[kind] for name, kind in SPLIT_COLUMNS.items()},
    }
    longest = max(_LINE_BYTES, 2 * dataset.file.max_row_bytes)
    with duckdb.connect(config=config) as session:
        for name, columns in types.items():
            session.execute(f"create view {name} as {_lines(Path(checking.folder, name), columns, longest)}")
        yield TrialRows(session, dataset, {name: passed_column(checking, name) for name in checking.wanted})


def _lines(folder: Path, columns: dict[str, str], longest: int) -> str:
    """All files of an output: none where nothing was written."""
    files = [f"{file}" for file in folder.rglob("*") if file.is_file() and not file.name.startswith((".", "_"))]
    if not files:
        return f"select {', '.join(f'null::{kind} as {name}' for name, kind in columns.items())} where false"
    listed = ", ".join("'" + file.replace("'", "''") + "'" for file in sorted(files))
    said = ", ".join(f"{name}: '{kind}'" for name, kind in columns.items())
    return (
        f"select * from read_json([{listed}], format = 'newline_delimited', compression = 'none', "
        f"maximum_object_size = {longest}, columns = {{{said}}})"
    )


def _rules(violations: str | None) -> tuple[str, ...]:
    return tuple(f"{each['rule']}: {each['message']}" for each in json.loads(violations or "[]"))
