"""`tidegate status`: what runs, where, and whether it is healthy."""

import dataclasses
import json
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

import click
from rich.table import Table

from tidegate.cli.output import tables
from tidegate.clients import endpoints
from tidegate.clients.endpoints import Answer
from tidegate.clients.flink import FlinkClient, FlinkJob, job_managers
from tidegate.deadline import Waited
from tidegate.errors import TidegateError
from tidegate.jobs.ended import Ended, why_ended
from tidegate.jobs.live import told_by
from tidegate.settings import Settings, get_settings

if TYPE_CHECKING:
    from tidegate.stack.supervisor import ServerStatus

Job = tuple[FlinkJob, int, str, Ended | None]
"""A job, its failures, its datasets if it runs and tells them, and why it has ended if it has failed for good."""


@click.command("status")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def command(as_json: bool) -> None:
    """Check every server, and list the jobs; exit code 1 if a server is not healthy.

    Those of a local stack are checked by real use. Without one, each address of the settings is asked whether
    somebody answers there.

    \b
    Example:
      tidegate status
    """
    settings = get_settings()
    if endpoints.has_local_stack(settings):
        _show(settings, servers := _local(settings), _table(servers), as_json)
    else:
        _show(settings, answers := endpoints.ask(settings), _addresses(answers), as_json)


def _show(settings: Settings, found: "Sequence[ServerStatus | Answer]", table: Table, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps([dataclasses.asdict(server) for server in found], indent=2))
    else:
        console = tables()
        console.print(table)
        jobs, ended, problems = _jobs(job_managers(settings, timeout_s=endpoints.TIMEOUT_S).values())
        if jobs:
            console.print(jobs)
        for each in ended:
            click.echo(str(each.told))
        for problem in problems:
            click.echo(f"Jobs are not known: {problem}")
        if not endpoints.has_local_stack(settings):
            click.echo(
                f"These are the addresses of `tidegate config show`. There is no local stack in {settings.home}: "
                "`tidegate up` makes one."
            )
    if not all(server.healthy for server in found):
        sys.exit(1)


def _local(settings: Settings) -> "list[ServerStatus]":
    from tidegate.stack import local  # noqa: PLC0415 - without a local stack its libraries need not be installed

    return local.status(settings)


def _table(servers: "Sequence[ServerStatus]") -> Table:
    table = Table("server", "state", "address", "pid", "memory", box=None)
    for server in servers:
        memory = f"{server.rss_mb} MB" if server.pid else ""
        table.add_row(server.name, _state(server), server.address, str(server.pid or ""), memory)
    table.add_row("", "", "", "total", f"{sum(server.rss_mb for server in servers)} MB")
    return table


def _addresses(answers: Sequence[Answer]) -> Table:
    table = Table("server", "address", "state", box=None)
    for answer in answers:
        table.add_row(answer.name, answer.address, _state(answer))
    return table


def _state(server: "ServerStatus | Answer") -> str:
    return f"[green]{server.detail}" if server.healthy else f"[red]{server.detail}"


def _jobs(clients: Iterable[FlinkClient]) -> tuple[Table | None, list[Ended], list[str]]:
    """The newest run of each job, None without any; why some have failed, and why a JobManager tells of none."""
    asked = [Waited(partial(_newest, client), client.address) for client in clients]
    for waited in asked:
        waited.begin()
    until_s, found, problems = time.monotonic() + endpoints.DEADLINE_S, dict[str, Job](), list[str]()
    for waited in asked:
        if not waited.ended(max(0.0, until_s - time.monotonic())):
            problems.append(f"{waited.name} has not answered within {endpoints.DEADLINE_S:g} s.")
            continue
        try:
            found |= waited.take()
        except TidegateError as error:
            problems.append(error.problem)
        except Exception as error:  # noqa: BLE001 - an answer of a shape that Flink does not give
            problems.append(f"what answers at {waited.name} is no Flink ({type(error).__name__}).")
    ended = [why for _, (_, _, _, why) in sorted(found.items()) if why]
    return _jobs_table(found) if found else None, ended, problems


def _newest(client: FlinkClient) -> dict[str, Job]:
    newest = {job.name: job for job in sorted(client.jobs(), key=lambda job: job.start_time_ms)}
    return {
        name: (job, client.failures(job.job_id), _datasets(client, job), why_ended(client, job))
        for name, job in newest.items()
    }


def _datasets(client: FlinkClient, job: FlinkJob) -> str:
    return ", ".join(sorted(told_by(client, job.job_id))) if job.live else ""


def _jobs_table(jobs: Mapping[str, Job]) -> Table:
    table = Table("job", "state", "failures", "id", "datasets", box=None)
    for name, (job, failures, datasets, _) in sorted(jobs.items()):
        state = f"[green]{job.state}" if job.state in ("RUNNING", "FINISHED") else f"[yellow]{job.state}"
        table.add_row(name, state, str(failures), job.job_id, datasets)
    return table
