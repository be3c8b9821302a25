"""Takes data files out of a lake table and puts others in, in one commit on ``main``, by pyiceberg's own producer."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pyiceberg.manifest import DataFile
from pyiceberg.table import Table
from pyiceberg.table.snapshots import Operation, SnapshotSummaryCollector, Summary, update_snapshot_summaries
from pyiceberg.table.update.snapshot import _OverwriteFiles


@dataclass(frozen=True, slots=True)
class Exchange:
    """Files of ``main`` that are ``gone``, and those that ``come``.

    ``marks`` are put into the new snapshot's summary, ``noted`` into the table's properties, by the same commit.
    """

    gone: Iterable[DataFile]
    come: Iterable[DataFile] = ()
    marks: Mapping[str, str] = field(default_factory=dict)
    noted: Mapping[str, str] = field(default_factory=dict)


def exchange_files(table: Table, exchange: Exchange) -> int:
    """The id of the new snapshot; it holds only if ``main`` is as the table says.

    Raises:
        CommitFailedException: ``main`` has moved meanwhile.
        CommitStateUnknownException: the catalog has not said whether it took it.
    """
    come = [*exchange.come]
    transaction = table.transaction()
    commit = _InOneCommit(
        operation=Operation.OVERWRITE if come else Operation.DELETE,
        transaction=transaction,
        io=table.io,
        snapshot_properties={**exchange.marks},
    )
    for file in exchange.gone:
        commit.delete_data_file(file)
    for file in come:
        commit.append_data_file(file)
    snapshot_id = commit.snapshot_id
    commit.commit()
    if exchange.noted:
        transaction.set_properties({**exchange.noted})
    transaction.commit_transaction()
    return snapshot_id


class _InOneCommit(_OverwriteFiles):
    """Pyiceberg's own takes an overwrite for one of the whole table in its totals."""

    def _summary(self, snapshot_properties: Any = None) -> Summary:
        metadata = self._transaction.table_metadata
        collector = SnapshotSummaryCollector()
        for file in self._added_data_files:
            collector.add_file(data_file=file, partition_spec=metadata.spec(), schema=metadata.schema())
        for file in self._deleted_data_files:
            collector.remove_file(
                data_file=file, partition_spec=metadata.specs()[file.spec_id], schema=metadata.schema()
            )
        before = metadata.current_snapshot()
        return update_snapshot_summaries(
            summary=Summary(operation=self._operation, **collector.build(), **(snapshot_properties or {})),
            previous_summary=before.summary if before is not None else None,
        )
