"""What the commits of a lake table say of the Flink job that made them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

JOB_ID, CHECKPOINT_ID = "flink.job-id", "flink.max-committed-checkpoint-id"
OPERATOR_ID = "flink.operator-id"
"""Properties of a snapshot, by which Iceberg's sink knows what it has committed: each operator looks for its own."""


@dataclass(frozen=True, slots=True)
class FlinkCommit:
    """The newest commit of a Flink job: its snapshot, of which job and checkpoint, when (ms since 1970)."""

    snapshot_id: int
    job_id: str
    checkpoint_id: int
    at_ms: int


def newest_flink_commit(table: Any) -> FlinkCommit | None:
    """Of a table as pyiceberg has it; None if no job has committed anything that ``main`` still has."""
    for snapshot in ancestors(table.metadata):
        said = snapshot.summary.additional_properties if snapshot.summary else {}
        if CHECKPOINT_ID in said:
            return FlinkCommit(
                snapshot.snapshot_id, said.get(JOB_ID, ""), int(said[CHECKPOINT_ID]), snapshot.timestamp_ms
            )
    return None


def ancestors(metadata: Any, snapshot_id: int | None = None) -> Iterator[Any]:
    """The snapshots of ``main``, or those from one on, the newest first, as far back as they are kept."""
    snapshot = metadata.current_snapshot() if snapshot_id is None else metadata.snapshot_by_id(snapshot_id)
    while snapshot is not None:
        yield snapshot
        parent = snapshot.parent_snapshot_id
        snapshot = None if parent is None else metadata.snapshot_by_id(parent)
