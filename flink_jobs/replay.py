"""The replay job: refines the offsets of a plan once more, and ends.

Run by ``tidegate replay``, which makes the plan of what is missing. It writes to the outputs of refine, beside it, in
transactions of its own. It knows no identities but those of the plan: that nothing else has them is the plan's promise.
"""

import argparse
import sys
from pathlib import Path

from flink_jobs.begun import Begun
from flink_jobs.job import Arguments, Job
from flink_jobs.submit import run
from tidegate.contracts.dataset import Stream
from tidegate.job_names import REFINE, REPLAY
from tidegate.jobs.platform import platform_of
from tidegate.replay.plan import Plan
from tidegate.settings import Settings
from tidegate.sql import refine
from tidegate.sql.delivery import Delivery
from tidegate.sql.job_sql import JobSql


def main() -> None:
    """Entry point: the file of the plan."""
    parser = argparse.ArgumentParser(prog=REPLAY)
    parser.add_argument("--plan", type=Path, required=True, help="made by `tidegate replay`")
    parser.add_argument("--explain", action="store_true", help="print the plan of the job and submit nothing")
    options = parser.parse_args(sys.argv[1:])
    plan = Plan.from_json(options.plan.read_text())
    once = Arguments((plan.dataset,), recover_from="none", forget_removed=False, explain=options.explain)
    run([(job_of(plan), once)])


def job_of(plan: Plan) -> Job:
    """The job of one plan."""

    def sql(dataset: Stream, settings: Settings, _begun: Begun) -> JobSql:
        delivery = Delivery(settings.transaction_timeout_s)
        return refine.job_sql(dataset, platform_of(dataset, settings), plan.scope(), delivery)

    return Job(name=REPLAY, sql=sql, options=refine.OPTIONS, interval_of=REFINE)


if __name__ == "__main__":
    main()
