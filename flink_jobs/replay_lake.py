"""The job of a replay into the lake: refines a range of raw once more, to a branch of silver, and ends.

Run by ``tidegate replay run``, which publishes what it wrote. It writes to no topic.
"""

import argparse
import sys
from pathlib import Path

from flink_jobs.begun import Begun
from flink_jobs.job import Arguments, Job
from flink_jobs.lake_evolution import follow_schemas
from flink_jobs.submit import run
from tidegate.contracts.dataset import Stream
from tidegate.job_names import LAKE, REPLAY
from tidegate.jobs.platform import platform_of
from tidegate.replay.range_plan import RangePlan
from tidegate.replay.store import read_plan
from tidegate.settings import Settings
from tidegate.sql import replay_lake
from tidegate.sql.job_sql import JobSql
from tidegate.sql.replay_lake import Aside


def main() -> None:
    """Entry point: the file of the plan."""
    parser = argparse.ArgumentParser(prog=REPLAY)
    parser.add_argument("--plan", type=Path, required=True, help="made by `tidegate replay plan`")
    parser.add_argument("--explain", action="store_true", help="print the plan of the job and submit nothing")
    options = parser.parse_args(sys.argv[1:])
    plan = read_plan(options.plan)
    once = Arguments(
        (plan.dataset,), recover_from="none", forget_removed=False, explain=options.explain, group=plan.plan_id
    )
    run([(job_of(plan), once)])


def job_of(plan: RangePlan) -> Job:
    """The job of one plan."""

    def sql(dataset: Stream, settings: Settings, _begun: Begun) -> JobSql:
        aside = Aside.of(plan.dataset, plan.plan_id)
        return replay_lake.job_sql(dataset, platform_of(dataset, settings), plan.rows.spans, aside)

    return Job(name=REPLAY, sql=sql, options=replay_lake.OPTIONS, before_inserts=follow_schemas, interval_of=LAKE)


if __name__ == "__main__":
    main()
