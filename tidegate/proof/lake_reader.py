"""Reads coordinates and identities of an Iceberg table: only those columns, a batch at a time."""

from typing import Any

import numpy as np

from tidegate.clients.lake import find_table, lake_errors, open_catalog
from tidegate.contracts.envelope import PLACE, identity_text
from tidegate.proof.report import LayerName
from tidegate.proof.rows import Rows, concat, fingerprints, make_rows
from tidegate.settings import Settings


class LakeSource:
    """One lake table; a table that does not exist has no rows."""

    def __init__(self, settings: Settings, name: LayerName, table: str, identity: tuple[str, ...]) -> None:
        self.name = name
        self._table_name = table
        self._identity = identity
        self._settings = settings
        self._catalog = open_catalog(settings)

    def marker(self) -> object:
        """The current snapshot's id."""
        with lake_errors(self._settings):
            table = self._table()
            snapshot = None if table is None else table.current_snapshot()
            return None if snapshot is None else snapshot.snapshot_id

    def read(self) -> Rows:
        """All rows of the current snapshot."""
        with lake_errors(self._settings):
            table = self._table()
            if table is None or table.current_snapshot() is None:
                return make_rows()
            scan = table.scan(selected_fields=(*PLACE, *self._identity))
            return concat([self._rows(batch) for batch in scan.to_arrow_batch_reader()])

    def _rows(self, batch: Any) -> Rows:
        partition, offset = (_numbers(batch, name) for name in PLACE)
        if not self._identity:
            return make_rows(partition, offset)
        columns = [batch.column(name).to_pylist() for name in self._identity]
        texts = [identity_text(values).encode() for values in zip(*columns, strict=True)]
        return make_rows(partition, offset, fingerprints(texts))

    def _table(self) -> Any:
        return find_table(self._catalog, self._table_name)


def _numbers(batch: Any, column: str) -> np.ndarray[Any, np.dtype[np.int64]]:
    return np.asarray(batch.column(column).to_numpy(zero_copy_only=False), np.int64)
