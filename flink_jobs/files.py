"""The job that judges files: rows that pass, the others with their causes, and what each part of a file held.

Run by ``tidegate files``, which publishes what it wrote to branches of the lake's tables. It ends with the last file.
"""

from flink_jobs.begun import Begun
from flink_jobs.job import Job
from flink_jobs.lake_evolution import follow_silver
from flink_jobs.once import named_by_plan, run_once
from tidegate.contracts.dataset import Files, Stream
from tidegate.files.orders import JudgingOrder, read_judging
from tidegate.job_names import FILES, LAKE
from tidegate.jobs.platform import platform_of
from tidegate.settings import Settings
from tidegate.sql import files
from tidegate.sql.job_sql import JobSql


def main() -> None:
    """Entry point: the file that says which files."""
    run_once(FILES, "tidegate files load", named_by_plan(read_judging, job_of))


def job_of(order: JudgingOrder) -> Job:
    """The job of one run."""

    def sql(dataset: Stream, settings: Settings, _begun: Begun) -> JobSql:
        assert isinstance(dataset, Files), "the job reads no others"
        return files.job_sql(dataset, platform_of(dataset, settings), order.judging)

    return Job(FILES, sql, options=files.OPTIONS, before_inserts=follow_silver, interval_of=LAKE, of_files=True)


if __name__ == "__main__":
    main()
