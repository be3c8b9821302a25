"""The job that counts metrics of files: whole days of the lake's silver table, as one batch.

Run by ``tidegate files load``, which publishes what it wrote to branches of the lake's tables.
"""

from pathlib import Path

from flink_jobs.begun import Begun
from flink_jobs.job import Job
from flink_jobs.lake_evolution import follow_figures
from flink_jobs.once import named_by_plan, run_once
from tidegate.contracts.dataset import Files, Stream
from tidegate.job_names import FILE_METRICS, LAKE
from tidegate.jobs.platform import platform_of
from tidegate.settings import Settings
from tidegate.sql import file_metrics
from tidegate.sql.file_metrics import Counting
from tidegate.sql.job_sql import JobSql


def main() -> None:
    """Entry point: the file that says which days."""
    run_once(FILE_METRICS, "tidegate files load", named_by_plan(counting_in, job_of))


def counting_in(file: Path) -> Counting:
    """What is asked for."""
    return Counting.from_json(file.read_text())


def job_of(counting: Counting) -> Job:
    """The job of one turn."""

    def sql(dataset: Stream, settings: Settings, _begun: Begun) -> JobSql:
        assert isinstance(dataset, Files), "the job reads no others"
        return file_metrics.job_sql(dataset, platform_of(dataset, settings), counting)

    options = file_metrics.OPTIONS
    return Job(FILE_METRICS, sql, options, before_inserts=follow_figures, interval_of=LAKE, of_files=True)


if __name__ == "__main__":
    main()
