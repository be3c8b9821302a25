"""The job of a replay into the lake: refines a range once more, to a branch of silver, and ends.

Run by ``tidegate replay run``, which publishes what it wrote. It writes to no topic.
"""

from flink_jobs.begun import Begun
from flink_jobs.job import Job
from flink_jobs.lake_evolution import follow_schemas
from flink_jobs.once import named_by_plan, run_once
from tidegate.contracts.dataset import Stream
from tidegate.job_names import LAKE, REPLAY
from tidegate.jobs.platform import platform_of
from tidegate.replay.range_plan import BRONZE, RangePlan
from tidegate.replay.store import read_plan
from tidegate.settings import Settings
from tidegate.sql import replay_lake
from tidegate.sql.job_sql import JobSql


def main() -> None:
    """Entry point: the file that says what to refine."""
    run_once(REPLAY, "tidegate replay plan", named_by_plan(read_plan, job_of))


def job_of(plan: RangePlan) -> Job:
    """The job of one plan."""

    def sql(dataset: Stream, settings: Settings, _begun: Begun) -> JobSql:
        scope = replay_lake.scope_of(plan.rows.spans, from_bronze=plan.source == BRONZE)
        return replay_lake.job_sql(dataset, platform_of(dataset, settings), scope, plan.aside)

    return Job(name=REPLAY, sql=sql, options=replay_lake.OPTIONS, before_inserts=follow_schemas, interval_of=LAKE)


if __name__ == "__main__":
    main()
