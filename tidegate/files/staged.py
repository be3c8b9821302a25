"""What the job of a run has written aside, read back: rows by file and verdict, and what the parts of files held."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tidegate.clients.lake import lake_errors
from tidegate.clients.lake_branch import branch_files
from tidegate.clients.lake_replace import read_rows
from tidegate.clients.lake_rows import table_if_there
from tidegate.contracts.dataset import Files
from tidegate.contracts.envelope import PLACE
from tidegate.contracts.naming import FileTable, TableName, files_table, lake_table
from tidegate.files.account import Account, Known, Split, Verdicts, account_of
from tidegate.files.run import Run
from tidegate.files.tally import NOTHING, Tally, once, tallied, together
from tidegate.proof.rows import Rows, among_places
from tidegate.replay.lake_rows import places
from tidegate.settings import Settings
from tidegate.sql.file_duplicates import COMPARED
from tidegate.sql.files import SPLIT_COLUMNS
from tidegate.sql.replay_lake import CODE, DROPPED, DUPLICATE, OTHERS, REJECTED, VERDICT

Day = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Judged:
    """Of a run: the accounts of its files, what their parts held, and which rows are rejected.

    ``rejected``: rows of the table of verdicts. ``days``: of the rows that passed, as silver is partitioned.
    """

    accounts: tuple[Account, ...]
    splits: Mapping[int, Sequence[Split]]
    rejected: pa.Table
    days: tuple[Day, ...]

    @property
    def accepted(self) -> tuple[int, ...]:
        """The numbers of the files that are good enough to be published."""
        return tuple(each.number for each in self.accounts if each.fault is None)


def is_aside(settings: Settings, run: Run) -> bool:
    """Whether the job has left anything: the end of a split at least, of each file."""
    table = table_if_there(settings, files_table(run.dataset, "splits"))
    with lake_errors(settings):
        return table is not None and bool(branch_files(table, run.branch))


def read_judged(settings: Settings, dataset: Files, run: Run) -> Judged:
    """Raises: TransientError, TidegateError: as :func:`tidegate.clients.lake.lake_errors`."""
    splits = splits_of(_aside(settings, files_table(run.dataset, "splits"), run, tuple(SPLIT_COLUMNS)))
    others = _aside(settings, files_table(run.dataset, "verdicts"), run, OTHERS)
    explodes = dataset.contract.explode is not None
    passed_places: list[Rows] = []
    passed: dict[int, Tally] = {}
    days: set[Day] = set()
    silver = table_if_there(settings, lake_table("silver", run.dataset))
    with lake_errors(settings):
        for file in branch_files(silver, run.branch) if silver is not None else []:
            days.add((file.partition[0], file.partition[1], file.partition[2]))
            for batch in read_rows(silver, [file], PLACE):
                rows = places([batch])
                passed_places.append(rows) if explodes else passed.update(together(passed, tallied(rows)))
    rejected = places(_of_verdict(others, REJECTED).to_batches())
    if explodes:
        every = once(passed_places)
        passed, rejected = tallied(every), once([rejected.where(~among_places(rejected, every))])
    verdicts = _verdicts(passed, tallied(rejected), tallied(places(_of_verdict(others, DROPPED).to_batches())))
    accounts = tuple(
        account_of(
            Known(each.number, each.size, each.promised_rows, each.repairs is not None),
            splits.get(each.number, ()),
            verdicts.get(each.number, Verdicts()),
            dataset.file.thresholds,
        )
        for each in run.files
    )
    return Judged(accounts, splits, _of_verdict(others, REJECTED), tuple(sorted(days)))


def read_compared(settings: Settings, run: Run) -> tuple[Rows, Mapping[int, int]]:
    """The duplicates among the run's rows, and of each file how many records were compared for that."""
    others = _aside(settings, files_table(run.dataset, "verdicts"), run, OTHERS)
    compared = places(_of_verdict(others, COMPARED).to_batches())
    counts = dict(zip(compared.partition.tolist(), compared.offset.tolist(), strict=True))
    return places(_of_verdict(others, DUPLICATE).to_batches()), counts


def read_others(settings: Settings, run: Run, numbers: Collection[int]) -> pa.Table:
    """Of these files the verdicts on rows that are not in silver: where each lies, its verdict and code."""
    others = _aside(settings, files_table(run.dataset, "verdicts"), run, OTHERS)
    if not others.num_rows:
        return others
    mine = pc.is_in(others[PLACE[0]], pa.array(sorted(numbers), pa.int32()))
    return others.filter(pc.and_(mine, pc.not_equal(others[VERDICT], COMPARED)))


def first_faults(judged: Judged, number: int, most: int) -> list[dict[str, object]]:
    """Of a file's rejected rows the first ones: where they begin, and their codes."""
    rows = judged.rejected.filter(pc.equal(judged.rejected[PLACE[0]], number))
    ordered = rows.sort_by(PLACE[1]).slice(0, most).select([PLACE[1], CODE]).to_pylist()
    return [{"offset": row[PLACE[1]], "code": row[CODE]} for row in ordered]


def _aside(settings: Settings, name: TableName, run: Run, columns: tuple[str, ...]) -> pa.Table:
    """What lies on the run's branch of a table."""
    table = table_if_there(settings, name)
    with lake_errors(settings):
        files = branch_files(table, run.branch) if table is not None else []
        batches = [*read_rows(table, files, columns)] if files else []
    return pa.Table.from_batches(batches) if batches else pa.table({name: pa.array([], pa.null()) for name in columns})


def _of_verdict(others: pa.Table, verdict: str) -> pa.Table:
    if not others.num_rows:
        return others
    return others.filter(pc.equal(others[VERDICT], verdict))


def splits_of(rows: pa.Table) -> dict[int, list[Split]]:
    """By number of the file what its parts held, of rows of the table of splits."""
    found: dict[int, list[Split]] = {}
    for row in rows.to_pylist():
        number, *values = (row[name] for name in SPLIT_COLUMNS)
        found.setdefault(number, []).append(Split(*values))
    return found


def _verdicts(*by_number: Mapping[int, Tally]) -> dict[int, Verdicts]:
    numbers = {number for each in by_number for number in each}
    return {number: Verdicts(*(each.get(number, NOTHING) for each in by_number)) for number in numbers}


def all_files(settings: Settings, name: TableName, run: Run) -> tuple[Any, list[Any]]:
    """A table, and the data files on the run's branch of it."""
    table = table_if_there(settings, name)
    with lake_errors(settings):
        return table, branch_files(table, run.branch) if table is not None else []


TABLES: tuple[FileTable, ...] = ("verdicts", "letters", "splits")
"""Those that a run writes to beside silver."""
