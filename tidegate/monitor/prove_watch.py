"""One dataset proved again and again by whoever asks for it, each proof told and exported."""

import time
from collections.abc import Callable, Iterator

from tidegate.errors import TidegateError, TransientError
from tidegate.monitor.board import Board
from tidegate.monitor.proofs import samples
from tidegate.monitor.reading import Reader, Sample
from tidegate.monitor.run import http_server
from tidegate.monitor.watch import Say
from tidegate.proof.report import ProofReport

POLL_S = 0.2
GOES_ON = "The last proof grows old meanwhile; the next is tried again and again."
Told = Callable[[ProofReport], object]


class ProofWatch(Reader):
    """Makes one proof at a time, each so many seconds after the one before was begun; ``told`` gets each."""

    keeps_last = True

    def __init__(self, dataset: str, prove: Callable[[], ProofReport], told: Told, every_s: float) -> None:
        self.name = f"proof of {dataset}"
        self.every_s = every_s
        self.holds = self.has_proved = False
        self._dataset = dataset
        self._prove = prove
        self._told = told

    def read(self) -> Iterator[Sample]:
        """A new proof as metrics."""
        report = self._prove()
        self.holds = report.holds
        self._told(report)
        yield from samples(self._dataset, report.to_json(), time.time())


def watch(proofs: ProofWatch, address: tuple[str, int], stop: Callable[[], bool], say: Say) -> bool:
    """Proves until stopped, and serves the metrics meanwhile; whether the last proof holds.

    What keeps one from being made does not end the watch: it is said once, the last proof stays, and grows old.

    Raises:
        TidegateError: the address can't be listened on, or the dataset can't be proved from the first.
    """
    board, said = Board(), ""
    with http_server(board, address) as port:
        say(f"metrics at http://{address[0]}:{port}/metrics", "metrics_served", host=address[0], port=port)
        while not stop():
            began_s = time.time()
            board.expect(proofs)
            try:
                board.put(proofs, [*proofs.read()], began_s)
                proofs.has_proved, said = True, ""
            except TidegateError as error:
                if not proofs.has_proved and not isinstance(error, TransientError):
                    raise
                board.fail(proofs)
                # Of an outage the server stands first; what it does not do changes while it ends and begins.
                kind = error.problem.split(" ")[0] if isinstance(error, TransientError) else error.problem
                if kind != said:
                    say(f"{error.problem} {error.remedy} {GOES_ON}", "proof_failed", "warning", error=error.problem)
                said = kind
            while not stop() and time.time() < began_s + proofs.every_s:
                time.sleep(POLL_S)
    return proofs.holds
