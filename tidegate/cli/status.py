"""`tidegate status`: what runs, where, and whether it is healthy."""

import dataclasses
import json
import sys

import click
from rich.console import Console
from rich.table import Table

from tidegate.settings import get_settings
from tidegate.stack import local
from tidegate.stack.supervisor import ServerStatus


@click.command("status")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def command(as_json: bool) -> None:
    """Check every server by real use; exit code 1 if one is not healthy."""
    servers = local.status(get_settings())
    if as_json:
        click.echo(json.dumps([dataclasses.asdict(server) for server in servers], indent=2))
    else:
        Console().print(_table(servers))
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
