"""What a run has written aside becomes part of the lake's tables: evidence first, silver's rows last, in one commit."""

import hashlib
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tidegate.clients.lake import lake_errors
from tidegate.clients.lake_branch import branch_files, is_published
from tidegate.clients.lake_replace import Replacement, change_rows, keep_rows, may_have, read_rows, replace_rows
from tidegate.clients.lake_rows import main_snapshot, open_table, scan_rows, table_if_there
from tidegate.contracts.envelope import PLACE, SOURCE_PARTITION
from tidegate.contracts.naming import files_table, lake_table
from tidegate.files.pieces import condition_of, exactly
from tidegate.files.run import Run
from tidegate.files.staged import TABLES
from tidegate.proof.rows import Rows, among_places
from tidegate.replay.lake_rows import places
from tidegate.settings import Settings
from tidegate.sql.file_duplicates import COMPARED
from tidegate.sql.replay_lake import VERDICT

AT_ONCE = 4
"""Files of silver that are written anew at the same time; each has some hundred MB in memory."""
_INSTEAD = {"payload": None, "error_message": ""}
"""What evidence has in the place of what a letter quotes of its row."""
_DIGITS = 16
_Keep = Callable[[pa.Table], Any]


def is_run_published(settings: Settings, dataset: str, mark: tuple[str, str]) -> bool:
    """Whether silver has the rows of the run with this mark."""
    table = table_if_there(settings, lake_table("silver", dataset))
    with lake_errors(settings):
        return table is not None and is_published(table, mark) is not None


def published_numbers(settings: Settings, run: Run) -> frozenset[int] | None:
    """The files of a run that are published, of which there is evidence; None if it is not published.

    Raises:
        TransientError, TidegateError: as :func:`tidegate.clients.lake.lake_errors`.
    """
    if not is_run_published(settings, run.dataset, run.mark):
        return None
    table = open_table(settings, files_table(run.dataset, "splits"))
    mine = {each.number for each in run.files}
    batches = scan_rows(settings, table, (SOURCE_PARTITION,), condition_of(sorted(mine)))
    return frozenset(number for each in batches for number in each[SOURCE_PARTITION].to_pylist() if number in mine)


def publish(settings: Settings, run: Run, accepted: Sequence[int], duplicates: Rows, actor: str) -> None:
    """The rows of ``accepted`` files but ``duplicates`` come in, those of replaced ones go; done once, whoever asks.

    Raises:
        TidegateError: the table was changed by somebody else.
        TransientError: the catalog does not answer, or others commit all the time.
    """
    if not accepted or is_run_published(settings, run.dataset, run.mark):
        return
    numbers = frozenset(accepted)
    for each in TABLES:
        table = open_table(settings, files_table(run.dataset, each))
        with lake_errors(settings):
            # There is some of these files already if one was killed before silver's commit, and the contract changed.
            judged = [file.number for file in run.files]
            kept = _letters(table, run, numbers) if each == "letters" else _kept(table, run, _evidence_of(numbers))
            _adopt(table, _mark_of_evidence(table, run), judged, [*kept])
    silver = open_table(settings, lake_table("silver", run.dataset))
    gone = {*run.replaced_by(numbers)}
    with lake_errors(settings):
        files = [*_silver_files(silver, run, numbers, duplicates)]
        # Of these files, too: the snapshot by which they are known to be published may have expired since.
        _adopt(silver, run.mark, gone | numbers, files, {"tidegate.files-actor": actor})


def _mark_of_evidence(table: Any, run: Run) -> tuple[str, str]:
    """With what lies aside: it may have been judged once more since, and reference data be others by then.

    That is so where evidence came before a crash, and the job was not known any more behind it.
    """
    paths = sorted(file.file_path for file in branch_files(table, run.branch))
    name, run_id = run.mark
    return name, f"{run_id} {hashlib.sha256(chr(10).join(paths).encode()).hexdigest()[:_DIGITS]}"


def _adopt(
    table: Any, mark: tuple[str, str], gone: Collection[int], files: list[Any], more: dict[str, str] | None = None
) -> None:
    condition = exactly([*gone])
    if files or may_have(table, condition):
        replace_rows(table, Replacement(condition, tuple(files), main_snapshot(table), mark, more or {}))


def _kept(table: Any, run: Run, keep: _Keep) -> Iterator[Any]:
    for file in branch_files(table, run.branch):
        yield from keep_rows(table, file, keep)


def _letters(table: Any, run: Run, numbers: frozenset[int]) -> Iterator[Any]:
    """Which rows have a letter, and why; what letters quote of them, personal values too, their topic has alone."""
    for file in branch_files(table, run.branch):
        yield from change_rows(table, file, lambda rows: without_quotes(rows.filter(_evidence_of(numbers)(rows))))


def without_quotes(letters: pa.Table) -> pa.Table:
    """Letters without their record's bytes, and without the message, which may name a value."""
    for name, value in _INSTEAD.items():
        if (at := letters.schema.get_field_index(name)) >= 0:
            field = letters.schema.field(at)
            letters = letters.set_column(at, field, pa.array([value] * len(letters), field.type))
    return letters


def _evidence_of(numbers: frozenset[int]) -> _Keep:
    def keep(rows: pa.Table) -> Any:
        kept = pc.is_in(rows[SOURCE_PARTITION], pa.array(sorted(numbers), pa.int32()))
        return pc.and_(kept, pc.not_equal(rows[VERDICT], COMPARED)) if VERDICT in rows.column_names else kept

    return keep


def _silver_files(table: Any, run: Run, numbers: frozenset[int], duplicates: Rows) -> Iterator[Any]:
    """Each as it is where all of its rows are wanted; else what is left of it."""

    def wanted(rows: pa.Table) -> pa.Table:
        return rows.filter(pa.array(_wanted(places(rows.to_batches()), numbers, duplicates)))

    def left(file: Any) -> list[Any]:
        found = places(read_rows(table, [file], PLACE))
        if _wanted(found, numbers, duplicates).all():
            return [file]
        return change_rows(table, file, wanted)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield from chain.from_iterable(pool.map(left, branch_files(table, run.branch)))


def _wanted(rows: Rows, numbers: frozenset[int], duplicates: Rows) -> Any:
    return np.isin(rows.partition, sorted(numbers)) & ~among_places(rows, duplicates)
