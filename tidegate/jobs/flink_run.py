"""Flink's own command line, ``flink run``, as jobs are submitted by it."""

import os
import sys
from contextlib import suppress
from pathlib import Path

from tidegate.child_process import child_environment, readable, reported_error
from tidegate.clients import connection
from tidegate.errors import TidegateError
from tidegate.jobs import warm_client
from tidegate.jobs.warm_client import Asked, run_warm
from tidegate.settings import Settings
from tidegate.stack.flink_home import HOME_IS_SET

JOBS_FOLDER = Path("flink_jobs")
CLIENT_PROGRAM = JOBS_FOLDER / "warm_client.py"
WARM_UP = JOBS_FOLDER / "warm_up.py"
CLIENT_JVM = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:MetaspaceSize=256m"
"""The client plans and ends: compiling it well costs more than it saves, and its classes are all in use to the end."""
_LONGEST_NAME = 60


def submit(settings: Settings, name: str, arguments: list[str]) -> str:
    """Runs a Python file and its arguments by ``flink run``; what it said, once the cluster has taken every job.

    Raises:
        TidegateError: refused; the job's own error if it told of one, else what Flink said.
    """
    said, error = submitted(settings, name, arguments)
    if error is not None:
        raise error
    return said


def submitted(settings: Settings, name: str, arguments: list[str]) -> tuple[str, TidegateError | None]:
    """The same; what it said, and the error that it has ended with if it has: some of its jobs may be taken then.

    What a refused one said is kept in ``logs/run-<name>.log``, as people read it: Flink's own output, and the lines of
    the job, which come as JSON, as text.
    """
    answer = run_warm(command(settings), Asked(arguments, environment(settings), Path.cwd()))
    said = answer.said
    if answer.returncode == 0:
        return said, None
    log = keep(name[:_LONGEST_NAME], readable(said), settings)
    return said, reported_error(said) or _refused(name, readable(said), log)


def make_ready(settings: Settings) -> None:
    """Starts Flink's client, where none is kept, for a job that will be submitted behind other work; waits for nothing.

    What is wrong with it is told when it is asked.
    """
    with suppress(TidegateError):
        warm_client.make_ready(command(settings), Asked([str(WARM_UP)], environment(settings), Path.cwd()))


def command(settings: Settings) -> list[str]:
    """The ``flink run`` command line, as a user would type it, of the program that runs all others."""
    return [
        str(flink_home(settings) / "bin" / "flink"),
        "run",
        "--detached",
        *connection.flink_command(settings),
        "--pyClientExecutable",
        sys.executable,
        "--pyExecutable",
        sys.executable,
        "--python",
        str(CLIENT_PROGRAM),
    ]


def environment(settings: Settings) -> dict[str, str]:
    """The client's environment: these settings, and where to find Flink and this project."""
    project = str(Path.cwd())
    path = os.environ.get("PYTHONPATH")
    values = {
        **child_environment(settings),
        "FLINK_HOME": str(flink_home(settings)),
        "FLINK_CONF_DIR": str(flink_home(settings) / "conf"),
        HOME_IS_SET: "1",
        "PYTHONPATH": f"{project}:{path}" if path else project,
        "JVM_ARGS": os.environ.get("JVM_ARGS", CLIENT_JVM),
    }
    for secret in ("TIDEGATE_PRIVACY_KEY", "TIDEGATE_REDRIVE_KEY"):
        values.pop(secret, None)
    return values


def flink_home(settings: Settings) -> Path:
    """The Flink distribution to submit with.

    Raises:
        TidegateError: none is set.
    """
    if settings.flink_home is None or not (settings.flink_home / "bin" / "flink").exists():
        raise TidegateError(
            "there is no Flink distribution to submit with.",
            remedy="Start the local stack with `tidegate up`, or set TIDEGATE_FLINK_HOME.",
        )
    return settings.flink_home


def keep(name: str, said: str, settings: Settings) -> Path:
    """Leaves what a child has said where its reader finds it; returns the file."""
    log = settings.home / "logs" / f"run-{name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text(said)
    return log


def _refused(name: str, output: str, log: Path) -> TidegateError:
    """By what Flink said: the program itself had no chance to tell of a problem of its own."""
    causes = [line for line in output.splitlines() if "Caused by:" in line or "Exception:" in line]
    cause = causes[-1].strip() if causes else "flink run failed"
    return TidegateError(f"the job {name} could not be started: {cause}.", remedy=f"The whole output is in {log}.")
