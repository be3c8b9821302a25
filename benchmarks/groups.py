"""What a Flink job for each dataset costs beside one that all share: ``python -m benchmarks.groups --datasets 3``.

Makes that many small datasets like app_logs in a folder of its own, registers them, and starts refine twice from
nothing: with ``TIDEGATE_JOB_GROUPS`` shared, then each. Of both it tells how long the start took, the memory of Flink's
processes after a quiet minute, the CPU that they used in it, and their threads. Nothing is sent. The stack must be up,
with a free slot for each job. Use a throw-away stack.
"""

import argparse
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from tidegate.job_names import REFINE
from tidegate.jobs.live import live_jobs
from tidegate.jobs.plan_start import Start
from tidegate.jobs.start import start
from tidegate.jobs.stop import stop_jobs
from tidegate.registration.register import register_all
from tidegate.settings import Settings, get_settings
from tidegate.stack import process

LIKE = "app_logs"
QUIET_S = 60.0
SERVERS = ("jobmanager", "taskmanager")


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one setting: seconds of the start, then of each server its memory in MB, CPU seconds per minute, threads."""

    setting: str
    jobs: int
    start_s: float
    memory_mb: dict[str, float]
    cpu_s: dict[str, float]
    threads: dict[str, int]


def main() -> None:
    """Makes the datasets, measures both settings, prints a table."""
    parser = argparse.ArgumentParser(prog="groups")
    parser.add_argument("--datasets", type=int, default=3)
    parser.add_argument("--quiet-seconds", type=float, default=QUIET_S)
    options = parser.parse_args()
    settings = get_settings()
    free = free_slots(settings)
    if free < options.datasets * settings.parallelism:
        parser.error(f"{options.datasets} jobs need as many slots, and {free} are free: add TaskManagers or slots.")
    with tempfile.TemporaryDirectory() as folder:
        make_datasets(settings.schemas_dir, Path(folder), options.datasets)
        own = settings.model_copy(update={"schemas_dir": Path(folder)})
        register_all(own, own.schemas_dir)
        for setting in ("shared", "each"):
            print(row(measured(own.model_copy(update={"job_groups": setting}), options.quiet_seconds)), flush=True)


def make_datasets(schemas: Path, folder: Path, count: int) -> None:
    """Copies of one dataset under other names, with what all datasets refer to."""
    for shared in ("dead_letter", "dropped"):
        shutil.copytree(schemas / shared, folder / shared)
    for number in range(count):
        name = f"bench_{number:02}"
        made = Path(
            shutil.copytree(schemas / LIKE, folder / name, ignore=shutil.ignore_patterns("metrics", "examples"))
        )
        contract = made / "contract.yaml"
        contract.write_text(contract.read_text().replace(LIKE, name))


def free_slots(settings: Settings) -> int:
    """The slots of the cluster that no job has."""
    return int(httpx.get(f"{settings.flink_rest_url}/overview", timeout=10).json()["slots-available"])


def measured(settings: Settings, quiet_s: float) -> Cost:
    """One start from nothing, and a minute of it."""
    began = time.monotonic()
    started = start(settings, Start((REFINE,), recover_from="none"), timeout_s=600)
    start_s = time.monotonic() - began
    if started.failures:
        raise started.failures[0]
    try:
        before = cpu_seconds(settings)
        time.sleep(quiet_s)
        used = {name: (value - before[name]) * 60 / quiet_s for name, value in cpu_seconds(settings).items()}
        return Cost(
            settings.job_groups,
            len([job for job in live_jobs(settings) if job.job == REFINE]),
            start_s,
            memory_mb(settings),
            used,
            threads(settings),
        )
    finally:
        stop_jobs(settings, [REFINE], savepoint=False)


def processes(settings: Settings) -> dict[str, psutil.Process]:
    """Flink's own."""
    found = {name: process.running(process.ProcessFiles(name, settings.home)) for name in SERVERS}
    return {name: alive for name, alive in found.items() if alive is not None}


def cpu_seconds(settings: Settings) -> dict[str, float]:
    """Since each process began."""
    return {name: sum(each.cpu_times()[:2]) for name, each in processes(settings).items()}


def memory_mb(settings: Settings) -> dict[str, float]:
    """Resident now, with the children."""
    return {name: process.rss_bytes(each) / 2**20 for name, each in processes(settings).items()}


def threads(settings: Settings) -> dict[str, int]:
    """Of each process."""
    return {name: each.num_threads() for name, each in processes(settings).items()}


def row(cost: Cost) -> str:
    """One line of the table."""
    cells = [f"{cost.setting}: {cost.jobs} jobs, start {cost.start_s:.0f} s"]
    for name in cost.memory_mb:
        cells.append(
            f"{name} {cost.memory_mb[name]:.0f} MB, {cost.cpu_s[name]:.1f} CPU s a minute, {cost.threads[name]} threads"
        )
    return "; ".join(cells)


if __name__ == "__main__":
    main()
