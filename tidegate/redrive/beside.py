"""What processes beside this one make, taken here while they make more."""

import atexit
import multiprocessing
import os
import pickle
import queue
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import Enum
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from typing import Any, TypeVar

from tidegate.collecting import collect_seldom
from tidegate.errors import TidegateError

AHEAD = 8
"""So many values a process makes and nobody has taken yet: what of memory it takes."""
_OF_THE_GROUP = frozenset({signal.SIGINT, signal.SIGTERM})
"""A terminal or a supervisor sends them to all processes; they are for the one that takes, which ends the others."""
_Part = TypeVar("_Part")
_Made = TypeVar("_Made")


def made_beside(make: Callable[[_Part], Iterator[_Made]], parts: Sequence[_Part]) -> Iterator[_Made]:
    """What ``make``, a function of a module, gives for each of the parts, each in a process; of a part in its order.

    The processes end with the iterator, and when this process is killed.

    Raises:
        TidegateError: a process was killed. What ``make`` raises is raised here.
    """
    spawn = multiprocessing.get_context("spawn")  # a Kafka client does not survive a fork
    processes = []
    open_ends: list[Connection] = []
    try:
        with _blocked():
            for _ in parts:
                ours, theirs = spawn.Pipe()
                process = spawn.Process(target=_run, args=(make, theirs), daemon=True)
                process.start()
                atexit.register(process.kill)  # what ends them at last sends a signal of the group, and waits
                theirs.close()  # so that the end of the process is the end of what is received
                processes.append(process)
                open_ends.append(ours)
        for ours, part in zip(open_ends, parts, strict=True):
            _send(ours, part)  # when all of them are starting
        yield from _taken(open_ends)
    finally:
        for process in processes:
            process.kill()
            process.join()
            atexit.unregister(process.kill)


@contextmanager
def _blocked() -> Iterator[None]:
    """Signals of the group wait until the block has ended; processes that are started in it never get them."""
    resource_tracker.ensure_running()  # else the first process starts it, which lets the signals through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _OF_THE_GROUP)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _send(end: Connection, part: Any) -> None:
    try:
        end.send(part)
    except OSError:
        raise _was_killed() from None


def _taken(open_ends: list[Connection]) -> Iterator[Any]:
    left: list[Any] = [*open_ends]
    while left:
        for each in wait(left):
            kind, value = _received(each)
            if kind is _Kind.FAILED:
                raise value
            if kind is _Kind.MADE:
                yield value
            else:
                left.remove(each)


def _received(end: Any) -> tuple["_Kind", Any]:
    try:
        found: tuple[_Kind, Any] = end.recv()
    except (EOFError, OSError):  # an OSError in the middle of a value
        raise _was_killed() from None
    return found


def _was_killed() -> TidegateError:
    return TidegateError(
        "a process that makes copies was killed.", remedy="See whether memory ran out; run it again to go on."
    )


class _Kind(Enum):
    MADE = 0
    FAILED = 1
    ENDED = 2


def _run(make: Callable[[_Part], Iterator[_Made]], end: Connection) -> None:
    """In the process."""
    collect_seldom()
    ready: queue.Queue[bytes | None] = queue.Queue(AHEAD)
    handing_over = threading.Thread(target=_hand_over, args=(ready, end), daemon=True)
    handing_over.start()
    try:
        for value in make(end.recv()):
            ready.put(pickle.dumps((_Kind.MADE, value), pickle.HIGHEST_PROTOCOL))
        ready.put(pickle.dumps((_Kind.ENDED, None)))
    except Exception as error:  # noqa: BLE001 - raised where it is taken
        ready.put(pickle.dumps((_Kind.FAILED, error)))
    ready.put(None)
    handing_over.join()


def _hand_over(ready: "queue.Queue[bytes | None]", end: Connection) -> None:
    try:
        while (value := ready.get()) is not None:
            end.send_bytes(value)
    except OSError:
        os._exit(1)  # nobody is there any more to take it
