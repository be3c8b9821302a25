"""Files judged in a Flink of a child process's own: no server is asked, nothing of it stays."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from tidegate.contracts.dataset import Files
from tidegate.errors import TidegateError
from tidegate.files.orders import store_checking
from tidegate.files.trial_rows import TrialRows, open_rows
from tidegate.jobs.flink_run import CLIENT_JVM
from tidegate.jobs.own_flink import has_flink, output_of, trial_environment
from tidegate.settings import Settings
from tidegate.sql.file_check import Checking
from tidegate.sql.file_to_read import FileToRead

_COMMAND = (sys.executable, "-m", "flink_jobs.check_files")
_LARGE_BYTES = 64 * 1024 * 1024
_LARGE_JVM = "-XX:+UseParallelGC -XX:MetaspaceSize=256m -Xmx2g"
"""Of rows for more than a few seconds the JVM is to compile well what it does for each."""


@contextmanager
def judged(
    settings: Settings, dataset: Files, files: Sequence[FileToRead], wanted: Sequence[str]
) -> Iterator[TrialRows]:
    """What became of each row of the files; of those that pass, the columns ``wanted`` of silver.

    Raises:
        TidegateError: Flink is not installed here, or refuses the contract's SQL; a file can't be read.
    """
    if not has_flink():
        raise TidegateError(
            "files are judged by the jobs' SQL, for which Flink is not installed here.",
            remedy="Install tidegate[flink], or run the command where the jobs are started.",
        )
    with tempfile.TemporaryDirectory(prefix="tidegate-check-") as folder:
        checking = Checking(dataset.name, folder, tuple(files), tuple(wanted))
        run_checks(settings, [checking])
        with open_rows(checking, dataset) as rows:
            yield rows


def run_checks(settings: Settings, checkings: Sequence[Checking]) -> None:
    """One after the other, to the end of the last; each writes to its folder.

    Raises:
        TidegateError: as :func:`judged`.
    """
    told = trial_environment(settings)
    if sum(file.size for each in checkings for file in each.files) > _LARGE_BYTES and told["JVM_ARGS"] == CLIENT_JVM:
        told["JVM_ARGS"] = _LARGE_JVM
    done = subprocess.run(
        [*_COMMAND, *(str(store_checking(each)) for each in checkings)],
        capture_output=True,
        text=True,
        check=False,
        env=told,
    )
    output_of(done, "the files could not be judged", "check", settings)
