"""The replay job: refines the offsets of a plan once more, and ends.

Run by ``tidegate replay``, which makes the plan of what is missing. It writes to the outputs of refine, beside it, in
transactions of its own. It knows no identities but those of the plan: that nothing else has them is the plan's promise.
"""

import argparse
import sys
from pathlib import Path

from flink_jobs import refine
from flink_jobs.environment import ROCKSDB, Arguments, Job, run
from tidegate.replay.plan import Plan

NAME = "replay"


def main() -> None:
    """Entry point: the file of the plan."""
    parser = argparse.ArgumentParser(prog=NAME)
    parser.add_argument("--plan", type=Path, required=True, help="made by `tidegate replay`")
    parser.add_argument("--explain", action="store_true", help="print the plan of the job and submit nothing")
    options = parser.parse_args(sys.argv[1:])
    plan = Plan.from_json(options.plan.read_text())
    run([job_of(plan)], Arguments((plan.dataset,), recover_from="none", forget_removed=False, explain=options.explain))


def job_of(plan: Plan) -> Job:
    """The job of one plan."""
    return Job(
        name=NAME,
        statements=lambda dataset, settings: refine.statements(dataset, settings, plan),
        options=ROCKSDB,
        interval_of=refine.NAME,
    )


if __name__ == "__main__":
    main()
