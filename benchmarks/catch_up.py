"""How fast a job works off a backlog: ``python -m benchmarks.catch_up refine --events 2000000 --runs 3``.

The stack must be up with contracts and products (``tidegate up``, ``contract register --all``, ``load products
--sample``, ``index apply``). The backlog is made once; every run starts without state and ends when a checkpoint
covers all of it, so a run includes the JVM's warm-up, every commit, and up to one checkpoint interval of waiting.
Every refine run empties its output topics first: use a throw-away stack. ``--at-least-once`` runs refine without
transactions, for comparison.
"""

import argparse
import subprocess
import sys
import time
from datetime import UTC, datetime

from confluent_kafka import TopicPartition
from confluent_kafka.admin import AdminClient

from benchmarks.measure import Run, cpu_seconds, report, since
from tidegate import job_names
from tidegate.clients import connection
from tidegate.clients.kafka_offsets import OffsetReader, Spans, reached, topic_spans
from tidegate.clients.opensearch import connect
from tidegate.contracts import naming
from tidegate.jobs.flink_run import submit
from tidegate.jobs.plan_start import Start
from tidegate.jobs.start import start
from tidegate.jobs.stop import stop_jobs
from tidegate.settings import Settings, get_settings

WORKERS = ("taskmanager",)
READS = {job.name: job.reads for job in job_names.JOBS}
CLICKS = "clicks"
AT_LEAST_ONCE = "benchmarks/jobs/refine_at_least_once.py"
OUTPUTS = ("silver", "dlq", "dropped")

LAKE_CHECKPOINT_INTERVAL_S = 10.0
"""The job's own minute, chosen for the size of its files, would be most of a run."""
METRICS_SINCE = datetime(2000, 1, 1, tzinfo=UTC)
"""The refine runs have emptied silver of today, whose metrics the job would leave alone otherwise."""


def main() -> None:
    """Parses, fills, measures, prints."""
    parser = argparse.ArgumentParser(prog="catch_up")
    parser.add_argument("job", choices=list(READS))
    parser.add_argument("--events", type=int, default=2_000_000, help="backlog wanted in raw.clicks")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--parallelism", type=int, help="in place of the settings'")
    parser.add_argument("--at-least-once", action="store_true", help="refine only: without transactions")
    options = parser.parse_args()
    if options.at_least_once and options.job != job_names.REFINE:
        parser.error("--at-least-once goes with refine only")
    settings = measured(get_settings(), options.parallelism)
    fill(settings, options.events)
    if lacking := [topic for topic in topics(options.job) if not total(topic_spans(settings, topic))]:
        parser.error(f"{', '.join(lacking)} has no records. Run `python -m benchmarks.catch_up refine` first.")
    job_file = AT_LEAST_ONCE if options.at_least_once else ""
    runs = [catch_up(settings, options.job, job_file) for _ in range(options.runs)]
    guarantee = ", at least once" if options.at_least_once else ""
    print(report(f"{options.job} catch-up, parallelism {settings.parallelism}{guarantee}", runs, WORKERS))


def topics(job: str, dataset: str = CLICKS) -> list[str]:
    """Those that the job reads."""
    return [f"{layer}.{dataset}" for layer in READS[job]]


def measured(settings: Settings, parallelism: int | None) -> Settings:
    """The settings with what a measurement needs otherwise, as far as they don't say it themselves."""
    wanted = {"lake_checkpoint_interval_s": LAKE_CHECKPOINT_INTERVAL_S, "metrics_since": METRICS_SINCE}
    changes: dict[str, object] = {
        name: value for name, value in wanted.items() if name not in settings.model_fields_set
    }
    return settings.model_copy(update=changes | ({"parallelism": parallelism} if parallelism else {}))


def fill(settings: Settings, events: int) -> None:
    """Sends what is missing of the backlog: clicks with 1 % each of bad, duplicate and late ones."""
    missing = events - total(topic_spans(settings, "raw.clicks"))
    if missing > 0:
        ratios = [part for name in ("bad", "duplicate", "late") for part in (f"--{name}-ratio", "0.01")]
        command = [sys.executable, "-m", "tidegate", "produce", "clicks", "--rate", "0", "--count", str(missing)]
        subprocess.run([*command, *ratios, "--seed", "1"], check=True, stdout=subprocess.DEVNULL)


def catch_up(settings: Settings, job: str, job_file: str = "", dataset: str = CLICKS) -> Run:
    """One run from no state to the end of the backlog; ``job_file`` is submitted in place of the job's own."""
    spans = {topic: topic_spans(settings, topic) for topic in topics(job, dataset)}
    group = naming.group(job, dataset)
    forget(settings, group)
    match job:
        case job_names.REFINE:  # else the next job's backlog would hold each event as often as there were runs
            empty(settings, [f"{layer}.{dataset}" for layer in OUTPUTS])
        case job_names.INDEX:  # writing a document that is there already costs more
            connect(settings).indices.delete(index=naming.all_indices(naming.events_alias("clicks")))
    if job_file:
        submit(settings, job, [job_file, "--recover-from", "none", "--dataset", dataset])
    start(settings, Start((job,), (dataset,), "none", leave_running=bool(job_file)))
    began, before = time.monotonic(), cpu_seconds(settings)
    ends = {(topic, number): end for topic, span in spans.items() for number, (_, end) in span.items()}
    offsets = OffsetReader(settings)
    while not reached(ends, offsets.committed([group])[group]):  # Flink commits offsets at each checkpoint
        time.sleep(0.1)
    seconds, used = time.monotonic() - began, since(before, cpu_seconds(settings))
    stop_jobs(settings, [job], savepoint=False)
    return Run(sum(total(partitions) for partitions in spans.values()), seconds, used)


def forget(settings: Settings, group: str) -> None:
    """Deletes the group's offsets, so that only this run's are seen."""
    admin = AdminClient(connection.kafka(settings))
    if group in {known.group_id for known in admin.list_consumer_groups().result().valid}:
        admin.delete_consumer_groups([group])[group].result()


def empty(settings: Settings, topics: list[str]) -> None:
    """Deletes all records of the topics."""
    admin = AdminClient(connection.kafka(settings))  # named: its answers never come once it is collected
    for topic in topics:
        ends = [TopicPartition(topic, number, end) for number, (_, end) in topic_spans(settings, topic).items()]
        for future in admin.delete_records(ends).values():
            future.result()


def total(spans: Spans) -> int:
    """Offsets of all partitions together."""
    return sum(end - start for start, end in spans.values())


if __name__ == "__main__":
    main()
