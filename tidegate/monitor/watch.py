"""One reader on one thread: it reads again and again, whatever fails."""

import threading
import time
from typing import Any, Literal, Protocol

from tidegate.errors import TidegateError
from tidegate.monitor.board import Board
from tidegate.monitor.reading import Reader


class Say(Protocol):
    """As :func:`tidegate.log.tell`: a line for people, or an event with its fields."""

    def __call__(self, text: str, name: str, level: Literal["info", "warning"] = "info", **fields: Any) -> None: ...


class Watch:
    """Reads until stopped; ``say`` hears once when a reader begins to fail and once when it is well again."""

    def __init__(self, reader: Reader, board: Board, say: Say) -> None:
        self._reader = reader
        self._board = board
        self._say = say
        self._failing_since_s: float | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=reader.name, daemon=True)

    def start(self) -> None:
        """Begins to read beside the caller."""
        self._thread.start()

    def stop(self) -> None:
        """No further reading is begun; one that waits for a server is not waited for."""
        self._stop.set()

    def step(self) -> bool:
        """One reading; False if it failed."""
        try:
            self._board.put(self._reader, self._reader.read())
        except Exception as error:  # noqa: BLE001 - whatever one reading meets, the next ones go on
            self._board.fail(self._reader)
            self._fell(error)
            return False
        self._rose()
        return True

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
