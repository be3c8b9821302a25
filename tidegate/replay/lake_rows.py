"""Rows of a lake table as the replay compares them: place, identity of the record, time of the event, arrival."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tidegate.avro.leading_fields import Mask
from tidegate.contracts.dataset import Stream
from tidegate.contracts.envelope import INGESTED_AT, PLACE, identity_text
from tidegate.proof.rows import Rows, concat, fingerprints, make_rows

Times = NDArray[np.int64]
"""In microseconds since 1970."""


@dataclass(frozen=True, slots=True)
class LakeRows:
    """Rows and, of each, when its event was and when its record arrived."""

    rows: Rows
    event_us: Times
    arrived_us: Times

    def where(self, which: Mask) -> "LakeRows":
        """The rows for which a mask is true."""
        return LakeRows(self.rows.where(which), self.event_us[which], self.arrived_us[which])

    def __len__(self) -> int:
        return len(self.rows)


def columns_of(stream: Stream) -> tuple[str, ...]:
    """The columns that :func:`read` needs, each once."""
    return tuple(dict.fromkeys([*PLACE, INGESTED_AT, stream.contract.event_time.column, *_identity(stream)]))


def read(batches: Iterable[Any], stream: Stream) -> LakeRows:
    """From Arrow's record batches; rows without coordinates, which no job of ours writes, are left out."""
    parts, events, arrivals = [], [_none()], [_none()]
    for batch in batches:
        ours = _placed(batch)
        parts.append(_rows(ours, _identity(stream)))
        events.append(_times(ours, stream.contract.event_time.column))
        arrivals.append(_times(ours, INGESTED_AT))
    return LakeRows(concat(parts), np.concatenate(events), np.concatenate(arrivals))


def identified(batches: Iterable[Any], identity: tuple[str, ...]) -> Rows:
    """Places, and the identity of these columns; rows without coordinates are left out."""
    return concat([_rows(_placed(batch), identity) for batch in batches])


def places(batches: Iterable[Any]) -> Rows:
    """Of batches that need have no other column."""
    return concat([_places(batch) for batch in batches])


def _places(batch: Any) -> Rows:
    partition, offset = (_numbers(batch, name) for name in PLACE)
    return make_rows(partition, offset)


def _placed(batch: Any) -> Any:
    for name in PLACE:
        batch = batch.filter(batch.column(name).is_valid())
    return batch


def _rows(batch: Any, identity: tuple[str, ...]) -> Rows:
    columns = [batch.column(name).to_pylist() for name in identity]
    texts = [identity_text(values).encode() for values in zip(*columns, strict=True)]
    partition, offset = (_numbers(batch, name) for name in PLACE)
    return make_rows(partition, offset, fingerprints(texts))


def _identity(stream: Stream) -> tuple[str, ...]:
    return stream.contract.identity_columns


def _numbers(batch: Any, column: str) -> NDArray[np.int64]:
    return np.asarray(batch.column(column).to_numpy(zero_copy_only=False), np.int64)


def _times(batch: Any, column: str) -> Times:
    """Of a time that is null, as no job of ours writes it, that of 1970."""
    return np.asarray(batch.column(column).cast("int64").fill_null(0).to_numpy(zero_copy_only=False), np.int64)


def _none() -> Times:
    return np.zeros(0, np.int64)
