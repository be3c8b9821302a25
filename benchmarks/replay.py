"""How fast a replay is beside the live jobs: ``python -m benchmarks.replay --events 600000 --runs 3``.

The stack must be up with contracts and products, and no job may run: use a throw-away stack, whose lake tables and
outputs of clicks are emptied. Each round works the same backlog off live, by refine and lake from no state until the
lake has committed all of it, and then replays the same offsets into the lake beside the two idle jobs. Of the replay
two times count: the command from its start to the end of its proof, and in it the Flink job, from when its source runs
to when its last record is written aside. A first round is not counted, as it compiles the JVM's code.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Any, NamedTuple

import httpx

from benchmarks.catch_up import CLICKS, OUTPUTS, WORKERS, empty, fill, forget, measured, total
from benchmarks.measure import cpu_seconds, since, spread
from tidegate.child_process import child_environment
from tidegate.clients.kafka_offsets import OffsetReader, reached, topic_spans
from tidegate.clients.lake import drop_table, open_catalog
from tidegate.contracts import naming
from tidegate.job_names import LAKE, REFINE
from tidegate.jobs.plan_start import Start
from tidegate.jobs.start import start
from tidegate.jobs.stop import stop_jobs
from tidegate.settings import Settings, get_settings

LIVE = (REFINE, LAKE)
RAW = f"raw.{CLICKS}"
POLL_S = 0.1


class Rates(NamedTuple):
    """Of one way through the backlog: raw records a second, and per CPU-second of the TaskManager."""

    per_s: float
    per_cpu_s: float


class Round(NamedTuple):
    """The backlog's live rates; the replay's, of the whole command; and records a second of its Flink job alone."""

    live: Rates
    command: Rates
    job_per_s: float


def main() -> None:
    """Parses, fills, measures, prints."""
    parser = argparse.ArgumentParser(prog="replay")
    parser.add_argument("--events", type=int, default=600_000, help="backlog wanted in raw.clicks")
    parser.add_argument("--runs", type=int, default=3, help="rounds that count")
    options = parser.parse_args()
    settings = measured(get_settings(), None)
    fill(settings, options.events)
    rounds = []
    for number in range(options.runs + 1):
        one = one_round(settings)
        print(line(one), flush=True)
        if number:
            rounds.append(one)
    print(report(rounds, total(topic_spans(settings, RAW))))


def one_round(settings: Settings) -> Round:
    """Live, then once more by a replay."""
    clear(settings)
    events = total(topic_spans(settings, RAW))
    start_s, before = time.monotonic(), cpu_seconds(settings)
    try:
        start(settings, Start(LIVE, (CLICKS,), "none"))
        start_s, before = time.monotonic(), cpu_seconds(settings)
        wait_until_committed(settings)
        live = rates(events, time.monotonic() - start_s, before, cpu_seconds(settings))
        plan = json.loads(command(settings, "replay", "plan", CLICKS, "--offsets", offsets(settings), "--json"))
        start_s, before = time.monotonic(), cpu_seconds(settings)
        command(settings, "replay", "run", plan["plan_id"], "--yes")
        replay = rates(events, time.monotonic() - start_s, before, cpu_seconds(settings))
        told = json.loads(command(settings, "replay", "show", plan["plan_id"], "--json"))
        return Round(live, replay, events / job_seconds(settings, told["status"]["job_id"]))
    finally:
        stop_jobs(settings, LIVE, savepoint=False)


def clear(settings: Settings) -> None:
    """Nothing of an earlier round is left but the backlog."""
    for job in LIVE:
        forget(settings, naming.group(job, CLICKS))
    empty(settings, [f"{layer}.{CLICKS}" for layer in OUTPUTS])
    for layer in ("bronze", "silver"):
        drop_table(settings, open_catalog(settings), naming.lake_table(layer, CLICKS))


def wait_until_committed(settings: Settings) -> None:
    """Until a checkpoint of the lake job covers all of raw, and all that refine has made of it."""
    offsets_of = OffsetReader(settings)
    raw = offsets_of.ends(offsets_of.places([RAW]))
    refine, lake = (naming.group(job, CLICKS) for job in LIVE)
    while not reached(raw, offsets_of.committed([refine])[refine]):
        time.sleep(POLL_S)
    silver = offsets_of.written_ends(offsets_of.places([f"silver.{CLICKS}"]))  # its transaction may just be ending
    while not reached(raw | silver, offsets_of.committed([lake])[lake]):
        time.sleep(POLL_S)


def offsets(settings: Settings) -> str:
    """All of raw, as ``--offsets`` takes it."""
    return ",".join(f"{number}:{low}-{high}" for number, (low, high) in topic_spans(settings, RAW).items())


def command(settings: Settings, *words: str, codes: Sequence[int] = (0,)) -> str:
    """What a command of Tidegate prints; another exit code than these ends the benchmark."""
    done = subprocess.run(
        [sys.executable, "-m", "tidegate", *words],
        env=child_environment(settings),
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode not in codes:
        sys.exit(f"error: `tidegate {' '.join(words)}` ended with {done.returncode}: {done.stdout}")
    return done.stdout


def job_seconds(settings: Settings, job_id: str) -> float:
    """From when the source of a job that has ended ran to when the last of its tasks had ended."""
    vertices = asked(settings, f"/jobs/{job_id}")["vertices"]
    times = [
        subtask["timestamps"]
        for vertex in vertices
        for subtask in asked(settings, f"/jobs/{job_id}/vertices/{vertex['id']}/subtasktimes")["subtasks"]
    ]
    return float(max(each["FINISHED"] for each in times) - min(each["RUNNING"] for each in times)) / 1000


def asked(settings: Settings, path: str) -> Any:
    """Of Flink's REST API."""
    return httpx.get(f"{settings.flink_rest_url}{path}", timeout=10).raise_for_status().json()


def rates(events: int, seconds: float, before: dict[str, float], after: dict[str, float]) -> Rates:
    """Of so many raw records between two readings of the CPU."""
    used = since(before, after)
    return Rates(events / seconds, events / sum(used[name] for name in WORKERS))


def line(one: Round) -> str:
    """One round, as it ends."""
    return (
        f"live {one.live.per_s:,.0f}/s, replay {one.command.per_s:,.0f}/s, "
        f"its job {one.job_per_s:,.0f}/s ({one.job_per_s / one.live.per_s:.2f} times live)"
    )


def report(rounds: Sequence[Round], events: int) -> str:
    """Each way, and how much faster the replay was: the median of the rounds, each held against its own."""
    ratios = {
        "the replay's job": [each.job_per_s / each.live.per_s for each in rounds],
        "the whole command": [each.command.per_s / each.live.per_s for each in rounds],
    }
    return "\n".join(
        [
            f"{events:,} raw records, {len(rounds)} rounds:",
            f"  live, refine and lake: {spread([each.live.per_s for each in rounds])} events/s, "
            f"{spread([each.live.per_cpu_s for each in rounds])} per CPU-second of the TaskManager",
            f"  replay into the lake: {spread([each.command.per_s for each in rounds])} events/s, "
            f"{spread([each.command.per_cpu_s for each in rounds])} per CPU-second of the TaskManager; "
            f"its Flink job {spread([each.job_per_s for each in rounds])} events/s",
            *(
                f"  {name}: {statistics.median(some):.2f} ({min(some):.2f}–{max(some):.2f}) times the live rate"
                for name, some in ratios.items()
            ),
        ]
    )


if __name__ == "__main__":
    main()
