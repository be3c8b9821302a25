"""The job that finds which rows of a load repeat the identity of a row before them.

Run by ``tidegate files`` behind the one that judges, in batch mode: it sorts.
"""

from flink_jobs.begun import Begun
from flink_jobs.job import Job
from flink_jobs.once import named_by_plan, run_once
from tidegate.contracts.dataset import Files, Stream
from tidegate.files.orders import ComparingOrder, read_comparing
from tidegate.job_names import FILE_DUPLICATES, LAKE
from tidegate.jobs.platform import platform_of
from tidegate.settings import Settings
from tidegate.sql import file_duplicates
from tidegate.sql.job_sql import JobSql


def main() -> None:
    """Entry point: the file that says which rows."""
    run_once(FILE_DUPLICATES, "tidegate files load", named_by_plan(read_comparing, job_of))


def job_of(order: ComparingOrder) -> Job:
    """The job of one run."""

    def sql(dataset: Stream, settings: Settings, _begun: Begun) -> JobSql:
        assert isinstance(dataset, Files), "the job reads no others"
        return file_duplicates.job_sql(dataset, platform_of(dataset, settings), order.comparing)

    return Job(FILE_DUPLICATES, sql, options=file_duplicates.OPTIONS, interval_of=LAKE, of_files=True)


if __name__ == "__main__":
    main()
