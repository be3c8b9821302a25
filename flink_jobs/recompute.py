"""The job of a recomputation: refines offsets once more into a table of their own, and ends.

Run by ``tidegate prove --recompute``, which compares that table with silver and drops it. It writes to no topic.
"""

import argparse
import sys
from pathlib import Path

from flink_jobs.begun import Begun
from flink_jobs.job import Arguments, Job
from flink_jobs.submit import run
from tidegate.contracts.dataset import Stream
from tidegate.job_names import RECOMPUTE, REFINE
from tidegate.jobs.platform import platform_of
from tidegate.settings import Settings
from tidegate.sql import recompute
from tidegate.sql.job_sql import JobSql
from tidegate.sql.recompute import Recomputation


def main() -> None:
    """Entry point: the file that says what to refine."""
    parser = argparse.ArgumentParser(prog=RECOMPUTE)
    parser.add_argument("--plan", type=Path, required=True, help="made by `tidegate prove --recompute`")
    parser.add_argument("--explain", action="store_true", help="print the plan of the job and submit nothing")
    options = parser.parse_args(sys.argv[1:])
    asked = Recomputation.from_json(options.plan.read_text())
    once = Arguments((asked.dataset,), recover_from="none", forget_removed=False, explain=options.explain)
    run([(job_of(asked), once)])


def job_of(asked: Recomputation) -> Job:
    """The job of one recomputation."""

    def sql(dataset: Stream, settings: Settings, _begun: Begun) -> JobSql:
        return recompute.job_sql(dataset, platform_of(dataset, settings), asked)

    return Job(name=RECOMPUTE, sql=sql, options=recompute.OPTIONS, interval_of=REFINE)


if __name__ == "__main__":
    main()
