"""`tidegate logs`: show a server's log."""

from pathlib import Path

import click

from tidegate.clients.endpoints import has_local_stack
from tidegate.errors import TidegateError
from tidegate.settings import Settings, get_settings
from tidegate.stack.logs import follow, tail


@click.command("logs")
@click.argument("server", required=False)
@click.option("-n", "count", default=20, show_default=True, help="How many of the last lines.")
@click.option("-f", "following", is_flag=True, help="Go on with what is added, until Ctrl-C.")
def command(server: str | None, count: int, following: bool) -> None:
    """Show the last lines of SERVER's log, or of every log, of the local stack.

    \b
    Example:
      tidegate logs taskmanager -n 50
    """
    files = _files(get_settings(), server)
    for name, file in files.items():
        for line in tail(file, count):
            _show(name, line)
    if following:
        for name, line in follow(files):
            _show(name, line)


def _files(settings: Settings, server: str | None) -> dict[str, Path]:
    if not has_local_stack(settings):
        raise TidegateError(
            f"not a local stack: there is none in {settings.home}.",
            remedy=f"Use `docker compose logs {server or 'NAME'}` or `kubectl logs`, or start one with `tidegate up`.",
        )
    from tidegate.stack import local  # noqa: PLC0415 - without a local stack its libraries need not be installed

    return local.log_files(settings, [server] if server else None)


def _show(name: str, line: str) -> None:
    click.echo(f"{click.style(name, fg='cyan')} {line}")
