"""A call that is waited for only so long, on a thread of its own, which keeps no program from ending."""

from collections.abc import Callable
from concurrent.futures import Future, wait
from threading import Thread
from typing import Generic, TypeVar

T = TypeVar("T")


class Waited(Generic[T]):
    """One function, called again and again, never twice at once: a call that has not ended is waited for again."""

    def __init__(self, function: Callable[[], T], name: str) -> None:
        self.name = name
        self._function = function
        self._call: Future[T] | None = None

    def begin(self) -> None:
        """Calls the function, unless its last call was not taken yet."""
        if self._call is None:
            self._call = Future()
            Thread(target=_run, args=(self._function, self._call), name=self.name, daemon=True).start()

    def ended(self, timeout_s: float) -> bool:
        """Waits for the call that was begun; False if it has not ended by then."""
        return self._call is not None and bool(wait([self._call], timeout_s).done)

    def take(self) -> T:
        """What the call gave that has ended; raises what it raised."""
        call, self._call = self._call, None
        assert call is not None and call.done(), self.name
        return call.result()


def _run(function: Callable[[], T], call: Future[T]) -> None:
    try:
        call.set_result(function())
    except BaseException as error:  # noqa: BLE001 - raised again where the result is taken
        call.set_exception(error)
