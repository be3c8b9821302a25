"""The command line of a job that carries out one plan and ends."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, Protocol, TypeVar

from flink_jobs.job import Arguments, Job
from flink_jobs.submit import run
from flink_jobs.throttle import held_to


class Once(NamedTuple):
    """The job of a plan, its dataset, and the group that is part of the job's name."""

    job: Job
    dataset: str
    group: str = ""


class Plan(Protocol):
    """What a file asks for: of which dataset, under which name."""

    @property
    def dataset(self) -> str: ...
    @property
    def plan_id(self) -> str: ...


Asked = TypeVar("Asked", bound=Plan)


def named_by_plan(read: Callable[[Path], Asked], job_of: Callable[[Asked], Job]) -> Callable[[Path], Once]:
    """Of a file the job that it asks for, which runs under its plan's name: replays of several plans run at a time."""

    def once_of(file: Path) -> Once:
        asked = read(file)
        return Once(job_of(asked), asked.dataset, asked.plan_id)

    return once_of


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
