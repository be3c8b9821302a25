"""Finding what refine has lost for good: missing, although refine has gone past it and committed since."""

import time

import numpy as np

from tidegate.clients.flink import FlinkClient
from tidegate.clients.kafka_offsets import OffsetReader, topic_spans
from tidegate.contracts.load import load_stream
from tidegate.errors import TidegateError, TransientError
from tidegate.job_names import REFINE
from tidegate.jobs.live import live_jobs, of_dataset
from tidegate.jobs.silver_versions import refuse_if_unswitched
from tidegate.proof.reconcile import Scope, prove
from tidegate.proof.report import ProofReport
from tidegate.replay.elsewhere import layers_of, refuse_what_is_elsewhere
from tidegate.replay.plan import Plan
from tidegate.settings import Settings

POLL_S = 0.2


def find_missing(
    settings: Settings, dataset: str, wait_s: float | None = None, *, lake: bool = True, index: bool = True
) -> Plan:
    """The raw events of ``dataset`` that refine has read and none of its outputs has.

    A transaction that waits for its commit looks like a loss. So refine must run, and have a checkpoint from now on:
    by then all of its earlier transactions are committed or gone. ``lake``, ``index``: ask these too, whether they have
    rows of such events.

    Raises:
        TidegateError: refine does not run, or writes to another version of silver than the contract's; or it can't be
            told that an event is lost and nothing else.
        TransientError: no checkpoint in time.
    """
    stream = load_stream(settings.schemas_dir, dataset)
    refuse_if_unswitched(settings, stream.contract)
    end = _committed_positions(settings, dataset, stream.contract.topic.name)
    _wait_for_checkpoint(settings, dataset, max(60.0, 5 * settings.checkpoint_interval_s(REFINE)))
    bounds = ",".join(f"{partition}:{offset}" for partition, offset in end.items())
    report = prove(settings, dataset, Scope(end=bounds, lake=False, index=False, wait_s=wait_s, trust_rule=False))
    refuse_what_is_unsure(report)
    plan = Plan.of_missing(dataset, report.partitions)
    if plan.count:
        refuse_what_is_elsewhere(plan, layers_of(settings, stream, lake=lake, index=index))
    return plan


def refuse_what_is_unsure(report: ProofReport) -> None:
    """A replay writes without looking, so it must be sure that what it writes is nowhere.

    Raises:
        TidegateError: an open transaction may hold what is missing, silver has records that can't be read, or it has
            some rows of an event.
    """
    if report.undecided:
        open_ends = " ".join(note for note in report.notes if note.startswith("undecided"))
        raise TidegateError(
            f"{report.undecided:,} events of {report.dataset} are behind an open transaction: they are not lost yet.",
            remedy=f"Wait until it has ended, or end it; then ask again. {open_ends}",
        )
    if report.doubtful and report.faults("missing", "topics"):
        raise TidegateError(
            f"{report.doubtful:,} records of silver can't be read, since the registry does not know their schema: "
            "what is missing may be among them.",
            remedy="See that the registry has all its schemas; then ask again.",
        )
    torn = [
        f"{verdict.window.partition}:{offset}"
        for verdict in report.partitions
        for offset in np.setdiff1d(verdict.torn, verdict.replayed).tolist()  # of these no row is written
    ]
    if torn:
        raise TidegateError(
            f"of {len(torn):,} records silver has some rows and not all, the first at {torn[0]}.",
            remedy="A replay would double the rows that are there. Write silver again from raw.",
        )


def _committed_positions(settings: Settings, dataset: str, topic: str) -> dict[int, int]:
    """The next offset of every raw partition; where refine has committed none, its beginning."""
    starts = {partition: start for partition, (start, _) in topic_spans(settings, topic).items()}
    return starts | OffsetReader(settings).positions(REFINE, dataset).get(topic, {})


def _wait_for_checkpoint(settings: Settings, dataset: str, timeout_s: float) -> None:
    client = FlinkClient(settings)
    job = of_dataset(live_jobs(settings), REFINE, dataset)
    if job is None:
        raise TidegateError(
            f"refine does not run with {dataset}: what it wrote last may still be committed when it goes on.",
            remedy="Start it with `tidegate run refine`, then ask again.",
        )
    asked_ms = time.time() * 1000
    deadline_s = time.monotonic() + timeout_s
    while time.monotonic() < deadline_s:
        latest = client.checkpoints(job.job_id)["latest"]["completed"]
        if latest and latest["trigger_timestamp"] > asked_ms:
            return
        time.sleep(POLL_S)
    raise TransientError(
        f"refine has had no checkpoint for {timeout_s:.0f} s.", remedy="See `tidegate status`; then ask again."
    )
