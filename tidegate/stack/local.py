"""The whole local stack as a caller sees it: up, down, status. The command line and the tests use these."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from tidegate import log
from tidegate.errors import TidegateError
from tidegate.settings import Settings, with_stack
from tidegate.stack import home, preflight, supervisor
from tidegate.stack.class_archive import base_archive
from tidegate.stack.fetch import Cache
from tidegate.stack.ports import PortChoice
from tidegate.stack.server import Server
from tidegate.stack.state import StackState, load_state
from tidegate.stack.supervisor import OnPhase, ServerStatus


def up(
    settings: Settings,
    *,
    on_phase: OnPhase,
    console: Console,
    only: Sequence[str] | None = None,
    choice: PortChoice | None = None,
) -> Settings:
    """Starts what is missing of the stack in ``settings.home``; the settings that name its servers."""
    home.claim(settings.home)
    with supervisor.exclusive(settings.home):
        running = supervisor.is_running(settings.home)
        if running and choice is not None:
            raise TidegateError("The stack runs: its ports can't change.", remedy="Run `tidegate down` first.")
        stack = load_state(settings, choice=choice, running=running)
        cache = Cache(settings.cache)
        servers = supervisor.select(only, stack, cache)
        with home.usable(cache.root):
            _prepare(preflight.not_running(servers), stack, cache, console)
        with home.usable(settings.home):
            stack.save()
        up_now = with_stack(settings, stack.endpoints())
        log.hide_secrets(up_now)
        supervisor.start(servers, on_phase)
        return up_now


def _prepare(to_start: Sequence[Server], stack: StackState, cache: Cache, console: Console) -> None:
    if not to_start:
        return
    preflight.check_disk(stack.home)
    preflight.check_disk(cache.root)
    preflight.check_memory(to_start)
    preflight.check_ports(to_start)
    cache.fetch({server.jars for server in to_start if server.jars}, console)
    base_archive(cache.root)


def down(settings: Settings, *, only: Sequence[str] | None = None, purge: bool = False) -> list[str]:
    """Stop the stack, and remove its folder if asked; the names of the servers that ran.

    Raises:
        TidegateError: the folder is not known to be a stack's, and nothing was stopped or removed.
    """
    if not settings.home.exists():
        return []
    if purge:
        home.removal(settings.home)
    with supervisor.exclusive(settings.home):
        stopped = supervisor.stop(_servers(settings, only))
        if only is None:
            supervisor.stop_leftovers(settings.home)
            if purge and (planned := home.removal(settings.home)):
                planned.carry_out()
    return stopped


def status(settings: Settings, only: Sequence[str] | None = None) -> list[ServerStatus]:
    """Every server, checked by real use."""
    return supervisor.status(_servers(settings, only))


def log_files(settings: Settings, only: Sequence[str] | None = None) -> dict[str, Path]:
    """Each server's log by its name; it may not exist yet."""
    return {server.name: server.files.log_file for server in _servers(settings, only)}


def _servers(settings: Settings, only: Sequence[str] | None) -> list[Server]:
    stack = load_state(settings, running=True)
    servers = supervisor.select(only, stack, Cache(settings.cache))
    if only is None:
        return servers
    named = {part for name in only for part in supervisor.ALIASES.get(name, (name,))}
    return [server for server in servers if server.name in named]
