"""The SQL that judges files without a server: refine's own, its rows into local files, and nothing looked up. Pure.

Reference data are on servers. Their columns are null here, as those of a row that is not known there, and no row is
refused for one that is missing: the rest is what a load judges by.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from tidegate.avro.types import Column
from tidegate.contracts.dataset import Files, Reference
from tidegate.contracts.envelope import HEADERS, KEY, PLACE, SOURCE_OFFSET, SOURCE_PARTITION, SPLIT_ROW, TYPES
from tidegate.job_names import FILES
from tidegate.sql.ddl import create
from tidegate.sql.dead_letters import Cause, causes
from tidegate.sql.delivery import Delivery
from tidegate.sql.file_source import FILE_ROWS
from tidegate.sql.file_to_read import FileToRead
from tidegate.sql.files import SPLIT_COLUMNS
from tidegate.sql.job_sql import Insert, JobSql, Table, View
from tidegate.sql.lake_tables import as_in_silver
from tidegate.sql.platform import Platform
from tidegate.sql.refine import enriched_view, validated_view
from tidegate.sql.refine import job_sql as refine_sql
from tidegate.sql.rules import verdict_sql
from tidegate.sql.scope import Scope

PASSED, REJECTED, DROPPED, SPLITS = "passed", "rejected", "dropped", "splits"
"""The outputs, each a folder of files of JSON lines."""
_PLACE = {SOURCE_PARTITION: "INT", SOURCE_OFFSET: "BIGINT"}
REJECTED_COLUMNS = {
    **_PLACE,
    SPLIT_ROW: "BIGINT",
    "code": "STRING",
    "message": "STRING",
    "violations": "ARRAY<ROW<`rule` STRING, `field` STRING, `message` STRING>>",
}
DROPPED_COLUMNS = {**_PLACE, "rule": "STRING"}


@dataclass(frozen=True, slots=True)
class Checking:
    """These files of a dataset are judged; of the rows that pass, the columns ``wanted`` of silver are written."""

    dataset: str
    folder: str
    files: tuple[FileToRead, ...]
    wanted: tuple[str, ...]


def job_sql(dataset: Files, platform: Platform, checking: Checking) -> JobSql:
    """The SQL of one check; it ends with the last file."""
    bare = replace(dataset, contract=dataset.contract.model_copy(update={"enrich": ()}))
    scope = Scope(FILES, outputs=frozenset(), every=True, files=checking.files)
    refined = refine_sql(bare, platform, scope, Delivery(0))
    alone = {"enriched": _enriched(bare, dataset, platform.references), "validated": validated_view(dataset)}
    outputs = {
        PASSED: _passed(dataset, checking),
        REJECTED: (REJECTED_COLUMNS, "\nUNION ALL\n".join(map(_rejected, causes(bare)))),
        SPLITS: (SPLIT_COLUMNS, f"SELECT {', '.join(SPLIT_COLUMNS)}\nFROM {FILE_ROWS} WHERE _kind = 'split'"),
    }
    if dataset.contract.rules_of("drop"):
        outputs[DROPPED] = (DROPPED_COLUMNS, _dropped(dataset))
    return replace(
        refined,
        definitions=(
            *(_without_look_up(each, alone) for each in refined.definitions),
            *(_file(checking, name, body) for name, (body, _) in outputs.items()),
        ),
        shared_views=tuple(alone.get(view.name, view) for view in refined.shared_views),
        inserts=tuple(
            Insert(_table(name), f"INSERT INTO {_table(name)}\n{query}") for name, (_, query) in outputs.items()
        ),
    )


def passed_column(checking: Checking, name: str) -> str:
    """What a column of silver is called in the output: who reads it may take ``Id`` and ``id`` for one name."""
    return f"c{checking.wanted.index(name)}"


def not_looked_up(dataset: Files) -> Iterator[str]:
    """What of the contract is left out, in one line each."""
    for enrich in dataset.contract.enrich:
        more = "; a load rejects rows that it lacks" if enrich.missing == "dead_letter" else ""
        yield f"{enrich.on} is not looked up in {enrich.reference}{more}"


def _passed(dataset: Files, checking: Checking) -> tuple[dict[str, str], str]:
    """Columns with their types, and the rows; one tells nothing, but needs all columns of silver that are not wanted.

    Flink leaves out what nobody reads, and with it the expressions of ``refine.sql`` that fail for a record.
    """
    wanted = [column for column in dataset.silver_columns if column.name in checking.wanted]
    columns = {passed_column(checking, column.name): _written(column)[0] for column in wanted}
    selected = [*PLACE, *(_written(column)[1] for column in wanted)]
    unread = [f"CAST(`{name}` AS STRING)" for name in dataset.silver_fields if name not in (*checking.wanted, *TYPES)]
    if unread:
        columns["evaluated"] = "INT"
        selected.append(f"CHAR_LENGTH(CONCAT_WS('', {', '.join(unread)}))")
    return {**_PLACE, **columns}, f"SELECT {', '.join(selected)}\nFROM refined"


def _written(column: Column) -> tuple[str, str]:
    """Its type in the output, and its SQL. A decimal is text: who reads JSON may take its number for a double."""
    if "DECIMAL" in column.sql_type:
        return "STRING", f"CAST(CAST(`{column.name}` AS {column.sql_type}) AS STRING)"
    return column.sql_type, as_in_silver(column)


def _enriched(bare: Files, dataset: Files, references: Mapping[str, Reference]) -> View:
    nulls = [*_nulls(dataset, references)]
    found = enriched_view(bare, (), every=True)
    if not nulls:
        return found
    return View(found.name, f"SELECT *, {', '.join(nulls)}\nFROM (\n{found.query}\n)")


def _nulls(dataset: Files, references: Mapping[str, Reference]) -> Iterator[str]:
    for enrich in dataset.contract.enrich:
        types = {column.name: column.sql_type for column in references[enrich.reference].raw_columns}
        for name in enrich.columns:
            yield f"CAST(NULL AS {types[name]}) AS `{enrich.prefix}{name}`"


def _without_look_up(definition: Table | View, alone: Mapping[str, View]) -> Table | View:
    return definition if isinstance(definition, Table) else alone.get(definition.name, definition)


def _rejected(cause: Cause) -> str:
    message = f"dead_letter_message({cause.message}, {KEY}, {HEADERS}, _payload_bytes)"
    place = ", ".join((*PLACE, SPLIT_ROW))
    return f"SELECT {place}, {cause.code}, {message}, {cause.violations}\nFROM {cause.relation}"


def _dropped(dataset: Files) -> str:
    rule = verdict_sql(dataset.contract).dropped_by
    return (
        f"SELECT {', '.join(PLACE)}, {rule}\nFROM judged WHERE _error_code IS NULL AND _rejected = 0 AND _dropped <> 0"
    )


def _file(checking: Checking, name: str, columns: Mapping[str, str]) -> Table:
    options = {
        "connector": "filesystem",
        "path": f"file://{checking.folder}/{name}",
        "format": "json",
        "json.timestamp-format.standard": "ISO-8601",
    }
    return create(_table(name), [f"`{column}` {sql_type}" for column, sql_type in columns.items()], options)


def _table(name: str) -> str:
    """None of refine's own names."""
    return f"check_{name}"
