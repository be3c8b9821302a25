"""What all benchmarks share: CPU seconds of processes, runs, and median with minimum and maximum."""

import statistics
from contextlib import suppress
from dataclasses import dataclass

import psutil

from tidegate.settings import Settings
from tidegate.stack import local


@dataclass(frozen=True, slots=True)
class Run:
    """One run: events, the seconds it took, and the CPU seconds of each process while it lasted."""

    events: int
    seconds: float
    cpu_s: dict[str, float]


def cpu_seconds(settings: Settings) -> dict[str, float]:
    """CPU seconds so far of every server of the stack, by name, its child processes included."""
    return {
        server.name: cpu_seconds_of(psutil.Process(server.pid))
        for server in local.status(settings)
        if server.pid is not None
    }


def cpu_seconds_of(process: psutil.Process) -> float:
    """User and system CPU seconds of a process and its children, running and ended ones."""
    seconds = sum(process.cpu_times()[:4])
    for child in process.children(recursive=True):
        with suppress(psutil.NoSuchProcess):  # ended meanwhile: its parent has its time at the next reading
            seconds += sum(child.cpu_times()[:4])
    return float(seconds)


def since(before: dict[str, float], after: dict[str, float]) -> dict[str, float]:
    """CPU seconds between two readings."""
    return {name: after[name] - before.get(name, 0.0) for name in after}


def report(title: str, runs: list[Run], worker: tuple[str, ...]) -> str:
    """Lines of a table: events per second, and per CPU-second of the processes named in ``worker``."""
    per_second = [run.events / run.seconds for run in runs]
    per_core = [run.events / sum(run.cpu_s.get(name, 0.0) for name in worker) for run in runs]
    others = {name: statistics.median(run.cpu_s[name] for run in runs) for name in runs[0].cpu_s if name not in worker}
    rest = ", ".join(f"{name} {seconds:.1f}" for name, seconds in others.items())
    return (
        f"{title}: {spread(per_second)} events/s, {spread(per_core)} per CPU-second of {' + '.join(worker)} "
        f"({runs[0].events:,} events, {len(runs)} runs); CPU s of the others: {rest}"
    )


def spread(values: list[float]) -> str:
    """``median (min–max)``."""
    return f"{statistics.median(values):,.0f} ({min(values):,.0f}–{max(values):,.0f})"
