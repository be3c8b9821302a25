"""What a function costs per event: ``python -m benchmarks.functions --events 1000000 --runs 1``.

The stack must be up with contracts and products, and nothing else may run. The same job reads decoded clicks and throws
results away: without an expression, with SQL, with a Java function, with the vectorised Python function and with one
that is called per event. Python parses the user agent in full, SQL and Java look for six marks. A run's time includes
the start of the workers; CPU time is of the TaskManager and its Python workers.
"""

import argparse
import json
import statistics
import time
from dataclasses import dataclass
from typing import Any

import httpx
import psutil

from benchmarks.catch_up import fill, total
from benchmarks.measure import cpu_seconds_of
from tidegate.clients import connection
from tidegate.clients.kafka_offsets import Spans, topic_spans
from tidegate.jobs.flink_run import submit
from tidegate.settings import Settings, get_settings
from tidegate.stack import local

VARIANTS = ("none", "sql", "java", "python_vectorised", "python_per_event")
TOPIC = "raw.clicks"
TIMEOUT_S = 300


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a variant; ``workers_mb`` is the most that its Python workers held together."""

    variant: str
    events: int
    seconds: float
    cpu_s: float
    workers_mb: int


def main() -> None:
    """Parses, fills, measures, prints a table and a line of JSON."""
    parser = argparse.ArgumentParser(prog="functions")
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=1)
    options = parser.parse_args()
    settings = get_settings()
    fill(settings, options.events)
    spans = first_events(settings, options.events)
    events = total(spans)
    measure(settings, "none", spans)  # warms the JVM; not counted
    runs = [measure(settings, variant, spans) for _ in range(options.runs) for variant in VARIANTS]
    facts = {variant: summary([run for run in runs if run.variant == variant]) for variant in VARIANTS}
    print(table(facts, events))
    print(json.dumps({"events": events, "runs": options.runs, "variants": facts}))


def first_events(settings: Settings, wanted: int) -> Spans:
    """The records that the runs read: of each partition as many, if it has them."""
    spans = topic_spans(settings, TOPIC)
    each = wanted // len(spans)
    return {partition: (start, min(start + each, end)) for partition, (start, end) in spans.items()}


def measure(settings: Settings, variant: str, spans: Spans) -> Run:
    """Submits the job of one variant by ``flink run`` and waits for its end."""
    task_manager = next(server for server in local.status(settings) if server.name == "taskmanager")
    process = psutil.Process(task_manager.pid)
    before, known = cpu_seconds_of(process), {job["jid"] for job in overview(settings)}
    submit(settings, "measure_function", ["benchmarks/jobs/measure_function.py", variant, json.dumps(spans)])
    workers_mb = 0
    deadline = time.monotonic() + TIMEOUT_S
    while time.monotonic() < deadline:
        workers = process.children(recursive=True)
        workers_mb = max(workers_mb, sum(rss_mb(worker) for worker in workers))
        [job] = [job for job in overview(settings) if job["jid"] not in known]
        if job["state"] == "FINISHED":
            return Run(variant, total(spans), job["duration"] / 1000, cpu_seconds_of(process) - before, workers_mb)
        if job["state"] in ("FAILED", "CANCELED"):
            break
        time.sleep(0.2)
    raise SystemExit(f"error: the job of {variant} did not finish; see `tidegate logs jobmanager`.")


def overview(settings: Settings) -> list[dict[str, Any]]:
    """All jobs as Flink lists them."""
    with httpx.Client(**connection.flink(settings)) as client:
        jobs: list[dict[str, Any]] = client.get("/jobs/overview").raise_for_status().json()["jobs"]
    return jobs


def rss_mb(process: psutil.Process) -> int:
    """Resident memory; 0 if the process has ended."""
    try:
        return int(process.memory_info().rss) // 2**20
    except psutil.NoSuchProcess:
        return 0


def summary(runs: list[Run]) -> dict[str, float]:
    """Medians of a variant's runs."""
    return {
        "events_per_s": round(statistics.median(run.events / run.seconds for run in runs)),
        "events_per_cpu_s": round(statistics.median(run.events / run.cpu_s for run in runs)),
        "cpu_us_per_event": round(statistics.median(run.cpu_s / run.events for run in runs) * 1e6, 1),
        "workers_mb": max(run.workers_mb for run in runs),
    }


def table(facts: dict[str, dict[str, float]], events: int) -> str:
    """The variants below each other; the expression's own cost is what it adds to ``none``."""
    base = facts["none"]["cpu_us_per_event"]
    lines = [
        f"functions ({events:,} events)".ljust(32) + "   events/s   per CPU-s   CPU µs/event   of it its own   workers"
    ]
    for variant, fact in facts.items():
        own = fact["cpu_us_per_event"] - base
        lines.append(
            f"{variant:<32}{fact['events_per_s']:>11,}{fact['events_per_cpu_s']:>12,}"
            f"{fact['cpu_us_per_event']:>15.1f}{own:>16.1f}{fact['workers_mb']:>7,} MB"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
