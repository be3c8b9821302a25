"""A step repeated beside the main thread until told to stop."""

import threading
from collections.abc import Callable
from types import TracebackType


class Repeating:
    """Calls ``step`` every ``every_s`` seconds while a ``with`` block runs; its error is raised by ``check``."""

    def __init__(self, step: Callable[[], object], every_s: float) -> None:
        self._step = step
        self._every_s = every_s
        self._stop = threading.Event()
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Repeating":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def check(self) -> None:
        """Raises what ended the repetition, if anything did."""
        if self._error is not None:
            raise self._error

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                self._step()
                self._stop.wait(self._every_s)
        except Exception as error:  # noqa: BLE001 - handed to the main thread by check()
            self._error = error
