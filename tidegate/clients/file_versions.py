"""The lake's table ``files.versions``: the states of the files' versions, of all datasets, only ever added to.

Who adds rows says how they follow from what is there. A commit holds only if nobody has committed since that was read;
else it is read again and asked again. So no number is given twice, and no state is left on what has changed since.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import uuid4

import pyarrow as pa
from pyiceberg.exceptions import (
    BadRequestError,
    CommitFailedException,
    CommitStateUnknownException,
    NamespaceAlreadyExistsError,
    TableAlreadyExistsError,
)
from pyiceberg.expressions import EqualTo
from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.table import Table
from pyiceberg.transforms import IdentityTransform
from pyiceberg.types import DateType, IcebergType, IntegerType, LongType, NestedField, StringType, TimestamptzType

from tidegate.clients.file_version import ARROW, FileVersion, from_arrow, newest_rows, to_arrow
from tidegate.clients.lake import find_table, lake_errors, open_catalog
from tidegate.clients.lake_branch import is_published
from tidegate.contracts.naming import FILES
from tidegate.errors import TransientError
from tidegate.settings import Settings

TABLE = f"{FILES}.versions"
ATTEMPTS = 20
_MARK = "tidegate.files-change"
_FIRST = "tidegate.files-first-number."
_PROPERTIES = {"commit.manifest-merge.enabled": "true", "format-version": "2"}
"""Each command adds a little: without merging, a read would open a manifest for each commit ever made."""
_TYPES: dict[str, IcebergType] = {
    "int32": IntegerType(),
    "int64": LongType(),
    "string": StringType(),
    "date32[day]": DateType(),
    "timestamp[us, tz=UTC]": TimestamptzType(),
}
SCHEMA = Schema(
    *(
        NestedField(number, field.name, _TYPES[str(field.type)], required=not field.nullable)
        for number, field in enumerate(ARROW, 1)
    )
)
PARTITIONS = PartitionSpec(PartitionField(1, 1000, IdentityTransform(), "dataset"))

Decide = Callable[[tuple[FileVersion, ...]], Iterable[FileVersion]]
"""Of the newest states, the rows to add, in their order; they are given ``sequence``. It may be asked several times."""


def read_versions(settings: Settings, dataset: str) -> tuple[FileVersion, ...]:
    """The newest state of each version, by number; none where nothing was ever taken in.

    Raises:
        TransientError, TidegateError: as :func:`tidegate.clients.lake.lake_errors`.
    """
    catalog = open_catalog(settings)
    with lake_errors(settings):
        table = find_table(catalog, TABLE)
        return () if table is None else _newest(table, dataset)


def read_history(settings: Settings, dataset: str) -> list[FileVersion]:
    """All states that versions were ever in, the oldest first.

    Raises:
        TransientError, TidegateError: as :func:`tidegate.clients.lake.lake_errors`.
    """
    catalog = open_catalog(settings)
    with lake_errors(settings):
        table = find_table(catalog, TABLE)
        rows = [] if table is None else from_arrow(_rows(table, dataset))
        return sorted(rows, key=lambda row: row.sequence)


def change_versions(settings: Settings, dataset: str, decide: Decide) -> tuple[FileVersion, ...]:
    """Adds in one commit what ``decide`` makes of the newest states, and returns it; nothing is committed for no rows.

    Raises:
        TransientError: others commit all the time, or the lake is out of reach: whether the rows are there is seen by
            reading. TidegateError: the lake refuses.
    """
    catalog = open_catalog(settings)
    with lake_errors(settings):
        table = _table(catalog)
        for _ in range(ATTEMPTS):
            added = _following(_newest(table, dataset), decide)
            if not added or _is_committed(table, partial(table.append, to_arrow(added))):
                return added
            table = catalog.load_table(TABLE)
    raise _changed_by_others("Try again: what was read stays in the store of files.")


def forget_versions(settings: Settings, dataset: str) -> int:
    """Takes all states of a dataset's files out of the table, so that none was ever seen; how many versions there were.

    Raises:
        TransientError: others commit all the time, or the lake is out of reach. TidegateError: the lake refuses.
    """
    catalog = open_catalog(settings)
    with lake_errors(settings):
        table = find_table(catalog, TABLE)
        for _ in range(ATTEMPTS):
            known = () if table is None else _newest(table, dataset)
            if table is None or not known:
                return 0
            if _is_committed(table, partial(_forget, table, dataset, known[-1].number + 1)):
                return len(known)
            table = catalog.load_table(TABLE)
    raise _changed_by_others("Try again.")


def first_number(settings: Settings, dataset: str) -> int:
    """The number of the first version of a dataset's files; behind those that were forgotten.

    The ledger knows letters by numbers of files: under a number that was given before, a new letter would be resolved.

    Raises:
        TransientError, TidegateError: as :func:`tidegate.clients.lake.lake_errors`.
    """
    catalog = open_catalog(settings)
    with lake_errors(settings):
        table = find_table(catalog, TABLE)
        return 1 if table is None else int(table.properties.get(_FIRST + dataset, 1))


def _forget(table: Table, dataset: str, first: int, properties: dict[str, str]) -> None:
    with table.transaction() as change:
        change.delete(EqualTo("dataset", dataset), properties)
        change.set_properties({_FIRST + dataset: str(first)})


def _following(newest: tuple[FileVersion, ...], decide: Decide) -> tuple[FileVersion, ...]:
    last = max((row.sequence for row in newest), default=0)
    return tuple(replace(row, sequence=last + count) for count, row in enumerate(decide(newest), 1))


def _changed_by_others(remedy: str) -> TransientError:
    return TransientError(
        f"the lake's table {TABLE} was changed by others {ATTEMPTS} times while it was written.", remedy=remedy
    )


def _is_committed(table: Table, commit: Callable[[dict[str, str]], object]) -> bool:
    """False if somebody else came between. SeaweedFS says 400 then, where the protocol says 409.

    ``commit`` is given the properties of its snapshot.
    """
    before, mark = _head(table), (_MARK, uuid4().hex)
    try:
        commit(dict([mark]))
        return True
    except (CommitFailedException, CommitStateUnknownException):
        table.refresh()
    except BadRequestError:
        table.refresh()
        if _head(table) == before:
            raise
    return is_published(table, mark) is not None


def _table(catalog: Any) -> Table:
    """Made if it is missing; somebody else may make it at the same time."""
    table: Table | None = find_table(catalog, TABLE)
    if table is None:
        with suppress(NamespaceAlreadyExistsError):
            catalog.create_namespace(FILES)
        with suppress(TableAlreadyExistsError):
            catalog.create_table(TABLE, schema=SCHEMA, partition_spec=PARTITIONS, properties=_PROPERTIES)
        table = catalog.load_table(TABLE)
        assert table is not None
    return _with_all_columns(table)


def _with_all_columns(table: Table) -> Table:
    """One that an earlier Tidegate has made lacks what was added since."""
    if {field.name for field in SCHEMA.fields} <= {*table.schema().column_names}:
        return table
    with suppress(CommitFailedException, CommitStateUnknownException), table.update_schema() as update:
        update.union_by_name(SCHEMA)
    return table.refresh()


def _newest(table: Table, dataset: str) -> tuple[FileVersion, ...]:
    return tuple(from_arrow(newest_rows(_rows(table, dataset))))


def _rows(table: Table, dataset: str) -> pa.Table:
    if table.current_snapshot() is None:
        return to_arrow(())
    return table.scan(row_filter=EqualTo("dataset", dataset)).to_arrow()


def _head(table: Table) -> int | None:
    current = table.current_snapshot()
    return current.snapshot_id if current else None
