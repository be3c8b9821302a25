"""What can be wrong with the pipeline beside its servers: topics that are missing, jobs that fail again and again."""

import time
from collections.abc import Callable, Iterator

from tidegate.clients.flink import job_managers
from tidegate.contracts.sound import sound_datasets
from tidegate.errors import TidegateError, TransientError
from tidegate.job_names import NAMES
from tidegate.jobs.registered import Missing, missing
from tidegate.settings import Settings
from tidegate.stack.doctor import Finding

RECENT_S = 300
"""A job whose last failure is this long ago has recovered from it."""


def examine(settings: Settings) -> Iterator[Finding]:
    """Every check, one after the other; a server that is away has a line of its own elsewhere."""
    checks: list[Callable[[Settings], list[Finding]]] = [_topics, _jobs]
    for name, check in zip(("topics", "jobs"), checks, strict=True):
        try:
            yield from check(settings)
        except TransientError:
            yield Finding(name, "later", "looked for once the servers answer")
        except TidegateError as error:
            yield Finding(name, "failed", error.problem, error.remedy)


def _topics(settings: Settings) -> list[Finding]:
    streams = sound_datasets(settings.schemas_dir).streams
    lacking = missing(settings, streams, NAMES)
    if not lacking:
        return [Finding("topics", "ok", f"and subjects of {len(streams)} datasets are there")]
    return [_lacking(each) for each in lacking]


def _lacking(each: Missing) -> Finding:
    """One that was never registered may be meant to be so; one that lacks a part of itself stops its jobs."""
    if each.never_registered:
        return Finding("topics", "later", f"{each.dataset} is not registered: `{each.command}`")
    return Finding("topics", "failed", f"{each}.", f"Run `{each.command}`.")


def _jobs(settings: Settings) -> list[Finding]:
    clients = job_managers(settings, timeout_s=10).values()
    live = [(client, job) for client in clients for job in client.jobs() if job.live]
    failing = []
    for client, job in live:
        failure = client.newest_failure(job.job_id)
        recent = failure is not None and time.time() - failure.at_ms / 1000 < RECENT_S
        if failure and (recent or not client.running(job.job_id)):
            times = client.failures(job.job_id)
            detail = f"{job.name} has failed {times} times and starts again each time; the last: {failure.cause}."
            remedy = "An outage ends by itself; else see `tidegate logs taskmanager` and docs/runbook.md."
            failing.append(Finding("jobs", "failed", detail, remedy))
    names = ", ".join(sorted(job.name for _, job in live))
    return failing or [Finding("jobs", "ok", f"{names} run" if live else "none runs")]
