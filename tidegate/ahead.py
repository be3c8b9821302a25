"""What comes next is made in a thread, while this one waits for a server or does what leaves the interpreter free."""

import queue
import threading
from collections.abc import Generator
from contextlib import suppress
from enum import Enum
from typing import Any, TypeVar

_POLL_S = 0.05
_Made = TypeVar("_Made")


class _Kind(Enum):
    MADE = 0
    FAILED = 1
    ENDED = 2


def made_ahead(items: Generator[_Made, None, None]) -> Generator[_Made, None, None]:
    """The items in their order: one that nobody has taken yet is ready, another one is being made.

    Whoever takes no more ends the thread and closes ``items``, once the item is made that it is at.

    Raises:
        Exception: what making them raises.
    """
    ready: queue.Queue[tuple[_Kind, Any]] = queue.Queue(1)
    stopped = threading.Event()
    thread = threading.Thread(target=_make, args=(items, ready, stopped), daemon=True)
    thread.start()
    try:
        while True:
            kind, value = ready.get()
            if kind is _Kind.FAILED:
                raise value
            if kind is _Kind.ENDED:
                return
            yield value
    finally:
        stopped.set()
        while thread.is_alive():
            with suppress(queue.Empty):
                ready.get(timeout=_POLL_S)  # it may wait for room


def _make(
    items: Generator[_Made, None, None], ready: "queue.Queue[tuple[_Kind, Any]]", stopped: threading.Event
) -> None:
    """In the thread."""
    try:
        for item in items:
            ready.put((_Kind.MADE, item))
            if stopped.is_set():
                break
        items.close()
        ready.put((_Kind.ENDED, None))
    except BaseException as error:  # noqa: BLE001 - raised where it is taken
        ready.put((_Kind.FAILED, error))
