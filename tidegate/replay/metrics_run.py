"""Runs a replay into the metrics: one batch writes every figure of its days, and no other figure is left."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from tidegate.clients.audit import audited, new_action
from tidegate.clients.flink import FlinkClient
from tidegate.clients.gold import Figure, end_what_is_open, gold_ends, gold_figures, keys_of, take_away
from tidegate.clients.opensearch import SearchClient
from tidegate.clock import now_ms
from tidegate.contracts.dataset import Metric, Stream
from tidegate.contracts.load import load_stream
from tidegate.jobs.flink_run import JOBS_FOLDER
from tidegate.replay.metrics_plan import refuse_what_is_open
from tidegate.replay.range_plan import RangePlan
from tidegate.replay.run import begin, require_finished, wait_until_ended, wait_until_gone
from tidegate.replay.store import DONE, WRITING, Status, plan_file, status_to_go_on, store_status
from tidegate.settings import Settings

PROGRAM = "replay_metrics.py"
Ends = Mapping[str, Mapping[int, int]]
"""By metric, the end of each partition of its topic."""


def run_metrics(settings: Settings, plan: RangePlan, actor: str) -> Status:
    """A run that was cut short is made again from its beginning: it ends with the same figures.

    Raises:
        TidegateError: the plan has ended, its days are not closed any more, or the job failed.
        TransientError: a server does not answer; run it again.
    """
    status = status_to_go_on(settings, plan.plan_id)
    stream = load_stream(settings.schemas_dir, plan.dataset)
    refuse_what_is_open(settings, stream, datetime.fromtimestamp(plan.times_ms[1] / 1000, UTC))
    action = new_action("replay", plan.dataset, actor, plan_id=plan.plan_id, detail=f"into metrics: {plan.asked}")
    with audited(settings, action) as counts:
        _end_what_was_begun(settings, plan, stream)
        before = {metric.name: gold_ends(settings, metric) for metric in stream.metrics}
        status = _count(settings, plan, replace(status, state=WRITING, started_at=now_ms()))
        removed = sum(_without_the_others(settings, plan, metric, before[metric.name]) for metric in stream.metrics)
        written, left = _looked_at(settings, plan, stream, before)
        counts.update(written=written, removed=removed)
    text = (
        f"{written:,} figures of {len(stream.metrics)} metrics are counted from {plan.events:,} rows of the lake; "
        f"{removed:,} that have no row any more were removed."
    )
    if left:
        text += f" {left:,} have been written by somebody else meanwhile: run a new plan."
    ended = replace(status, state=DONE, ended_at=now_ms(), proof=text, proof_holds=not left)
    return store_status(settings, plan.plan_id, ended)


def not_written(figures: list[Figure], before: Mapping[int, int]) -> list[Figure]:
    """Those of keys that lie before the ends in every partition: the batch has no row of them."""
    written = {figure.key for figure in figures if figure.offset >= before.get(figure.partition, 0)}
    return [figure for figure in figures if figure.key not in written]


def query_of(metric: Metric, figure: Figure) -> dict[str, object]:
    """The document of a key, by its columns."""
    return {"bool": {"filter": [{"term": {name: figure.columns[name]}} for name in metric.key]}}


def _end_what_was_begun(settings: Settings, plan: RangePlan, stream: Stream) -> None:
    """By a run of the plan that was killed: its batch, and what it was taking away."""
    client = FlinkClient(settings)
    for job in client.jobs():
        if job.live and job.name == plan.job_name:
            client.cancel(job.job_id)
            wait_until_gone(client, job.job_id)
    for metric in stream.metrics:
        end_what_is_open(settings, metric)


def _count(settings: Settings, plan: RangePlan, status: Status) -> Status:
    client = FlinkClient(settings)
    store_status(settings, plan.plan_id, status)
    file = str(plan_file(settings, plan.plan_id))
    job = begin(settings, client, plan.job_name, [str(JOBS_FOLDER / PROGRAM), "--plan", file])
    status = store_status(settings, plan.plan_id, replace(status, job_id=job.job_id))
    require_finished(
        client,
        wait_until_ended(client, job.job_id, begun=client.begun),
        "the job of the replay",
        remedy=f"See `tidegate logs taskmanager`; `tidegate replay run {plan.plan_id}` counts these days once more.",
    )
    return replace(status, written_at=now_ms())


def _without_the_others(settings: Settings, plan: RangePlan, metric: Metric, before: Mapping[int, int]) -> int:
    others = not_written(gold_figures(settings, metric, plan.times_ms), before)
    if others:
        # Before the tombstones: whoever is killed between has both to do again, and finds the keys in the topic.
        search = SearchClient(settings)
        search.refresh(metric.index)
        for figure in others:
            search.delete_where(metric.index, query_of(metric, figure))
        take_away(settings, metric, others)
    return keys_of(others)


def _looked_at(settings: Settings, plan: RangePlan, stream: Stream, before: Ends) -> tuple[int, int]:
    """How many figures are there, and how many of them the batch has not written."""
    found = {metric.name: gold_figures(settings, metric, plan.times_ms) for metric in stream.metrics}
    left = sum(keys_of(not_written(figures, before[name])) for name, figures in found.items())
    return sum(map(keys_of, found.values())), left
