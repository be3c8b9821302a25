"""Proves a dataset: reads the topics, judges them, then holds the lake and the index against them.

On a live stream: the end of the raw topic is taken once, at the start, so the proof is about a fixed set of events.
The outputs may not have them all yet. So while something is missing and ``wait_s`` has not run out, new output is read
and the verdict is made again. When time has run out, what is still missing is missing; the report says how much of it
lies beyond all that refine has written (``behind``).
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from tidegate.clients.kafka_offsets import offsets_at, topic_spans
from tidegate.contracts.dataset import Reference, Stream
from tidegate.contracts.load import load_dataset
from tidegate.contracts.naming import lake_table
from tidegate.errors import TidegateError
from tidegate.proof.catch_up import judge_when_caught_up
from tidegate.proof.index_reader import IndexSource
from tidegate.proof.lake_reader import LakeSource
from tidegate.proof.layers import LayerEvidence, LayerSource
from tidegate.proof.report import LayerVerdict, ProofReport
from tidegate.proof.rows import Difference, Rows
from tidegate.proof.topics import TopicEvidence
from tidegate.proof.verdict import PartitionVerdict
from tidegate.proof.window import Window, raw_windows
from tidegate.proof.workers import Workers, peak_rss_mb
from tidegate.search.mapping import alias
from tidegate.settings import Settings

SPARE_WAIT_S = 30.0
MANY_EVENTS = 400_000


@dataclass(frozen=True, slots=True)
class Scope:
    """What to prove: a window of raw offsets (see ``window.raw_windows``), and which layers behind the topics.

    ``wait_s``: how long jobs may take to catch up; None: the longest checkpoint interval and half a minute.
    ``workers``: reading processes; None: this process alone, two for many events.
    """

    start: str | None = None
    end: str | None = None
    lake: bool = True
    index: bool = True
    wait_s: float | None = None
    workers: int | None = None


def prove(settings: Settings, dataset_name: str, scope: Scope | None = None) -> ProofReport:
    """The proof of one dataset; takes as long as reading its topics, and up to ``wait_s`` for late jobs.

    Raises:
        TidegateError: no such dataset, a server does not answer, or a record in an output is not of our making.
    """
    scope = scope or Scope()
    started_s = time.monotonic()
    dataset = load_dataset(settings.schemas_dir, dataset_name)
    if isinstance(dataset, Reference):
        raise TidegateError(f"{dataset_name} is reference data.", remedy="Prove a stream, such as clicks.")
    deadline_s = started_s + (default_wait_s(settings) if scope.wait_s is None else scope.wait_s)
    contract = dataset.contract
    windows = _raw_windows(settings, contract.topic.name, scope)
    many = sum(window.end - window.start for window in windows) >= MANY_EVENTS
    with Workers(scope.workers or (2 if many else 1)) as workers:
        evidence = TopicEvidence(settings, dataset, windows, workers)
        partitions = judge_when_caught_up(evidence, _differences, deadline_s)
        topics_peak_mb = workers.peak_rss_mb()

    def windows_now() -> list[Window]:
        evidence.refresh_ends()
        return evidence.windows

    layers = [
        judge_when_caught_up(LayerEvidence(source, expected, windows_now), _differences_of_layer, deadline_s)
        for source, expected in _sources(settings, dataset, scope, evidence)
    ]
    return ProofReport(
        dataset=dataset_name,
        partitions=tuple(partitions),
        layers=tuple(layers),
        dead_letters=evidence.dead_letters(),
        seconds=time.monotonic() - started_s,
        peak_rss_mb=max(topics_peak_mb, peak_rss_mb()),
    )


def default_wait_s(settings: Settings) -> float:
    """How long a job may need to show what it has read."""
    longest_s = max(
        settings.refine_checkpoint_interval_s,
        settings.index_checkpoint_interval_s,
        settings.lake_checkpoint_interval_s,
    )
    return longest_s + SPARE_WAIT_S


def _raw_windows(settings: Settings, topic: str, scope: Scope) -> list[Window]:
    spans = topic_spans(settings, topic)
    if not spans:
        raise TidegateError(f"there is no topic {topic}.", remedy="Run `tidegate contract register --all`.")
    return raw_windows(spans, scope.start, scope.end, partial(offsets_at, settings, topic))


def _sources(
    settings: Settings, dataset: Stream, scope: Scope, evidence: TopicEvidence
) -> list[tuple[LayerSource, Rows]]:
    sources: list[tuple[LayerSource, Rows]] = []
    if scope.lake:
        bronze = LakeSource(settings, "lake_bronze", lake_table("bronze", dataset.name), ())
        silver = LakeSource(settings, "lake_silver", lake_table("silver", dataset.name), dataset.contract.row_identity)
        sources += [(bronze, evidence.raw.places()), (silver, evidence.outputs.silver)]
    if scope.index and dataset.contract.index is not None:
        index = IndexSource(settings, alias(dataset.contract))
        sources.append((index, evidence.silver_expected_in_index()))
    return sources


def _differences(partitions: list[PartitionVerdict]) -> Iterable[Difference]:
    return (verdict.difference for verdict in partitions)


def _differences_of_layer(verdict: LayerVerdict) -> Iterable[Difference]:
    return verdict.differences.values()
