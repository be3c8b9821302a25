"""One reader on threads of its own: it reads again and again, whatever fails, and is waited for up to a deadline."""

import threading
import time
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple, Protocol

from tidegate.deadline import Waited
from tidegate.errors import TidegateError, TransientError
from tidegate.monitor.board import Board
from tidegate.monitor.reading import Reader, Sample


class Say(Protocol):
    """As :func:`tidegate.log.tell`: a line for people, or an event with its fields."""

    def __call__(self, text: str, name: str, level: Literal["info", "warning"] = "info", **fields: Any) -> None: ...


class _Reading(NamedTuple):
    """What a reader gave, and the error that ended it before it was whole."""

    began_s: float
    samples: Sequence[Sample]
    error: Exception | None


class Watch:
    """Reads until stopped; ``say`` hears once when a reader begins to fail and once when it is well again.

    A reading that is not done at its deadline has failed. It is not begun a second time beside itself: when it ends
    after all, it counts.
    """

    def __init__(self, reader: Reader, board: Board, say: Say) -> None:
        self._reader = reader
        self._board = board
        self._say = say
        self._reading = Waited(self._read, name=reader.name)
        self._is_late = False
        self._failing_since_s: float | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"watch {reader.name}", daemon=True)

    def start(self) -> None:
        """Begins to read beside the caller."""
        self._thread.start()

    def stop(self) -> None:
        """No further reading is begun; one that waits for a server is not waited for."""
        self._stop.set()

    def begin(self) -> None:
        """Begins a reading, unless one is under way."""
        self._board.expect(self._reader)
        self._reading.begin()

    def end(self) -> bool:
        """Takes the reading that was begun; False if it failed, or is not done at its deadline."""
        if not self._reading.ended(self._reader.deadline_s):
            if not self._is_late:
                self._is_late = True
                self._board.fail(self._reader)
                self._fell(_late(self._reader))
            return False
        self._is_late = False
        began_s, samples, error = self._reading.take()
        if error is not None:
            self._board.fail(self._reader, samples)
            self._fell(error)
            return False
        self._board.put(self._reader, samples, began_s)
        self._rose()
        return True

    def step(self) -> bool:
        """One reading; False if it failed."""
        self.begin()
        return self.end()

    def _read(self) -> _Reading:
        began_s, samples = time.time(), list[Sample]()
        try:
            for sample in self._reader.read():
                samples.append(sample)  # kept, also if the next one raises
        except Exception as error:  # noqa: BLE001 - whatever one reading meets, the next ones go on
            return _Reading(began_s, samples, error)
        return _Reading(began_s, samples, None)

    def _run(self) -> None:
        while not self._stop.is_set():
            self.step()
            self._stop.wait(self._reader.every_s)

    def _fell(self, error: Exception) -> None:
        if self._failing_since_s is None and not self._stop.is_set():
            self._failing_since_s = time.monotonic()
            reading, remedy = self._reader.name, error.remedy if isinstance(error, TidegateError) else None
            problem = error.problem if isinstance(error, TidegateError) else f"{type(error).__name__}: {error}"
            line = " ".join(problem.split())
            text = " ".join([f"{reading}: {line}", *([remedy] if remedy else [])])
            self._say(text, "reading_failed", "warning", reading=reading, error=line, remedy=remedy)

    def _rose(self) -> None:
        if self._failing_since_s is not None:
            seconds = time.monotonic() - self._failing_since_s
            self._failing_since_s = None
            reading = self._reader.name
            text = f"{reading}: back after {seconds:.0f} s"
            self._say(text, "reading_recovered", "info", reading=reading, seconds=round(seconds, 1))


def _late(reader: Reader) -> TransientError:
    who = f"{reader.server} has not answered" if reader.server else "it was not done"
    return TransientError(
        f"{who} within {reader.deadline_s:g} s; the reading is waited for, and none of it is shown until then.",
        remedy="Run `tidegate status`.",
    )
