"""`tidegate logs`: show a server's log."""

import click

from tidegate.settings import get_settings
from tidegate.stack import local
from tidegate.stack.logs import follow, tail


@click.command("logs")
@click.argument("server", required=False)
@click.option("-n", "count", default=20, show_default=True, help="How many of the last lines.")
@click.option("-f", "following", is_flag=True, help="Go on with what is added, until Ctrl-C.")
def command(server: str | None, count: int, following: bool) -> None:
    """Show the last lines of SERVER's log, or of every log."""
    files = local.log_files(get_settings(), [server] if server else None)
    for name, file in files.items():
        for line in tail(file, count):
            _show(name, line)
    if following:
        for name, line in follow(files):
            _show(name, line)


def _show(name: str, line: str) -> None:
    click.echo(f"{click.style(name, fg='cyan')} {line}")
