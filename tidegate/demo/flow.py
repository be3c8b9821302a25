"""The flow of a run: traffic until its end, then waiting until every job has shown all of it."""

import time
from collections.abc import Callable
from typing import Any

from tidegate.demo import traffic
from tidegate.demo.options import DemoOptions
from tidegate.demo.phases import Phases
from tidegate.demo.view import REFRESH_S, Moment
from tidegate.demo.watched import Watched
from tidegate.job_names import REFINE
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


def refined(read: Callable[[str], Moment], phases: Phases, *, stall_s: float = STALL_S) -> None:
    """The same as :func:`drain` for the job refine alone: every dead letter is written by then."""
    with phases.phase("refined") as note:
        now = _still(read, "refined", lambda moment: [moment.lags.get(REFINE, 0)], stall_s)
        note.text = f"refine has read all; {now.silver:,} silver, {now.dead:,} dead letters"


def drain(read: Callable[[str], Moment], phases: Phases, *, stall_s: float = STALL_S) -> None:
    """Takes readings until no job is behind and nothing new comes out, or nothing moves for ``stall_s``."""
    with phases.phase("drain") as note:
        now = _still(read, "drain", lambda moment: list(moment.lags.values()), stall_s)
        note.text = f"every job has shown all it read; {now.silver:,} silver, {now.dead:,} dead letters"
        if any(now.lags.values()):
            behind = ", ".join(f"{job} {lag:,}" for job, lag in now.lags.items() if lag)
            note.text = f"[yellow]nothing moved for {stall_s:.0f} s, still behind: {behind}[/]"


def _still(read: Callable[[str], Moment], phase: str, lags: Callable[[Moment], list[int]], stall_s: float) -> Moment:
    """The reading after which nothing is behind and nothing came out since the one before, or nothing has moved."""
    before = read(phase)
    moved_s = time.monotonic()
    while time.monotonic() - moved_s <= stall_s:
        time.sleep(REFRESH_S)
        now = read(phase)
        if lags(now) != lags(before) or now.silver != before.silver:
            moved_s = time.monotonic()
        elif not any(lags(now)):
            return now
        before = now
    return before
