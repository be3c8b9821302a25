"""What is done to a server: ended as by a crash, or frozen."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psutil

from tidegate.settings import Settings
from tidegate.stack import process
from tidegate.stack.process import ProcessFiles


def server_process(settings: Settings, name: str) -> psutil.Process:
    """The running server."""
    running = process.running(ProcessFiles(name, settings.home))
    assert running is not None, f"{name} does not run"
    return running


def kill(settings: Settings, *names: str) -> None:
    """Ends servers as a crash would: all at the same moment."""
    processes = [server_process(settings, name) for name in names]
    for each in processes:
        each.send_signal(signal.SIGKILL)
    for each in processes:
        each.wait(10)


@contextmanager
def frozen(settings: Settings, name: str) -> Iterator[None]:
    """The server stands still: its connections stay open and nothing answers."""
    stopped = server_process(settings, name)
    stopped.suspend()
    try:
        yield
    finally:
        with suppress(psutil.NoSuchProcess):
            stopped.resume()
