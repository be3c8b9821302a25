"""Whether all jobs keep up with a steady load: ``python -m benchmarks.steady --rate 10000 --seconds 300``.

The stack must be up with contracts, templates and products, and no job may run. Lag is what a job has not yet shown:
of refine the raw events not yet decided on in a commit, of index and lake what their checkpoints have not passed. It
rises and falls with the checkpoints, so that flat means: the highest of each minute stays the same.
"""

import argparse
import time
from collections import defaultdict
from collections.abc import Iterator

from rich.console import Console

from benchmarks.measure import cpu_seconds, since
from tidegate.contracts.load import load_dataset
from tidegate.demo import traffic
from tidegate.demo.latency import percentiles
from tidegate.demo.options import DATASET, JOBS, DemoOptions
from tidegate.demo.view import Moment, View
from tidegate.demo.watched import Watched
from tidegate.jobs import Start, start, stop
from tidegate.settings import get_settings

READ_EVERY_S = 1.0
WARM_UP_S = 90.0


def main() -> None:
    """Parses, sends, watches, prints."""
    parser = argparse.ArgumentParser(prog="steady")
    parser.add_argument("--rate", type=float, default=10_000, help="events per second")
    parser.add_argument("--seconds", type=float, default=300, help="after the warm-up")
    options = parser.parse_args()
    settings = get_settings()
    start(settings, Start(JOBS, (DATASET,), "none"))
    try:
        print(steady(options.rate, options.seconds))
    finally:
        for job in JOBS:
            stop(settings, job, savepoint=False)


def steady(rate_per_s: float, seconds: float) -> str:
    """The table of one run. A warm-up at half the rate goes before; nothing of it is counted."""
    settings = get_settings()
    watched = Watched(settings, load_dataset(settings.schemas_dir, DATASET), View(Console(quiet=True)))
    lags: dict[str, dict[int, int]] = {job: defaultdict(int) for job in JOBS}
    with watched:
        for _ in readings(watched, rate_per_s / 2, WARM_UP_S):
            pass
        first = watched.read("warm")
        began_s, before, own = time.monotonic(), cpu_seconds(settings), time.process_time()
        committed, searchable = len(watched.seen.committed_ms), len(watched.probe.found.latencies_ms)
        for moment in readings(watched, rate_per_s, seconds):
            for job, lag in moment.lags.items():
                minute = int((time.monotonic() - began_s) / 60)
                lags[job][minute] = max(lags[job][minute], lag)
        took_s = time.monotonic() - began_s
        used = since(before, cpu_seconds(settings)) | {"this benchmark": time.process_time() - own}
        events = moment.produced - first.produced
    return "\n".join(
        [
            f"steady {rate_per_s:,.0f}/s, {', '.join(JOBS)} together: {events:,} events in {took_s:.0f} s, "
            f"{events / took_s:,.0f}/s",
            *(f"highest lag of {job} by minute: {by_minute(highest)}" for job, highest in lags.items()),
            f"committed {percentiles(watched.seen.committed_ms[committed:]).text()}; "
            f"searchable {percentiles(watched.probe.found.latencies_ms[searchable:]).text()}",
            "CPU cores used: " + ", ".join(f"{name} {cpu_s / took_s:.2f}" for name, cpu_s in used.items()),
        ]
    )


def by_minute(highest: dict[int, int]) -> str:
    """One number per minute."""
    return ", ".join(f"{lag:,}" for lag in highest.values())


def readings(watched: Watched, rate_per_s: float, seconds: float) -> Iterator[Moment]:
    """Sends, and reads once a second until all is sent."""
    producer = traffic.start(DemoOptions(seconds=seconds, rate_per_s=rate_per_s), get_settings().home)
    try:
        while producer.running():
            time.sleep(READ_EVERY_S)
            yield watched.read("steady")
    finally:
        producer.stop()
    producer.result()


if __name__ == "__main__":
    main()
