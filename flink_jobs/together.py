"""Starts several jobs from one client, which then loads and warms Flink's planner once instead of once per job.

Run by ``tidegate run refine lake index`` or by ``flink run -py flink_jobs/together.py refine lake index``. A job of
some datasets is named with them: ``refine.readings=readings``.
"""

import argparse
import sys
from dataclasses import replace
from importlib import import_module

from flink_jobs.job import Arguments, Job, add_options, arguments_of
from flink_jobs.submit import run
from tidegate.job_names import group_of
from tidegate.job_names import job_of as kind_of


def main() -> None:
    """Entry point: the names of the jobs, then the options of every job."""
    parser = argparse.ArgumentParser(prog="together")
    parser.add_argument("jobs", nargs="+", help="refine, or refine.GROUP=DATASET,DATASET")
    options = add_options(parser).parse_args(sys.argv[1:])
    run([start_of(word, arguments_of(options)) for word in options.jobs])


def start_of(word: str, options: Arguments) -> tuple[Job, Arguments]:
    """The job that a word names, and what this start of it is asked for."""
    name, _, datasets = word.partition("=")
    named = tuple(filter(None, datasets.split(","))) or options.datasets
    return job_of(kind_of(name)), replace(options, group=group_of(name), datasets=named)


def job_of(name: str) -> Job:
    """The job in ``flink_jobs/<name>.py``."""
    job = import_module(f"flink_jobs.{name}").JOB
    assert isinstance(job, Job)
    return job


if __name__ == "__main__":
    main()
