"""The job of a replay into the metrics: whole days counted again out of the lake, to the metrics' topics and documents.

Run by ``tidegate replay run``, as one batch: each figure is written once, when it is final.
"""

from flink_jobs.begun import Begun
from flink_jobs.job import Job
from flink_jobs.lake_evolution import follow_schemas
from flink_jobs.once import named_by_plan, run_once
from tidegate.contracts.dataset import Stream
from tidegate.job_names import METRICS, REPLAY
from tidegate.jobs.platform import platform_of
from tidegate.replay.range_plan import RangePlan
from tidegate.replay.store import read_plan
from tidegate.settings import Settings
from tidegate.sql import replay_metrics
from tidegate.sql.job_sql import JobSql


def main() -> None:
    """Entry point: the file that says which days."""
    run_once(REPLAY, "tidegate replay plan", named_by_plan(read_plan, job_of))


def job_of(plan: RangePlan) -> Job:
    """The job of one plan."""

    def sql(dataset: Stream, settings: Settings, _begun: Begun) -> JobSql:
        return replay_metrics.job_sql(dataset, platform_of(dataset, settings), [plan.times_ms])

    return Job(name=REPLAY, sql=sql, options=replay_metrics.OPTIONS, before_inserts=follow_schemas, interval_of=METRICS)


if __name__ == "__main__":
    main()
