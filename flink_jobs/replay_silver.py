"""The job that fills the next version of silver's topics: the old records, with a range as the lake has it now.

Run by ``tidegate replay``, before anything reads these topics. It ends.
"""

from pathlib import Path

from flink_jobs.begun import Begun
from flink_jobs.job import Job
from flink_jobs.lake_evolution import follow_schemas
from flink_jobs.once import Once, run_once
from tidegate.contracts.dataset import Stream
from tidegate.job_names import REFINE, REPLAY
from tidegate.jobs.platform import platform_of
from tidegate.settings import Settings
from tidegate.sql import replay_silver
from tidegate.sql.delivery import Delivery
from tidegate.sql.job_sql import JobSql
from tidegate.sql.replay_silver import Filling


def main() -> None:
    """Entry point: the file that says which records."""
    run_once(REPLAY, "tidegate replay run", once_of)


def once_of(file: Path) -> Once:
    """By the file."""
    filling = Filling.from_json(file.read_text())
    return Once(job_of(filling), filling.dataset, filling.plan_id)


def job_of(filling: Filling) -> Job:
    """The job of one filling."""

    def sql(dataset: Stream, settings: Settings, _begun: Begun) -> JobSql:
        delivery = Delivery(settings.transaction_timeout_s)
        return replay_silver.job_sql(dataset, platform_of(dataset, settings), filling, delivery)

    return Job(name=REPLAY, sql=sql, options=replay_silver.OPTIONS, before_inserts=follow_schemas, interval_of=REFINE)


if __name__ == "__main__":
    main()
