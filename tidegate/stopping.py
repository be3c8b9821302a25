"""A clean stop: the first Ctrl-C (or TERM) asks for it, the second one interrupts."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Stop:
    """Says whether the run was asked to stop; call it."""

    def __init__(self) -> None:
        self._asked = False

    def __call__(self) -> bool:
        return self._asked

    def ask(self) -> None:
        """Asks for a stop."""
        self._asked = True


@contextmanager
def stop_on_signal() -> Iterator[Stop]:
    """Turns SIGINT and SIGTERM into a ``Stop`` while the block runs."""
    stop = Stop()

    def handle(_number: int, _frame: FrameType | None) -> None:
        if stop():
            raise KeyboardInterrupt
        stop.ask()

    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
