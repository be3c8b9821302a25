"""Starts several jobs from one client, which then loads and warms Flink's planner once instead of once per job.

Run by ``tidegate run refine lake index`` or by ``flink run -py flink_jobs/together.py refine lake index``.
"""

import argparse
import sys
from importlib import import_module

from flink_jobs.job import Job, add_options, arguments_of
from flink_jobs.submit import run


def main() -> None:
    """Entry point: the names of the jobs, then the options of every job."""
    parser = argparse.ArgumentParser(prog="together")
    parser.add_argument("jobs", nargs="+", help="names of files in flink_jobs/")
    options = add_options(parser).parse_args(sys.argv[1:])
    run([job_of(name) for name in options.jobs], arguments_of(options))


def job_of(name: str) -> Job:
    """The job in ``flink_jobs/<name>.py``."""
    job = import_module(f"flink_jobs.{name}").JOB
    assert isinstance(job, Job)
    return job


if __name__ == "__main__":
    main()
