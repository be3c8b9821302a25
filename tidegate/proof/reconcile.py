"""Proves a dataset: reads the topics, judges them, then holds the lake and the index against them.

On a live stream: the end of the raw topic is taken once, at the start, so the proof is about a fixed set of events.
The outputs may not have them all yet. So while something is missing and ``wait_s`` has not run out, all of them are
looked at again and the verdict is made again. When time has run out, what is still missing is missing; the report says
how much of it lies beyond all that refine has written (``behind``), and what only an open transaction hides.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from tidegate.clients.kafka_offsets import offsets_at, topic_spans
from tidegate.contracts.dataset import Stream
from tidegate.contracts.load import load_stream
from tidegate.contracts.naming import lake_table
from tidegate.errors import TidegateError
from tidegate.proof.beginnings import Provable, provable
from tidegate.proof.catch_up import judge_when_caught_up
from tidegate.proof.index_reader import IndexSource
from tidegate.proof.lake_reader import LakeSource
from tidegate.proof.layers import LayerEvidence, LayerSource
from tidegate.proof.notes import (
    behind_open_transactions,
    expired,
    left_out,
    redriven,
    redriven_documents,
    replayed,
    replays_unknown,
    silver_dead_letters,
    unended,
    unknown_schemas,
)
from tidegate.proof.notes import taken as removed
from tidegate.proof.replayed_reader import ReplayedReader
from tidegate.proof.report import LayerVerdict, ProofReport
from tidegate.proof.taken import TakenReader
from tidegate.proof.topics import LayerByTopics, TopicEvidence
from tidegate.proof.verdict import PartitionVerdict
from tidegate.proof.window import Window, raw_windows, start_ms
from tidegate.proof.workers import Workers, peak_rss_mb
from tidegate.search.mapping import alias
from tidegate.settings import Settings

SPARE_WAIT_S = 30.0
MANY_EVENTS = 400_000
Judges = list[Callable[[], LayerVerdict | None]]


@dataclass(frozen=True, slots=True)
class Scope:
    """What to prove: a window of raw offsets (see ``window.raw_windows``), and which layers behind the topics.

    ``wait_s``: how long jobs may take to catch up; None: the longest checkpoint interval and half a minute.
    ``workers``: reading processes; None: this process alone, two for many events. ``trust_rule``: see
    ``retention.edge_of``.
    """

    start: str | None = None
    end: str | None = None
    lake: bool = True
    index: bool = True
    wait_s: float | None = None
    workers: int | None = None
    trust_rule: bool = True


def prove(settings: Settings, dataset_name: str, scope: Scope | None = None) -> ProofReport:
    """The proof of one dataset; takes as long as reading its topics, and up to ``wait_s`` for late jobs.

    Raises:
        TidegateError: no such dataset or window, a server does not answer, or retention has left nothing to prove.
    """
    scope = scope or Scope()
    started_s = time.monotonic()
    dataset = load_stream(settings.schemas_dir, dataset_name)
    since_ms = start_ms(scope.start)
    deadline_s = started_s + (default_wait_s(settings) if scope.wait_s is None else scope.wait_s)
    about = provable(settings, dataset, _raw_windows(settings, dataset.contract.topic.name, scope), scope.trust_rule)
    many = sum(window.end - window.start for window in about.windows) >= MANY_EVENTS
    with Workers(scope.workers or (2 if many else 1)) as workers:
        evidence = TopicEvidence(settings, dataset, about.windows, workers, about.beginnings)
        replays = ReplayedReader(settings, dataset, may_fail=not scope.lake)
        evidence.follow(replays)
        partitions, grown = judge_when_caught_up(evidence, _is_missing, deadline_s), evidence.grown
        by_topics: Judges = [evidence.judge_replays, partial(evidence.judge_ledger, since_ms)]
        for judge in by_topics:
            judge_when_caught_up(LayerByTopics(evidence, judge), _lacks, deadline_s)
        behind = [*_behind(settings, dataset, scope, evidence, deadline_s)]
        if _is_missing(partitions):
            evidence.extend()
            evidence.look_behind_open_transactions()
        if evidence.grown > grown:
            partitions = evidence.judge()
        made = [found for judge in by_topics if (found := judge()) is not None and not found.is_empty]
        peak_mb = max(workers.peak_rss_mb(), peak_rss_mb())
    return ProofReport(
        dataset=dataset_name,
        partitions=tuple(partitions),
        layers=(*made, *(verdict for verdict, _ in behind)),
        dead_letters=evidence.replayed.standing(evidence.letters).count(evidence.windows),
        seconds=time.monotonic() - started_s,
        peak_rss_mb=peak_mb,
        strangers=evidence.strangers(since_ms),
        doubtful=evidence.doubtful,
        notes=(
            *_notes(about, evidence, partitions),
            *replays_unknown(replays.failed),
            *unended(evidence.unended(since_ms)),
            *(note for _, notes in behind for note in notes),
        ),
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
    at = partial(offsets_at, settings, topic)
    return raw_windows(spans, scope.start, scope.end, at, datetime.now(UTC))


def _behind(
    settings: Settings, dataset: Stream, scope: Scope, evidence: TopicEvidence, deadline_s: float
) -> Iterator[tuple[LayerVerdict, list[str]]]:
    """The verdict on each layer behind the topics, and what it is not about."""
    taken = TakenReader(settings, dataset)
    for source in _sources(settings, dataset, scope):
        expected, of = partial(evidence.expected, source.name), partial(taken.of, source.name)
        layer = LayerEvidence(source, evidence, expected, of)
        verdict = judge_when_caught_up(layer, _lacks, deadline_s)
        yield verdict, [*removed(source.name, layer.left_out, taken.before(source.name))]


def _sources(settings: Settings, dataset: Stream, scope: Scope) -> Iterator[LayerSource]:
    if scope.lake:
        yield LakeSource(settings, "lake_bronze", lake_table("bronze", dataset.name), ())
        yield LakeSource(settings, "lake_silver", lake_table("silver", dataset.name), dataset.contract.row_identity)
    if scope.index and dataset.contract.index is not None:
        yield IndexSource(settings, alias(dataset.contract))


def _notes(about: Provable, evidence: TopicEvidence, partitions: list[PartitionVerdict]) -> Iterator[str]:
    yield from left_out(about.edge, about.left_out)
    yield from expired(sum(len(verdict.expired) for verdict in partitions))
    if any(len(verdict.undecided) for verdict in partitions):
        yield from behind_open_transactions(evidence.open_ends)
    yield from replayed(
        [each.plan_id for each in evidence.replayed.replays], sum(each.replayed_records for each in partitions)
    )
    yield from redriven(sum(each.copies for each in partitions), sum(each.discarded for each in partitions))
    yield from redriven_documents(len(evidence.redriven_documents))
    yield from silver_dead_letters(evidence.letters.count_of_silver())
    yield from unknown_schemas(evidence.doubtful)


def _lacks(verdict: LayerVerdict | None) -> bool:
    return verdict is not None and verdict.lacks


def _is_missing(partitions: list[PartitionVerdict]) -> bool:
    return any(len(verdict.difference.missing) for verdict in partitions)
