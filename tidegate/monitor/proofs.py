"""Makes a proof of each dataset over a moving window, one at a time, and tells what the last one found.

Each proof is a process of its own (``tidegate prove --json``) at low priority: what it needs of memory is free again
after it, and a dataset of many events does not hold up the other readings. Datasets take turns, and each asks for the
next proof when it has the last one: however long they take, they do not pile up.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from tidegate import metric_names
from tidegate.monitor.proof_process import ProofProcess, Report
from tidegate.monitor.reading import Reader, Sample, Since
from tidegate.proof.report import FAULTS

AGAIN_S = 60.0
"""A proof that does not hold is made again so soon: what is only late is there by then."""
VERDICTS = {
    "raw": "produced",
    "silver": "silver",
    "dead_letter": "dead_letter",
    "repaired": "repaired",
    "parked": "parked",
    "dropped": "dropped",
    "duplicate": "duplicate",
    "undecided": "undecided",
    "expired": "expired",
}
Prove = Callable[[str, datetime], Report]


class ProofReader(Reader):
    """Proves one dataset; ``window`` is how far back the proof begins, by the time of arrival."""

    deadline_s = threading.TIMEOUT_MAX  # what makes the proofs has a limit of its own
    keeps_last = True

    def __init__(self, prove: Prove, dataset: str, window: timedelta, every_s: float) -> None:
        self.name = f"proof of {dataset}"
        self.every_s = self._asked_every_s = every_s
        self._prove = prove
        self._dataset = dataset
        self._window = window
        self._faulty_in_a_row = 0

    def read(self) -> Iterator[Sample]:
        """A new proof. Where none can be made, the last one stays, and grows old."""
        report = self._prove(self._dataset, datetime.now(UTC) - self._window)
        found = faults(self._dataset, report)
        is_faulty = any(found[fault] for fault in FAULTS)
        self._faulty_in_a_row = self._faulty_in_a_row + 1 if is_faulty else 0
        self.every_s = min(AGAIN_S, self._asked_every_s) if is_faulty else self._asked_every_s
        yield from samples(self._dataset, report, time.time())
        yield Sample(metric_names.PROOF_FAULTY, (self._dataset,), self._faulty_in_a_row)


class UnderWayReader(Reader):
    """Which proof is being made, for how long already, and how often one is to be made."""

    name = "proofs under way"

    def __init__(self, process: ProofProcess, datasets: Sequence[str], prove_every_s: float, every_s: float) -> None:
        self.every_s = every_s
        self._process = process
        self._datasets = datasets
        self._prove_every_s = prove_every_s

    def read(self) -> Iterator[Sample]:
        """As of now; 0 for a dataset that waits for its turn or its time."""
        now = self._process.under_way
        for dataset in self._datasets:
            running = Since(now.began_s) if now is not None and now.dataset == dataset else 0.0
            yield Sample(metric_names.PROOF_RUNNING, (dataset,), running)
            yield Sample(metric_names.PROOF_INTERVAL, (dataset,), self._prove_every_s)


def faults(dataset: str, report: Report) -> dict[str, int]:
    """Offsets by fault; those beyond all that refine has written are ``behind``, and not ``missing``."""
    found: dict[str, int] = {fault: int(report["datasets"][dataset][fault]) for fault in FAULTS}
    behind = min(int(report["behind"]), found["missing"])
    return {**found, "missing": found["missing"] - behind, "behind": behind}


def samples(dataset: str, report: Report, made_s: float) -> Iterator[Sample]:
    """A proof as metrics."""
    facts = report["datasets"][dataset]
    yield Sample(metric_names.PROOF_OK, (dataset,), float(report["holds"]))
    yield Sample(metric_names.PROOF_AGE, (dataset,), Since(made_s))
    yield Sample(metric_names.PROOF_DURATION, (dataset,), report["seconds"])
    yield Sample(metric_names.PROOF_MEMORY, (dataset,), report["peak_rss_mb"] * 2**20)
    found = faults(dataset, report)
    yield Sample(metric_names.PROOF_MISSING, (dataset,), found["missing"])
    yield Sample(metric_names.PROOF_DOUBLED, (dataset,), found["doubled"])
    for fault, count in found.items():
        yield Sample(metric_names.PROOF_FAULTS, (dataset, fault), count)
    for verdict, key in VERDICTS.items():
        yield Sample(metric_names.PROOF_RECORDS, (dataset, verdict), facts[key])
