"""Reads coordinates and identities of an Iceberg table: only those columns, only the windows, a batch at a time."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from tidegate.clients.lake import find_table, lake_errors, open_catalog
from tidegate.contracts.envelope import PLACE, SOURCE_OFFSET, SOURCE_PARTITION, identity_text
from tidegate.errors import TidegateError
from tidegate.proof.layers import Found
from tidegate.proof.report import LayerName
from tidegate.proof.rows import Rows, concat, fingerprints, make_rows
from tidegate.proof.strangers import Strangers
from tidegate.proof.window import Window
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

    def read(self, windows: Sequence[Window]) -> Found:
        """The rows of the windows in the current snapshot, and those that belong to no window.

        Raises:
            TidegateError: the table is of another shape than the lake job makes.
        """
        return self.read_where(None if _are_all(windows) else window_filter(windows))

    def read_where(self, condition: str | None) -> Found:
        """The rows for which Iceberg's condition holds, or all.

        Iceberg leaves out the files whose statistics say that they have none of them.

        Raises:
            TidegateError: the table is of another shape than the lake job makes.
        """
        with lake_errors(self._settings):
            table = self._table()
            if table is None or table.current_snapshot() is None:
                return Found(make_rows())
            wanted = (*PLACE, *self._identity)
            if lacking := sorted(set(wanted) - {field.name for field in table.schema().fields}):
                raise self._strange_table(f"lacks {', '.join(lacking)}")
            chosen = {} if condition is None else {"row_filter": condition}
            return self._found(table.scan(selected_fields=wanted, **chosen).to_arrow_batch_reader())

    def _found(self, batches: Any) -> Found:
        parts, strange = [], 0
        for batch in batches:
            ours = batch
            for name in PLACE:
                ours = ours.filter(ours.column(name).is_valid())
            strange += len(batch) - len(ours)
            parts.append(self._rows(ours))
        first = (f"rows of {self._table_name} without coordinates",) if strange else ()
        return Found(concat(parts), Strangers(strange, first))

    def _rows(self, batch: Any) -> Rows:
        try:
            partition, offset = (_numbers(batch, name) for name in PLACE)
        except (ValueError, TypeError) as error:
            raise self._strange_table(f"has something else than numbers in {' or '.join(PLACE)}") from error
        if not self._identity:
            return make_rows(partition, offset)
        columns = [batch.column(name).to_pylist() for name in self._identity]
        texts = [identity_text(values).encode() for values in zip(*columns, strict=True)]
        return make_rows(partition, offset, fingerprints(texts))

    def _table(self) -> Any:
        return find_table(self._catalog, self._table_name)

    def _strange_table(self, what: str) -> TidegateError:
        return TidegateError(
            f"the lake's table {self._table_name} {what}.",
            remedy="The lake job has not made it so: find out who did, or prove with --no-lake.",
        )


def window_filter(windows: Sequence[Window]) -> str:
    """Iceberg's condition for what ``Window.of`` takes, for what lies in no known partition or has no coordinates."""
    known = ", ".join(str(window.partition) for window in windows)
    without = [f"{name} is null" for name in PLACE]
    return " or ".join([*map(_condition, windows), f"{SOURCE_PARTITION} not in ({known})", *without])


def _condition(window: Window) -> str:
    mine = f"{SOURCE_PARTITION} = {window.partition} and {SOURCE_OFFSET} >= {window.start}"
    if window.end >= window.high:
        return f"({mine})"
    return f"({mine} and ({SOURCE_OFFSET} < {window.end} or {SOURCE_OFFSET} >= {window.high}))"


def _are_all(windows: Sequence[Window]) -> bool:
    return all(window.start == 0 and window.end >= window.high for window in windows)


def _numbers(batch: Any, column: str) -> np.ndarray[Any, np.dtype[np.int64]]:
    return np.asarray(batch.column(column).to_numpy(zero_copy_only=False), np.int64)
