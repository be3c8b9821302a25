"""What deploy/docker/init.sh makes of a start that leaves something out; tests/jobs/test_init.py runs it for good."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.project import PROJECT

RUNS = "refine runs: http://flink/1"


@pytest.fixture
def path(tmp_path: Path) -> str:
    """A PATH whose ``python`` does what ``tidegate run`` is told to do, and nothing else."""
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\ncase "$*" in *" run "*) [ -z "$SAYS" ] || echo "$SAYS"; exit "$CODE" ;; esac\n')
    python.chmod(0o755)
    return f"{tmp_path}:{os.environ['PATH']}"


@pytest.mark.parametrize(
    ("code", "says", "expected"),
    [("0", RUNS, 0), ("3", RUNS, 0), ("1", RUNS, 0), ("1", "", 1), ("2", "", 1)],
    ids=["all run", "a contract is wrong", "a dataset can't be started", "nothing runs", "wrong usage"],
)
def test_what_waits_for_init_starts_unless_nothing_runs(path: str, code: str, says: str, expected: int) -> None:
    script = ["sh", str(PROJECT / "deploy" / "docker" / "init.sh")]
    environment = {"PATH": path, "CODE": code, "SAYS": says}
    done = subprocess.run(script, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == expected, done.stderr
    assert (RUNS in done.stdout) == bool(says)
