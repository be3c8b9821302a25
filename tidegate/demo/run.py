"""A whole demo: everything up, traffic watched, the proof, three questions, the report, everything down."""

import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import psutil
from rich.console import Console

from tidegate.contracts.dataset import Stream
from tidegate.contracts.load import load_stream
from tidegate.demo import flow, prepare, queries, traffic
from tidegate.demo.options import DATASET, DemoOptions
from tidegate.demo.phases import Phases
from tidegate.demo.queries import Answer
from tidegate.demo.repair import repair
from tidegate.demo.report import Comparison, Measured, as_json, compare, write
from tidegate.demo.view import View
from tidegate.demo.watched import Watched
from tidegate.jobs.stop import stop
from tidegate.measure.memory import SAMPLE_EVERY_S, MemoryWatch
from tidegate.measure.percentiles import percentiles
from tidegate.measure.repeating import Repeating
from tidegate.proof.reconcile import Scope, prove
from tidegate.proof.report import ProofReport
from tidegate.settings import Settings
from tidegate.stack import local
from tidegate.stack.supervisor import is_running


@dataclass(frozen=True, slots=True)
class Result:
    """What a demo found, where its report is, and the settings that name its servers."""

    proof: ProofReport
    comparison: Comparison
    measured: Measured
    answers: list[Answer]
    report: Path
    settings: Settings

    @property
    def ok(self) -> bool:
        """The proof holds, and what the producer expected came true."""
        return self.proof.holds and self.comparison.agrees


class Demo:
    """One run of it; ``options`` say what is sent and whether the stack in ``settings.home`` stays."""

    def __init__(self, settings: Settings, options: DemoOptions, console: Console) -> None:
        self._settings = settings
        self._options = options
        self._console = console
        self._phases = Phases(console)
        self._up = settings
        self._started_jobs: tuple[str, ...] = ()

    def run(self) -> Result:
        """Runs everything and takes down what it has started, unless that is to be kept; not a stack that ran before.

        Raises:
            TidegateError: a phase failed. KeyboardInterrupt: stopped by Ctrl-C or TERM; all is taken down then, too.
        """
        ran_before = is_running(self._settings.home)
        with _term_interrupts():
            try:
                result, report = self._run()
            finally:
                if ran_before:
                    self._leave_running()
                elif not self._options.keep:
                    self._down()
        write(result.report, {**report, "seconds": self._phases.seconds})
        return result

    def _run(self) -> tuple[Result, dict[str, Any]]:
        settings = self._up = prepare.start_stack(self._settings, self._options, self._phases, self._console)
        memory = MemoryWatch(settings.home)
        with Repeating(memory.sample, SAMPLE_EVERY_S):
            prepare.prepare(settings, self._phases)
            self._started_jobs = prepare.start_jobs(settings, self._phases)
            dataset = load_stream(settings.schemas_dir, DATASET)
            watched = Watched(settings, dataset, View(self._console))
            summary = self._flow(settings, watched, memory)
            proof, of_this_run = self._prove(settings, watched)
            answers = self._ask(settings, dataset, proof, watched)
        comparison = compare(summary, of_this_run, watched.seen.dead_letters)
        measured = Measured(
            rate_achieved=summary["rate_per_s"],
            committed=percentiles(watched.seen.committed_ms),
            searchable=percentiles(watched.found.latencies_ms),
            not_found=watched.not_found,
            first_searchable_s=_since_start(watched.found.first_at_s),
            peak_rss_mb=memory.peak_rss_mb(),
        )
        result = Result(proof, comparison, measured, answers, settings.home / "demo" / "report.json", settings)
        report = as_json(proof, comparison, measured, [answer.as_json() for answer in answers])
        return result, {**report, "producer": summary}

    def _flow(self, settings: Settings, watched: Watched, memory: MemoryWatch) -> dict[str, Any]:
        with watched, ExitStack() as stack:
            producer = traffic.start(settings, self._options)
            stack.callback(producer.stop)
            memory.producer_pid = producer.pid
            summary = flow.send(watched, producer, self._options, self._phases)
            flow.refined(watched.read, self._phases)
            watched.leave_out_markers(repair(settings, self._phases))
            flow.drain(watched.read, self._phases)
        return summary

    def _prove(self, settings: Settings, watched: Watched) -> tuple[ProofReport, ProofReport]:
        """The proof of all that is in the topics, and of this run's events, which may be the same."""
        with self._phases.phase("proof", "reading topics, lake and index") as note:
            whole = prove(settings, DATASET)
            this_run = whole
            if any(watched.raw_before.values()):
                first, last = (
                    ",".join(f"{partition}:{offset}" for partition, offset in sorted(ends.items()))
                    for ends in (watched.raw_before, watched.raw_ends)
                )
                this_run = prove(settings, DATASET, Scope(start=first, end=last, lake=False, index=False))
            note.text = "holds" if whole.holds else "[red]does not hold[/]"
        return whole, this_run

    def _ask(self, settings: Settings, dataset: Stream, proof: ProofReport, watched: Watched) -> list[Answer]:
        with self._phases.phase("queries", "asking search and lake") as note:
            generated = self._options.input is None
            search = queries.largest_purchases if generated else queries.busiest_days
            lake = queries.revenue_by_category if generated else queries.popular_pages
            letters = queries.dead_letters(proof.dead_letters, watched.seen.examples)
            answers = [search(settings, dataset), lake(settings, dataset), letters]
            note.text = "search, lake and dead letters answered"
        return answers

    def _leave_running(self) -> None:
        """The stack, and the jobs that ran on it; those of the demo end, but for what is to be kept."""
        jobs = () if self._options.keep else self._started_jobs
        with self._phases.phase("down", "stopping the jobs of the demo") as note:
            for job in jobs:
                stop(self._up, job, savepoint=True)
            stopped = f"; {', '.join(jobs)} stopped" if jobs else ""
            note.text = f"the stack in {self._settings.home} ran before and is left running{stopped}"

    def _down(self) -> None:
        with self._phases.phase("down", "stopping the stack") as note:
            stopped = local.down(self._settings)
            note.text = f"{len(stopped)} servers stopped"


def _since_start(at_s: float | None) -> float | None:
    """Seconds from the start of this process, the command, to a moment."""
    return None if at_s is None else round(at_s - psutil.Process().create_time(), 1)


@contextmanager
def _term_interrupts() -> Iterator[None]:
    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
