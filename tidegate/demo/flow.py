"""The flow of a run: traffic until its end, then waiting until every job has shown all of it."""

import time
from typing import Any

from tidegate.demo import traffic
from tidegate.demo.child import Child
from tidegate.demo.options import DemoOptions
from tidegate.demo.phases import Phases
from tidegate.demo.view import REFRESH_S
from tidegate.demo.watched import Watched

STALL_S = 90.0


def send(watched: Watched, producer: Child, options: DemoOptions, phases: Phases) -> dict[str, Any]:
    """Watches the producer to its end and returns its summary.

    Raises:
        TidegateError: the producer failed, or a server does not answer any more.
    """
    with phases.phase("traffic") as note:
        while producer.running():
            watched.read("traffic")
            time.sleep(REFRESH_S)
        summary = producer.result()
        note.text = f"{summary['delivered']:,} events, {summary['rate_per_s']:,.0f}/s: {traffic.describe(options)}"
    return summary


def drain(watched: Watched, phases: Phases) -> bool:
    """Waits until no job is behind and nothing new comes out; False if they make no progress any more."""
    with phases.phase("drain") as note:
        before = watched.read("drain")
        progress_s = time.monotonic()
        while time.monotonic() - progress_s < STALL_S:
            time.sleep(REFRESH_S)
            now = watched.read("drain")
            if now.lags != before.lags or now.silver != before.silver:
                progress_s = time.monotonic()
            elif not any(now.lags.values()):
                note.text = f"every job has shown all it read; {now.silver:,} silver, {now.dead:,} dead letters"
                return True
            before = now
        behind = ", ".join(f"{job} {lag:,}" for job, lag in before.lags.items() if lag)
        note.text = f"[yellow]still behind, and no progress for {STALL_S:.0f} s: {behind}[/]"
    return False
