"""Reads from the lake what replays into it have judged, and the rows that it has of that; again when there is more."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from tidegate.clients.kafka_offsets import has_some, topic_spans
from tidegate.clients.lake import open_catalog
from tidegate.clients.lake_rows import scan_rows, table_if_there
from tidegate.clients.replay_evidence import Evidence, published_evidence
from tidegate.contracts.dataset import Stream
from tidegate.contracts.envelope import PLACE
from tidegate.contracts.naming import lake_table
from tidegate.errors import TidegateError
from tidegate.proof.lake_reader import LakeSource
from tidegate.proof.replayed import Replay, Replayed, Spans
from tidegate.proof.rows import Rows, make_rows
from tidegate.settings import Settings
from tidegate.sql.replay_lake import DROPPED, DUPLICATE, OTHER_TIME, REJECTED, SOURCE_ROW, VERDICT
from tidegate.sql.scope import of_spans


class ReplayedReader:
    """The replays of one dataset. If it ``may_fail``, there are none in a lake out of reach; ``failed`` is then why."""

    def __init__(self, settings: Settings, dataset: Stream, *, may_fail: bool = False) -> None:
        self._settings = settings
        self._dataset = dataset
        self._may_fail = may_fail
        self._known: list[Evidence] = []
        self._catalog: Any = None
        self.failed = ""

    def read_new(self) -> Replayed | None:
        """All of them; None if they are the same as before.

        Raises:
            TransientError: the lake or Kafka does not answer.
            TidegateError: the lake refuses.
        """
        try:
            found = self._read_new()
        except TidegateError as error:
            if not self._may_fail:
                raise
            self.failed = error.problem
            return None
        self.failed = ""
        return found

    def _read_new(self) -> Replayed | None:
        self._catalog = self._catalog or open_catalog(self._settings)
        published = published_evidence(self._settings, self._catalog, self._dataset.name)
        if not published and not self._known:
            return None  # nearly always
        kept = topic_spans(self._settings, self._dataset.contract.topic.name)
        found = [each for each in published if has_some(kept, each.spans)]  # of what is gone nothing is proved
        if found == self._known:
            return None
        self._known = found
        return read_replayed(self._settings, self._dataset, found)


def read_replayed(settings: Settings, dataset: Stream, found: Sequence[Evidence]) -> Replayed:
    """What these replays have judged, the newest first.

    Raises:
        TransientError: the lake does not answer.
    """
    replays = [_replay(settings, dataset, each) for each in found]
    return Replayed.of(replays, _rows(settings, dataset, [each.spans for each in found]))


def _replay(settings: Settings, dataset: Stream, evidence: Evidence) -> Replay:
    table = table_if_there(settings, evidence.table)
    rejected, dropped, duplicate, left = (
        read_places(settings, table, verdict) for verdict in (REJECTED, DROPPED, DUPLICATE, OTHER_TIME)
    )
    is_filled = evidence.filled is not None and dataset.contract.silver_version >= evidence.filled
    return Replay(evidence.plan_id, evidence.spans, rejected, dropped, duplicate, left, is_filled)


def _rows(settings: Settings, dataset: Stream, spans: Iterable[Spans]) -> Rows:
    """The lake's rows of these spans, which may overlap."""
    conditions = dict.fromkeys(each for some in spans for each in of_spans(some))
    if not conditions:
        return make_rows()
    name, identity = lake_table("silver", dataset.name), dataset.contract.row_identity
    return LakeSource(settings, "lake_silver", name, identity).read_where(" or ".join(conditions)).rows


def read_places(settings: Settings, table: Any, verdict: str) -> Rows:
    """The records that a replay's table names with this verdict; none of a table that is not there.

    In place of an identity each has the number of its row, 0 of the record as a whole.
    """
    if table is None:
        return make_rows()
    held = {field.name for field in table.schema().fields}
    columns = tuple(name for name in (*PLACE, SOURCE_ROW) if name in held)
    batches = [*scan_rows(settings, table, columns, f"{VERDICT} = '{verdict}'")]
    partition, offset, number = (_numbers(batches, name) for name in (*PLACE, SOURCE_ROW))
    identity = np.zeros((len(number), 2), np.uint64)
    identity[:, 0] = number
    return make_rows(partition, offset, identity)


def _numbers(batches: list[Any], name: str) -> np.ndarray[Any, np.dtype[np.int64]]:
    """0 for null, and where a table of before has no such column."""
    parts = [
        np.asarray(each.column(name).fill_null(0).to_numpy(zero_copy_only=False), np.int64)
        if name in each.schema.names
        else np.zeros(len(each), np.int64)
        for each in batches
    ]
    return np.concatenate([np.zeros(0, np.int64), *parts])
