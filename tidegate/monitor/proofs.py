"""Makes a proof of each dataset over a moving window, one at a time, and tells what the last one found.

Each proof is a process of its own (``tidegate prove --json``) at low priority: what it needs of memory is free again
after it, and a dataset of many events does not hold up the other readings.
"""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from tidegate import metric_names
from tidegate.child_process import child_environment, last_words, reported_error
from tidegate.errors import TidegateError
from tidegate.monitor.reading import Reader, Sample, Since
from tidegate.proof.report import FAULTS
from tidegate.settings import Settings

NICE = ("nice", "-n", "10")
VERDICTS = {
    "raw": "produced",
    "silver": "silver",
    "dead_letter": "dead_letter",
    "dropped": "dropped",
    "duplicate": "duplicate",
}
Report = Mapping[str, Any]
"""As :meth:`tidegate.proof.report.ProofReport.to_json` gives it."""
Prove = Callable[[str, datetime], Report]


class ProofReader(Reader):
    """Proves one dataset; ``window`` is how far back the proof begins, by the time of arrival."""

    deadline_s = threading.TIMEOUT_MAX  # what makes the proofs has a limit of its own
    keeps_last = True

    def __init__(self, prove: Prove, dataset: str, window: timedelta, every_s: float) -> None:
        self.name = f"proof of {dataset}"
        self.every_s = every_s
        self._prove = prove
        self._dataset = dataset
        self._window = window

    def read(self) -> Iterator[Sample]:
        """A new proof. Where none can be made, the last one stays, and grows old."""
        report = self._prove(self._dataset, datetime.now(UTC) - self._window)
        return samples(self._dataset, report, time.time())


def samples(dataset: str, report: Report, made_s: float) -> Iterator[Sample]:
    """A proof as metrics."""
    facts = report["datasets"][dataset]
    yield Sample(metric_names.PROOF_OK, (dataset,), float(report["holds"]))
    yield Sample(metric_names.PROOF_AGE, (dataset,), Since(made_s))
    yield Sample(metric_names.PROOF_DURATION, (dataset,), report["seconds"])
    for fault in FAULTS:
        yield Sample(metric_names.PROOF_FAULTS, (dataset, fault), facts[fault])
    for verdict, key in VERDICTS.items():
        yield Sample(metric_names.PROOF_RECORDS, (dataset, verdict), facts[key])


class ProofProcess:
    """Runs one proof at a time, whoever asks; called as ``prove(dataset, start)``. ``without``: ``lake``, ``index``."""

    def __init__(self, settings: Settings, without: Sequence[str] = ()) -> None:
        self._settings = settings
        self._without = without
        self._turn = threading.Lock()
        self._running: subprocess.Popen[str] | None = None

    def __call__(self, dataset: str, start: datetime) -> Report:
        """The report on the dataset's events since ``start``.

        Raises:
            TidegateError: it can't be made.
        """
        with self._turn:
            self._running = subprocess.Popen(
                self.command(dataset, start),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=child_environment(self._settings),
                text=True,
            )
            out, err = self._running.communicate()
        return parse(dataset, out, err)

    def command(self, dataset: str, start: datetime) -> list[str]:
        """The command line of one proof."""
        proof = [sys.executable, "-m", "tidegate", "prove", dataset, "--json", "--from", start.isoformat()]
        return [*NICE, *proof, *(f"--no-{layer}" for layer in self._without)]

    def stop(self) -> None:
        """Ends the proof that is being made, if any."""
        if self._running is not None and self._running.poll() is None:
            self._running.terminate()


def parse(dataset: str, out: str, err: str) -> Report:
    """The report that ``tidegate prove --json`` printed.

    Raises:
        TidegateError: it printed none; says why, as the proof itself does. TransientError: for an outage.
    """
    try:
        report = json.loads(out)
    except ValueError as error:
        problem = f"{dataset} can't be proved"
        if (own := reported_error(err)) is not None:
            raise type(own)(f"{problem}: {own.problem}", remedy=own.remedy) from error
        remedy = f"Run `tidegate prove {dataset}` to see all of it."
        raise TidegateError(f"{problem}: {last_words(err)}", remedy=remedy) from error
    assert isinstance(report, dict)
    return report
