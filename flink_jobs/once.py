"""The command line of a job that carries out one plan and ends."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from flink_jobs.job import Arguments, Job
from flink_jobs.submit import run
from flink_jobs.throttle import held_to


class Once(NamedTuple):
    """The job of a plan, its dataset, and the group that is part of the job's name."""

    job: Job
    dataset: str
    group: str = ""


def run_once(name: str, made_by: str, once_of: Callable[[Path], Once]) -> None:
    """Starts the job of ``--plan FILE`` from no state, or only explains it."""
    parser = argparse.ArgumentParser(prog=name)
    parser.add_argument("--plan", type=Path, required=True, help=f"made by `{made_by}`")
    parser.add_argument("--rate", type=float, help="raw records a second, at most")
    parser.add_argument("--explain", action="store_true", help="print the plan of the job and submit nothing")
    options = parser.parse_args(sys.argv[1:])
    once = once_of(options.plan)
    arguments = Arguments(
        (once.dataset,), recover_from="none", forget_removed=False, explain=options.explain, group=once.group
    )
    run([(held_to(once.job, options.rate), arguments)])
