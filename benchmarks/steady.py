"""Whether all jobs keep up with a steady load: ``python -m benchmarks.steady --rate 10000 --seconds 600``.

The stack must be up with contracts, templates and products, and no job may run. The rate is that of all datasets
together, in the shares of ``SHARES``; with ``--dataset`` it is that of one alone. Lag is what a job has not yet shown:
of refine the raw events not yet decided on in a commit, of index, metrics and lake what their checkpoints have not
passed. It rises and falls with the checkpoints, so that flat means: the highest of each minute stays the same.
"""

import argparse
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import ExitStack

from benchmarks.measure import cpu_seconds, since
from tidegate.contracts.load import load_stream
from tidegate.job_names import NAMES
from tidegate.jobs.plan_start import Start
from tidegate.jobs.start import start
from tidegate.jobs.stop import stop_jobs
from tidegate.measure.child import Child
from tidegate.measure.lag import LagReader
from tidegate.measure.meter import Meter
from tidegate.measure.percentiles import percentiles
from tidegate.settings import Settings, get_settings

SHARES = {"clicks": 0.7, "app_logs": 0.2, "orders": 0.1}
MIX = ("--bad-ratio", "0.01", "--duplicate-ratio", "0.01", "--late-ratio", "0.01")
READ_EVERY_S = 1.0
WARM_UP_S = 240.0


def main() -> None:
    """Parses, sends, watches, prints."""
    parser = argparse.ArgumentParser(prog="steady")
    parser.add_argument("--rate", type=float, default=10_000, help="events per second, all datasets together")
    parser.add_argument("--seconds", type=float, default=600, help="after the warm-up")
    parser.add_argument("--warm-up", type=float, default=WARM_UP_S, help="seconds at half the rate, not counted")
    parser.add_argument("--dataset", choices=list(SHARES), help="only this one")
    options = parser.parse_args()
    settings = get_settings()
    shares = {options.dataset: 1.0} if options.dataset else SHARES
    start(settings, Start(NAMES, tuple(shares), "none"))
    try:
        rates = {name: options.rate * share for name, share in shares.items()}
        print(steady(settings, rates, options.seconds, options.warm_up))
    finally:
        stop_jobs(settings, NAMES, savepoint=False)


def steady(settings: Settings, rates: dict[str, float], seconds: float, warm_up_s: float) -> str:
    """The table of one run. A warm-up at half the rates goes before; nothing of it is counted.

    It takes minutes, not seconds, until the JVMs have compiled what is hot: in its third minute OpenSearch still spends
    a quarter of its CPU on that.
    """
    datasets = [load_stream(settings.schemas_dir, name) for name in rates]
    lags = [LagReader(settings, dataset.contract) for dataset in datasets]
    highest: dict[str, dict[int, int]] = {job: defaultdict(int) for job in NAMES}
    with ExitStack() as stack:
        meters = [stack.enter_context(Meter(settings, dataset)) for dataset in datasets]
        for _ in readings(settings, {name: rate / 2 for name, rate in rates.items()}, warm_up_s):
            pass
        first = events_in(lags)
        began_s, before, own = time.monotonic(), cpu_seconds(settings), time.process_time()
        warm = [(len(meter.seen.committed_ms), len(meter.found.latencies_ms)) for meter in meters]
        for _ in readings(settings, rates, seconds):
            for meter in meters:
                meter.check()
            produced = events_in(lags) - first
            minute = int((time.monotonic() - began_s) / 60)
            for job, records in behind(lags, meters).items():
                highest[job][minute] = max(highest[job][minute], records)
        took_s = time.monotonic() - began_s
        used = since(before, cpu_seconds(settings)) | {"this benchmark": time.process_time() - own}
        latencies = [
            f"{name}: committed {percentiles(meter.seen.committed_ms[committed:]).text()}; "
            f"searchable {percentiles(meter.found.latencies_ms[searchable:]).text()}"
            for name, meter, (committed, searchable) in zip(rates, meters, warm, strict=True)
        ]
    return "\n".join(
        [
            f"steady {sum(rates.values()):,.0f}/s of {', '.join(rates)}; {', '.join(NAMES)} together: "
            f"{produced:,} events in {took_s:.0f} s, {produced / took_s:,.0f}/s",
            *(f"highest lag of {job} by minute: {by_minute(minutes)}" for job, minutes in highest.items()),
            *latencies,
            "CPU cores used: " + ", ".join(f"{name} {cpu_s / took_s:.2f}" for name, cpu_s in used.items()),
        ]
    )


def events_in(lags: Iterable[LagReader]) -> int:
    """Raw records of all datasets, ever: raw topics have no transactions, so their offsets have no gaps."""
    return sum(sum(lag.raw_ends().values()) for lag in lags)


def behind(lags: Iterable[LagReader], meters: Iterable[Meter]) -> Counter[str]:
    """Records by job that it has not yet shown, over all its datasets."""
    records: Counter[str] = Counter()
    for lag, meter in zip(lags, meters, strict=True):
        records.update(lag.lags(lag.raw_ends(), dict(meter.seen.silver_next)))
    return records


def by_minute(highest: dict[int, int]) -> str:
    """One number per minute."""
    return ", ".join(f"{lag:,}" for lag in highest.values())


def readings(settings: Settings, rates: dict[str, float], seconds: float) -> Iterator[None]:
    """Sends all datasets, and gives the word once a second until all is sent."""
    with ExitStack() as stack:
        producers = []
        for name, rate_per_s in rates.items():
            pace = ("--rate", f"{rate_per_s:g}", "--seconds", f"{seconds:g}")
            log = settings.home / "logs" / f"steady-{name}.log"
            producers.append(Child(settings, log, "produce", name, *pace, *MIX))
            stack.callback(producers[-1].stop)
        while any(producer.running() for producer in producers):
            time.sleep(READ_EVERY_S)
            yield
        for producer in producers:
            producer.result()


if __name__ == "__main__":
    main()
