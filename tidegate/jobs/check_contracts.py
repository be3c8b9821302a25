"""The part of a check that needs Flink, in a process of its own: the light library never imports it."""

import json
import subprocess
import sys
from collections.abc import Sequence

from tidegate.contracts.problem import Problem
from tidegate.jobs.own_flink import environment, output_of
from tidegate.settings import Settings

TIMEOUT_S = 600
_COMMAND = (sys.executable, "-m", "flink_jobs.check_contracts")


def flink_problems(settings: Settings, names: Sequence[str]) -> list[Problem]:
    """What Flink finds in the SQL and the examples of these stream datasets, contracts of ``settings.schemas_dir``.

    Raises:
        TidegateError: Flink itself could not be started, or the connectors could not be built.
    """
    if not names:
        return []
    done = subprocess.run(
        [*_COMMAND, str(settings.schemas_dir), *names],
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT_S,
        env=environment(settings),
    )
    said = output_of(done, "the rules could not be compiled", "check", settings)
    return [Problem(**found) for found in json.loads(said.splitlines()[-1])]
