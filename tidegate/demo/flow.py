"""The flow of a run: traffic until its end, then waiting until every job has shown all of it."""

import time
from collections.abc import Callable
from typing import Any

from tidegate.demo import traffic
from tidegate.demo.options import DemoOptions
from tidegate.demo.phases import Phases
from tidegate.demo.view import REFRESH_S, Moment
from tidegate.demo.watched import Watched
from tidegate.measure.child import Child

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
        if summary.get("rejected"):
            note.text += f"; [yellow]{summary['rejected']:,} lines are no events, kept in {summary['rejects_file']}[/]"
    return summary


def drain(read: Callable[[str], Moment], phases: Phases, *, stall_s: float = STALL_S) -> None:
    """Takes readings until no job is behind and nothing new comes out, or nothing moves for ``stall_s``."""
    with phases.phase("drain") as note:
        before = read("drain")
        moved_s = time.monotonic()
        while time.monotonic() - moved_s <= stall_s:
            time.sleep(REFRESH_S)
            now = read("drain")
            if now.lags != before.lags or now.silver != before.silver:
                moved_s = time.monotonic()
            elif not any(now.lags.values()):
                note.text = f"every job has shown all it read; {now.silver:,} silver, {now.dead:,} dead letters"
                return
            before = now
        behind = ", ".join(f"{job} {lag:,}" for job, lag in before.lags.items() if lag)
        note.text = f"[yellow]nothing moved for {stall_s:.0f} s, still behind: {behind}[/]"
