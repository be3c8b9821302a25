"""The jobs of the pipeline: the one list, which everything else reads. Pure: neither PyFlink nor settings.

A job's name is the stem of its file in ``flink_jobs/``, and the prefix of its operators, transactions and consumer
groups: renaming one is a breaking change. In Flink it may run several times, each time with datasets of its own: as
``refine``, which all may share, and beside it as ``refine.readings``.
"""

from dataclasses import dataclass
from typing import Literal

REFINE = "refine"
LAKE = "lake"
INDEX = "index"
METRICS = "metrics"
REPLAY = "replay"
"""Runs beside the others, for as long as it takes; started by ``tidegate replay`` only."""
RECOMPUTE = "recompute"
"""The same; started by ``tidegate prove --recompute`` only, and writes to no topic and no table that is read."""
COMPACT = "compact"
"""The same; started by ``tidegate lake compact`` only: puts a lake table's small files together."""

FILES = "files"
"""The same; started by ``tidegate files`` only."""
FILE_DUPLICATES = "file_duplicates"
FILE_DOCUMENTS = "file_documents"
FILE_METRICS = "file_metrics"

Read = Literal["raw", "silver"]


@dataclass(frozen=True, slots=True)
class PipelineJob:
    """A job that runs all the time; ``reads`` are the dataset's topics that it has a position in."""

    name: str
    reads: tuple[Read, ...]


JOBS = (
    PipelineJob(REFINE, ("raw",)),
    PipelineJob(LAKE, ("raw", "silver")),
    PipelineJob(INDEX, ("silver",)),
    PipelineJob(METRICS, ("silver",)),
)
NAMES = tuple(job.name for job in JOBS)


def flink_name(job: str, group: str = "") -> str:
    """What a job is called in Flink: with the name of the group of datasets that it has, or none where they share."""
    return f"{job}.{group}" if group else job


def job_of(flink_name: str) -> str:
    """The job that a name in Flink stands for."""
    return flink_name.partition(".")[0]


def group_of(flink_name: str) -> str:
    """The group of datasets that it has; empty of the one that all may share."""
    return flink_name.partition(".")[2]
