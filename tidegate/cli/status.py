"""`tidegate status`: what runs, where, and whether it is healthy."""

import dataclasses
import json
import sys

import click
from rich.table import Table

from tidegate.cli.output import tables
from tidegate.errors import TidegateError
from tidegate.flink_client import FlinkClient
from tidegate.settings import get_settings
from tidegate.stack import local
from tidegate.stack.supervisor import ServerStatus


@click.command("status")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def command(as_json: bool) -> None:
    """Check every server by real use, and list the jobs; exit code 1 if a server is not healthy."""
    settings = get_settings()
    servers = local.status(settings)
    if as_json:
        click.echo(json.dumps([dataclasses.asdict(server) for server in servers], indent=2))
    else:
        console = tables()
        console.print(_table(servers))
        if jobs := _jobs(FlinkClient(settings.flink_rest_url)):
            console.print(jobs)
    if not all(server.healthy for server in servers):
        sys.exit(1)


def _table(servers: list[ServerStatus]) -> Table:
    table = Table("server", "state", "address", "pid", "memory", box=None)
    for server in servers:
        state = f"[green]{server.detail}" if server.healthy else f"[red]{server.detail}"
        memory = f"{server.rss_mb} MB" if server.pid else ""
        table.add_row(server.name, state, server.address, str(server.pid or ""), memory)
    table.add_row("", "", "", "total", f"{sum(server.rss_mb for server in servers)} MB")
    return table


def _jobs(flink: FlinkClient) -> Table | None:
    """The newest run of each job; None without any, or without Flink, whose own row says so."""
    try:
        newest = {job.name: job for job in sorted(flink.jobs(), key=lambda job: job.start_time_ms)}
        failures = {job.name: flink.failures(job.job_id) for job in newest.values()}
    except TidegateError:
        return None
    table = Table("job", "state", "failures", "id", box=None)
    for name, job in sorted(newest.items()):
        state = f"[green]{job.state}" if job.state in ("RUNNING", "FINISHED") else f"[yellow]{job.state}"
        table.add_row(name, state, str(failures[name]), job.job_id)
    return table if newest else None
