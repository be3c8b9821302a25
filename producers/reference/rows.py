"""Rows of reference data, from a file or a table, as states of a key or as its deletion."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from producers.reference.cells import truth
from producers.sending.believed_time import check_time
from tidegate.avro.json_values import from_json
from tidegate.contracts.dataset import Reference

DELETED = "_deleted"


class Row(NamedTuple):
    """One row.

    Attributes:
        number: that of its (first) line, or its place among a table's rows.
        values: JSON values by field, None if it has none.
        problem: why it has none.
        text: the row as it was written.
        place: what its errors begin with.
    """

    number: int
    values: Mapping[str, Any] | None
    problem: str
    text: bytes
    place: str = "row"


@dataclass(frozen=True, slots=True)
class State:
    """What a key holds from now on; ``record`` None deletes it. ``timeless``: its row did not say since when."""

    key: str
    record: dict[str, Any] | None
    timeless: bool = field(default=False, compare=False)


class RowReader:
    """Checks rows against a reference dataset's schema, and their times against its contract."""

    def __init__(self, dataset: Reference, loaded_at: datetime, since: datetime | None = None) -> None:
        self._key = dataset.key
        self._believed = dataset.contract.event_time
        self._loaded_at = loaded_at
        self._since = since or loaded_at
        self._type = dataset.raw_type
        self._key_type = dataset.raw_fields[dataset.key].type

    def state(self, row: Row) -> State:
        """The state that a row describes; without a time it holds from ``since``, or else the time of loading.

        Raises:
            ValueError, TidegateError: the row does not fit the schema; says where.
        """
        if row.values is None:
            raise ValueError(row.problem)
        values = {name: value for name, value in row.values.items() if name != DELETED}
        if truth(row.values.get(DELETED), f"{row.place}.{DELETED}"):
            key = values.get(self._key)
            if key in (None, ""):
                raise ValueError(f"{row.place}.{self._key}: a deletion names its key")
            return State(str(from_json(key, self._key_type, f"{row.place}.{self._key}")), None)
        timeless = values.get(self._believed.field) is None
        if timeless:
            values[self._believed.field] = self._since.isoformat(timespec="milliseconds")
        record = from_json(values, self._type, row.place)
        check_time(self._believed, record[self._believed.field], self._loaded_at)
        return State(str(record[self._key]), record, timeless)
