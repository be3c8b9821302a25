"""What a client does until it is asked for a job can be done, and plans what jobs of files are made of."""

import json
import subprocess
import sys

from tests.polling import HANGS_S
from tests.project import PROJECT


def test_it_plans_and_runs_nothing(flink_environment: dict[str, str]) -> None:
    program = [sys.executable, "-P", "flink_jobs/warm_up.py"]
    done = subprocess.run(program, cwd=PROJECT, env=flink_environment, capture_output=True, text=True, timeout=HANGS_S)

    assert done.returncode == 0, done.stderr
    kinds = [node["type"] for node in json.loads(done.stdout)["nodes"]]
    assert sum("taken" in kind for kind in kinds) == sum("counted" in kind for kind in kinds) == 1, kinds
