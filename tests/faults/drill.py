"""A drill: traffic in the background, a fault in its midst, the time until all is normal again, and the proof."""

import os
import signal
import threading
import time
from dataclasses import dataclass

from confluent_kafka import KafkaException

from tests import polling
from tests.pipeline import Pipeline, prove_window
from tests.polling import wait_for
from tidegate.errors import TidegateError
from tidegate.job_names import JOBS
from tidegate.measure.child import Child
from tidegate.measure.lag import LagReader, behind
from tidegate.measure.memory import MemoryWatch

RATE = 2000
"""Less than half of what two cores carry: the backlog of an outage is worked off beside it."""
MIX = ("--bad-ratio", "0.01", "--duplicate-ratio", "0.1", "--late-ratio", "0.02")
LIMIT_S = 60.0
"""After the healing, lag must be normal again within this time."""
COLD_LIMIT_S = 180.0
"""Where the TaskManager starts again: compiling all jobs again and starting Python workers takes two cores a minute."""
AT_MOST_S = 1800
SPARE_S = 2.0
CALM_LIMIT_S = 180.0
POLL_S = 0.5


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a drill showed; ``recovery_s`` is from the healing until the lag of every job was normal."""

    fault: str
    seed: int
    events: int
    dead_letters: int
    recovery_s: float | None
    stack_mb: int


class Drill:
    """One fault under traffic on the running pipeline; :meth:`close` it, whatever happened.

    ``limit_s``: so soon lag must be normal again; None where that is not asked, as other tests want the cores too.
    """

    def __init__(self, pipeline: Pipeline, fault: str, seed: int, limit_s: float | None) -> None:
        self.pipeline = pipeline
        self.fault = fault
        self.seed = seed
        self.limit_s = limit_s
        self.outcome: Outcome | None = None
        self._recovery_s: float | None = None
        self._excess: dict[str, dict[int, int]] = {}
        self._no_answer = ""
        self._lags = LagReader(pipeline.settings, pipeline.clicks.contract)
        self._memory = MemoryWatch(pipeline.settings.home)
        self._producer: Child | None = None
        self._healed_s: float | None = None
        self._over = threading.Event()
        self._watcher = threading.Thread(target=self._watch)

    def send(self, *options: str, seconds: int = AT_MOST_S) -> None:
        """Starts the traffic and returns when it flows and the refine job has had two checkpoints of it.

        It goes on until all is normal again, or for so many seconds. What the test before has left to do is done first:
        the time until normal lag is to be this fault's own.
        """
        wait_for("normal lag before the fault", self._is_normal, timeout_s=CALM_LIMIT_S)
        arguments = ("--rate", str(RATE), "--seconds", str(seconds), "--seed", str(self.seed), *(options or MIX))
        log = self.pipeline.settings.home / "logs" / "drill-produce.log"
        self._producer = Child(self.pipeline.settings, log, "produce", "clicks", *arguments)
        self._watcher.start()
        wait_for("traffic", self._flows)
        self.pipeline.wait_for_checkpoints("refine", 2)

    def healed(self) -> None:
        """The fault is over: from now on the time counts."""
        self._healed_s = time.monotonic()

    def prove(self) -> None:
        """Waits for normal lag and ends the traffic, then holds the proof and the ledger against each other."""
        assert self._producer is not None
        if self._healed_s is not None:
            if self.limit_s is None:
                self.pipeline.wait_for_checkpoints("refine", 2)
            else:
                self._watcher.join(self.limit_s + 30)
            if self._producer.running():
                os.kill(self._producer.pid, signal.SIGINT)  # as Ctrl-C does
        summary = self._producer.result()
        assert summary["failed"] == 0
        self._over.set()
        self._watcher.join(30)
        report = prove_window(summary["offsets"], "--wait", str(120 * polling.patience))
        assert report["holds"], report
        facts = report["datasets"]["clicks"]
        assert {name: facts[name] for name in summary["expected"]} == summary["expected"]
        assert None in (self._healed_s, self.limit_s) or self._recovery_s is not None, (
            f"{self.fault}: lag not normal after {self.limit_s} s; "
            f"records above normal, by job and second: {self._excess}; last without an answer: {self._no_answer}"
        )
        stack_mb = self._memory.peak_rss_mb()["stack"]
        self.outcome = Outcome(
            self.fault, self.seed, facts["produced"], facts["dead_letter"], self._recovery_s, stack_mb
        )

    def close(self) -> None:
        """Ends what still runs of it."""
        self._over.set()
        if self._producer is not None:
            self._producer.stop()
        if self._watcher.is_alive():
            self._watcher.join()

    def _flows(self) -> bool:
        assert self._producer is not None
        assert self._producer.running(), self._producer.result()
        return sum(behind(self._lags.raw_ends(), self._lags.raw_before).values()) > RATE

    def _watch(self) -> None:
        while not self._over.wait(POLL_S):
            self._memory.sample()
            if self._healed_s is None:
                continue
            took_s = time.monotonic() - self._healed_s
            excess = self._excess_lag()
            for job, records in (excess or {}).items():
                self._excess.setdefault(job, {})[int(took_s)] = records
            if excess == {}:
                self._recovery_s = took_s
            if self._recovery_s is not None or (self.limit_s is not None and took_s > self.limit_s):
                return

    def _is_normal(self) -> bool:
        return self._excess_lag() == {}

    def _excess_lag(self) -> dict[str, int] | None:
        """By job, the records of its lag beyond what comes in between two checkpoints; None where nothing answers."""
        settings = self.pipeline.settings
        topics_s = {job.name: len(job.reads) * (settings.checkpoint_interval_s(job.name) + SPARE_S) for job in JOBS}
        try:
            lags = self._lags.lags(self._lags.raw_ends(), self._lags.silver_ends())
        except (KafkaException, TidegateError, TimeoutError) as error:
            self._no_answer = repr(error)
            return None
        excess = {job: lags[job] - int(seconds * RATE) for job, seconds in topics_s.items()}
        return {job: records for job, records in excess.items() if records > 0}
