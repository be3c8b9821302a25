"""Waiting in tests: poll a condition until a deadline, never sleep for a guess."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
POLL_S = 0.1


def wait_for(what: str, condition: Callable[[], T | None], timeout_s: float = 60) -> T:
    """The first true value of ``condition``.

    Raises:
        AssertionError: none within ``timeout_s``; says ``what`` was waited for.
    """
    deadline = time.monotonic() + timeout_s
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {timeout_s:g} s (last: {value!r})")
        time.sleep(POLL_S)
