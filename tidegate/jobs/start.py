"""Starting and stopping the Flink jobs of ``flink_jobs/`` by Flink's own command line and REST API."""

import os
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from tidegate import log
from tidegate.child_process import child_environment, readable, reported_error
from tidegate.clients import connection
from tidegate.clients.flink import FlinkClient, FlinkJob
from tidegate.errors import TidegateError, TransientError
from tidegate.job_names import NAMES
from tidegate.jobs.registered import datasets_to_start
from tidegate.settings import Settings
from tidegate.stack.flink_home import HOME_IS_SET

JOBS_FOLDER = Path("flink_jobs")
CLIENT_JVM = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""The client plans and ends: compiling it well costs more than it saves."""


@dataclass(frozen=True, slots=True)
class Start:
    """What to start, by one client: ``recover_from`` is ``latest``, ``none`` or the path of a state.

    ``forget_removed``: state of datasets that are gone may be given up.
    ``leave_running``: a job that runs already is left as it is, in place of refusing the start.
    """

    jobs: tuple[str, ...]
    datasets: tuple[str, ...] = ()
    recover_from: str = "latest"
    forget_removed: bool = False
    leave_running: bool = False


def start(settings: Settings, what: Start, timeout_s: float = 120) -> list[FlinkJob]:
    """Submits jobs by ``flink run``, waits until all their tasks run, and returns them, those left running too.

    Raises:
        TidegateError: an unknown job, a refused start (the job's own line), or a job that fails at once.
        TransientError: their tasks do not run in time.
    """
    client = FlinkClient(settings)
    running = running_jobs(client, what.jobs) if what.leave_running else []
    to_start = replace(what, jobs=tuple(name for name in what.jobs if name not in running))
    for name in to_start.jobs:
        if name not in NAMES:
            raise TidegateError(f"there is no job {name!r}.", remedy=f"Known: {', '.join(sorted(NAMES))}.")
        refuse_if_running(client, name)
    if to_start.jobs:
        to_start = replace(to_start, datasets=_with_topics(settings, to_start))
        submit(settings, "-".join(to_start.jobs), program(to_start))
    return [_wait_until_running(client, name, timeout_s) for name in what.jobs]


def _with_topics(settings: Settings, what: Start) -> tuple[str, ...]:
    """The datasets to start with; says which are left out as they were never registered. None if that is no one."""
    datasets, left_out = datasets_to_start(settings, what.jobs, what.datasets)
    for each in left_out:
        text = f"Left out: {each}. `{each.command}` makes them; then stop {', '.join(what.jobs)} and run again."
        log.tell(text, "dataset_left_out", "warning", dataset=each.dataset, command=each.command)
    return tuple(datasets) if left_out else what.datasets


def running_jobs(client: FlinkClient, names: Iterable[str]) -> list[str]:
    """Those of the named jobs that have not ended."""
    return [name for name in names if client.live_job(name)]


def submit(settings: Settings, name: str, arguments: list[str]) -> None:
    """``flink run`` of a Python file and its arguments; returns when the cluster has taken the job.

    What a refused one said is kept in ``logs/run-<name>.log``, as people read it: Flink's own output, and the lines of
    the job, which come as JSON, as text.

    Raises:
        TidegateError: refused; the job's own error if it told of one, else what Flink said.
    """
    result = subprocess.run(
        command(settings, arguments), env=environment(settings), capture_output=True, text=True, check=False
    )
    if result.returncode != 0:
        said = result.stdout + result.stderr
        log = _keep(name, readable(said), settings)
        raise reported_error(said) or _refused(name, readable(said), log)


def refuse_if_running(client: FlinkClient, name: str) -> None:
    """Two instances of a job would fence each other's transactions."""
    if running := client.live_job(name):
        raise TidegateError(
            f"the job {name} runs already ({running.state}, id {running.job_id}).",
            remedy=f"Stop it first with `tidegate stop {name}`.",
        )


def stop(settings: Settings, name: str, *, savepoint: bool) -> str | None:
    """Ends a job; with ``savepoint`` returns the path to go on from."""
    client = FlinkClient(settings)
    job = client.live_job(name)
    if job is None:
        raise TidegateError(f"the job {name} does not run.", remedy="`tidegate status` lists what runs.")
    if savepoint:
        return client.stop(job.job_id, f"{settings.savepoint_dir()}/{name}")
    client.cancel(job.job_id)
    _wait_until_ended(client, job)
    return None


def program(what: Start) -> list[str]:
    """The file to run and its arguments."""
    file, names = (f"{what.jobs[0]}.py", ()) if len(what.jobs) == 1 else ("together.py", what.jobs)
    return [
        str(JOBS_FOLDER / file),
        *names,
        "--recover-from",  # not --from: Flink would take it for its own --fromSavepoint
        what.recover_from,
        *(["--forget-removed"] if what.forget_removed else []),
        *(argument for dataset in what.datasets for argument in ("--dataset", dataset)),
    ]


def command(settings: Settings, arguments: list[str]) -> list[str]:
    """The ``flink run`` command line, as a user would type it; the first argument is the Python file."""
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
        *arguments,
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
    values.pop("TIDEGATE_PRIVACY_KEY", None)
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


def _keep(name: str, said: str, settings: Settings) -> Path:
    log = settings.home / "logs" / f"run-{name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text(said)
    return log


def _refused(name: str, output: str, log: Path) -> TidegateError:
    """By what Flink said: the program itself had no chance to tell of a problem of its own."""
    if "there is no operator for the state" in output.lower() or "Cannot map checkpoint/savepoint state" in output:
        return TidegateError(
            f"the job {name} has state of a dataset that is not part of it any more.",
            remedy="Start it with all of its datasets: without --dataset, the folder brought back, its contract in "
            "order, its topics there. Only if the dataset is gone for good, give its state up with --forget-removed.",
        )
    causes = [line for line in output.splitlines() if "Caused by:" in line or "Exception:" in line]
    cause = causes[-1].strip() if causes else "flink run failed"
    return TidegateError(f"the job {name} could not be started: {cause}.", remedy=f"The whole output is in {log}.")


def _wait_until_running(client: FlinkClient, name: str, timeout_s: float) -> FlinkJob:
    """Says once why the job fails and starts again, each cause as it comes."""
    deadline, told = time.monotonic() + timeout_s, ""
    while time.monotonic() < deadline:
        job = client.live_job(name)
        if job is None:
            raise _ended_at_once(client, name)
        if client.running(job.job_id):
            return job
        failure = client.newest_failure(job.job_id)
        if failure and failure.cause != told:
            told = failure.cause
            log.tell(f"{name} fails and starts again: {told}.", "job_fails", "warning", job=name, cause=told)
        time.sleep(0.2)
    if told:
        raise TransientError(
            f"{name} has not run within {timeout_s:.0f} s; it fails and starts again: {told}.",
            remedy=f"It goes on trying. Mend that, or end it with `tidegate stop {name} --no-savepoint`.",
        )
    raise TransientError(
        f"the tasks of {name} do not run after {timeout_s:.0f} s.",
        remedy="`tidegate status` shows free slots; `tidegate logs jobmanager` the reason.",
    )


def _ended_at_once(client: FlinkClient, name: str) -> TidegateError:
    runs = [ended for ended in client.jobs() if ended.name == name]
    failure = client.newest_failure(max(runs, key=lambda job: job.start_time_ms).job_id) if runs else None
    return TidegateError(
        f"the job {name} ended at once: {failure.cause if failure else 'no reason given'}.",
        remedy="See `tidegate logs jobmanager`.",
    )


def _wait_until_ended(client: FlinkClient, job: FlinkJob, timeout_s: float = 60) -> None:
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if client.live_job(job.name) is None:
            return
        time.sleep(0.2)
    raise TransientError(f"the job {job.name} is not ended after {timeout_s:.0f} s.", remedy="Try again.")
