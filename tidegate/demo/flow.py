"""The flow of a run: traffic until its end, then waiting until every job has shown all of it."""

import time
from typing import Any

from tidegate.demo import traffic
from tidegate.demo.child import Child
from tidegate.demo.options import DemoOptions
from tidegate.demo.phases import Phases
from tidegate.demo.view import REFRESH_S, Moment
from tidegate.demo.watched import Watched

DRAIN_TIMEOUT_S = 300.0


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
    """Waits until no job is behind and nothing new comes out; False if that takes too long."""
    with phases.phase("drain") as note:
        deadline_s = time.monotonic() + DRAIN_TIMEOUT_S
        before: Moment | None = None
        while time.monotonic() < deadline_s:
            now = watched.read("drain")
            if before and _still(before) and _still(now) and before.silver == now.silver:
                note.text = f"every job has shown all it read; {now.silver:,} silver, {now.dead:,} dead letters"
                return True
            before = now
            time.sleep(REFRESH_S)
        assert before is not None
        behind = ", ".join(f"{job} {lag:,}" for job, lag in before.lags.items() if lag)
        note.text = f"[yellow]still behind after {DRAIN_TIMEOUT_S:.0f} s: {behind}[/]"
    return False


def _still(moment: Moment) -> bool:
    return not any(moment.lags.values())
