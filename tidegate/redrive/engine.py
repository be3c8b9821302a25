"""Runs a trial in a Flink of its own process: no cluster's slots are needed, and none is disturbed."""

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from tidegate.errors import TidegateError
from tidegate.jobs.own_flink import has_flink, output_of, trial_environment
from tidegate.redrive.trial_sql import Trial
from tidegate.settings import Settings

_COMMAND = (sys.executable, "-m", "flink_jobs.dry_run")


def run_trial(settings: Settings, dataset: str, trial: Trial) -> None:
    """Runs it to its end; its outputs are then in its folder.

    Raises:
        TidegateError: Flink is not installed, or the job fails.
    """
    if not has_flink():
        raise TidegateError(
            "a dry run executes the jobs' SQL, for which Flink is not installed here.",
            remedy="Install tidegate[flink], or run the command where the jobs are started.",
        )
    done = subprocess.run(
        [*_COMMAND, dataset, trial.topic, str(trial.count), str(trial.folder)],
        capture_output=True,
        text=True,
        check=False,
        env=trial_environment(settings),
    )
    output_of(done, "the dry run has failed", "dry-run", settings)


def outputs(trial: Trial, name: str) -> Iterator[dict[str, Any]]:
    """The rows of one output."""
    folder = trial.folder / name
    for file in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if file.is_file() and not file.name.startswith((".", "_")):
            with file.open(encoding="utf-8") as lines:
                yield from map(json.loads, lines)
