"""The job of a recomputation: refines offsets once more into a table of their own, and ends.

Run by ``tidegate prove --recompute``, which compares that table with silver and drops it. It writes to no topic.
"""

from pathlib import Path

from flink_jobs.begun import Begun
from flink_jobs.job import Job
from flink_jobs.once import Once, run_once
from tidegate.contracts.dataset import Stream
from tidegate.job_names import RECOMPUTE, REFINE
from tidegate.jobs.platform import platform_of
from tidegate.settings import Settings
from tidegate.sql import recompute
from tidegate.sql.job_sql import JobSql
from tidegate.sql.recompute import Recomputation


def main() -> None:
    """Entry point: the file that says what to refine."""
    run_once(RECOMPUTE, "tidegate prove --recompute", once_of)


def once_of(file: Path) -> Once:
    """By the file."""
    plan = Recomputation.from_json(file.read_text())
    return Once(job_of(plan), plan.dataset)


def job_of(asked: Recomputation) -> Job:
    """The job of one recomputation."""

    def sql(dataset: Stream, settings: Settings, _begun: Begun) -> JobSql:
        return recompute.job_sql(dataset, platform_of(dataset, settings), asked)

    return Job(name=RECOMPUTE, sql=sql, options=recompute.OPTIONS, interval_of=REFINE)


if __name__ == "__main__":
    main()
