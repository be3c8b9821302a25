"""The SQL by which files are judged: their rows refined as records of a topic are, beside what is published.

All that is written lies on a branch of its table until every row is accounted for: rows that pass in silver, duplicates
too; of the others where they lie and why, and their dead letters; and of each part of a file what it held.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tidegate.avro.types import AvroSchema, columns
from tidegate.contracts import naming
from tidegate.contracts.dataset import Files
from tidegate.contracts.envelope import SOURCE_OFFSET, SOURCE_PARTITION, SPLIT_ROW
from tidegate.contracts.naming import FileTable
from tidegate.contracts.topics import raw_subject
from tidegate.job_names import FILES
from tidegate.sql import lake
from tidegate.sql.ddl import quoted
from tidegate.sql.dead_letters import Origin, causes, dead_letters_query, encoding_of
from tidegate.sql.delivery import Delivery
from tidegate.sql.file_source import FILE_ROWS
from tidegate.sql.file_to_read import FileToRead
from tidegate.sql.job_sql import Insert, JobSql, Table
from tidegate.sql.lake_tables import lake_lines, lake_table, namespace, quoted_name
from tidegate.sql.platform import Platform
from tidegate.sql.refine import job_sql as refine_sql
from tidegate.sql.replay_lake import OTHERS, OTHERS_COLUMNS, VERDICT, insert_passed, others_query
from tidegate.sql.scope import Scope

OPTIONS: Mapping[str, str] = lake.OPTIONS
SPLIT_COLUMNS = {
    SOURCE_PARTITION: "INT",
    SOURCE_OFFSET: "BIGINT",
    "_length": "BIGINT",
    "_rows": "BIGINT",
    "_header_lines": "BIGINT",
    "_blank_lines": "BIGINT",
    "_comment_lines": "BIGINT",
    "_places": "BIGINT",
    "_error_code": "STRING",
    "_error_message": "STRING",
}
"""What is kept of the end of each split; the code and its message where the file is at fault."""
LETTER_PLACE = {SOURCE_PARTITION: "INT", SOURCE_OFFSET: "BIGINT", SPLIT_ROW: "BIGINT"}
"""Where the row of a letter lies."""


@dataclass(frozen=True, slots=True)
class Judging:
    """One run: these files of a dataset, and the branch that all is written to."""

    dataset: str
    branch: str
    files: tuple[FileToRead, ...]


def job_sql(dataset: Files, platform: Platform, judging: Judging) -> JobSql:
    """The SQL of one run; it ends with the last file."""
    scope = Scope(FILES, outputs=frozenset(), every=True, files=judging.files)
    refined = refine_sql(dataset, platform, scope, Delivery(0))
    return replace(
        refined,
        definitions=(
            lake.lake_catalog(platform.connections.lake_catalog),
            namespace("silver"),
            namespace(naming.FILES),
            *tables(dataset, platform.dead_letter),
            *refined.definitions,
        ),
        inserts=(
            insert_passed(dataset, judging.branch),
            _insert(dataset, "verdicts", judging.branch, OTHERS, others_query(dataset)),
            _insert_letters(dataset, platform.dead_letter, judging.branch),
            _insert(dataset, "splits", judging.branch, list(SPLIT_COLUMNS), _splits()),
        ),
    )


def tables(dataset: Files, dead_letter: AvroSchema) -> tuple[Table, ...]:
    """Of the lake: silver, and what loads leave beside it."""
    letters = [*lake_lines(columns(dead_letter)), *(f"`{name}` {kind}" for name, kind in LETTER_PLACE.items())]
    splits = [f"`{name}` {sql_type}" for name, sql_type in SPLIT_COLUMNS.items()]
    return (
        lake.silver_table(dataset),
        lake_table(naming.files_table(dataset.name, "verdicts"), OTHERS_COLUMNS, (VERDICT,), {}),
        lake_table(naming.files_table(dataset.name, "letters"), letters, (), {}),
        lake_table(naming.files_table(dataset.name, "splits"), splits, (), {}),
    )


def _insert_letters(dataset: Files, dead_letter: AvroSchema, branch: str) -> Insert:
    names = [column.name for column in columns(dead_letter)]
    origin = Origin(dataset.name, raw_subject(dataset.contract), FILES, encoding_of(dataset.contract))
    wanted = ", ".join([quoted(columns(dead_letter)), *LETTER_PLACE])
    letters = (dead_letters_query(origin, cause, *LETTER_PLACE) for cause in causes(dataset))
    query = "\nUNION ALL\n".join(f"SELECT {wanted} FROM (\n{letter}\n)" for letter in letters)
    return _insert(dataset, "letters", branch, [*names, *LETTER_PLACE], query)


def _splits() -> str:
    return f"SELECT {', '.join(SPLIT_COLUMNS)}\nFROM {FILE_ROWS} WHERE _kind = 'split'"


def _insert(dataset: Files, table: FileTable, branch: str, names: Sequence[str], query: str) -> Insert:
    name = naming.files_table(dataset.name, table)
    into = ", ".join(f"`{each}`" for each in names)
    return Insert(
        f"lake.{name}", f"INSERT INTO {quoted_name(name)} /*+ OPTIONS('branch' = '{branch}') */ ({into})\n{query}"
    )
