"""Letters that retention removed from their topic before they were read here: the lake's table has all of them."""

import importlib
import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb

from tidegate.clients.lake_rows import scan_rows, table_if_there
from tidegate.contracts.naming import LAKE_DEAD_LETTERS
from tidegate.dlq.segments import Gap, segment_file
from tidegate.errors import TidegateError
from tidegate.settings import Settings

DLQ_PARTITION, DLQ_OFFSET = "_dlq_partition", "_dlq_offset"
"""Where a letter lies in its topic, in the lake's table."""
_NOTE = "lake.json"
_COLUMNS = (
    "dead_letter_id",
    "failed_at",
    "stage",
    "error_code",
    "error_message",
    "violations",
    "attempt",
    "processor",
    "contract",
    "source",
    "replay_id",
    DLQ_PARTITION,
    DLQ_OFFSET,
)
_RULES = "coalesce(list_transform(violations, lambda broken: broken.rule), [])"
_AS_KEPT = f"""select {DLQ_PARTITION}::integer as letter_partition, {DLQ_OFFSET}::bigint as letter_offset,
  dead_letter_id as id, epoch_ms(failed_at) as failed_at, stage, error_code as code, error_message as message,
  {_RULES} as rules, array_to_string({_RULES}, ', ') as broken, attempt::bigint as attempt,
  processor.version as version, contract.schema_id::bigint as schema_id,
  source.topic as source_topic, source.partition::bigint as source_partition, source."offset"::bigint as source_offset,
  source."row"::bigint as source_row, epoch_ms(source."timestamp") as arrived_at, source."key"::blob as "key",
  coalesce(map_keys(source.headers), []) as header_names,
  list_transform(coalesce(map_values(source.headers), []), lambda one: coalesce(one, ''::blob)) as header_values,
  replay_id as plan
from lake_rows"""
"""The columns of ``layout.LETTERS``, in their order."""


def fill(settings: Settings, connection: Any, dataset: str, folder: Path, gaps: Sequence[Gap]) -> bool:
    """Puts what the lake has of the gaps beside what was read of the topic; False if nothing was added.

    The lake is asked once for a gap: what retention has removed, nobody can add to the table any more. Where no lake
    answers, the gaps stay.
    """
    if {*gaps} <= _asked(folder):
        return False
    try:
        table = table_if_there(settings, LAKE_DEAD_LETTERS)
        if table is None:
            return False
        found = _take(connection, scan_rows(settings, table, _COLUMNS, condition(dataset, gaps)))
    except TidegateError:
        return False
    added = found and _write(connection, folder, gaps)
    (folder / _NOTE).write_text(json.dumps(sorted({*gaps} | _asked(folder))))
    return added


def condition(dataset: str, gaps: Sequence[Gap]) -> str:
    """Iceberg's, for the letters of a dataset that lie in the gaps."""
    places = (
        f"({DLQ_PARTITION} = {at.partition} and {DLQ_OFFSET} >= {at.start} and {DLQ_OFFSET} < {at.end})" for at in gaps
    )
    return f"dataset = '{dataset}' and ({' or '.join(places)})"


def _take(connection: Any, batches: Iterator[Any]) -> bool:
    """Makes a table of what DuckDB reads a batch at a time; False if there is none.

    Raises:
        TidegateError: the lake's, which DuckDB would tell as one of its own.
    """
    first, faults = next(batches, None), list[TidegateError]()
    if first is None:
        return False

    def every() -> Iterator[Any]:
        yield first
        try:
            yield from batches
        except TidegateError as error:
            faults.append(error)
            raise

    rows = importlib.import_module("pyarrow").RecordBatchReader.from_batches(first.schema, every())
    connection.register("lake_rows", rows)
    try:
        connection.execute(f"create temp table of_lake as {_AS_KEPT}")
    except duckdb.Error as error:
        if faults:
            raise faults[0] from error
        raise
    finally:
        connection.unregister("lake_rows")
    return True


def _write(connection: Any, folder: Path, gaps: Sequence[Gap]) -> bool:
    """From the first letter that the lake has of a gap on: before that it may have begun later."""
    added = False
    for gap in gaps:
        mine = f"letter_partition = {gap.partition} and letter_offset >= {gap.start} and letter_offset < {gap.end}"
        ((first,),) = connection.execute(f"select min(letter_offset) from of_lake where {mine}").fetchall()
        if first is None:
            continue
        path = segment_file(folder, gap._replace(start=first))
        draft = path.with_suffix(".draft")
        rows = f"select * from of_lake where {mine} order by letter_offset"
        connection.execute(
            f"copy ({rows}) to '{str(draft).replace(chr(39), chr(39) * 2)}' (format parquet, compression zstd)"
        )
        draft.replace(path)
        added = True
    connection.execute("drop table of_lake")
    return added


def _asked(folder: Path) -> set[Gap]:
    with suppress(OSError, ValueError, TypeError):
        return {Gap(*each) for each in json.loads((folder / _NOTE).read_text())}
    return set()
