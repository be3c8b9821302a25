"""Waiting in tests: poll a condition until a deadline, never sleep for a guess."""

import time
from collections.abc import Callable
from typing import TypeVar

import httpx
from confluent_kafka import KafkaException
from opensearchpy.exceptions import OpenSearchException
from pyiceberg.exceptions import NoSuchNamespaceError, NoSuchTableError

from tidegate.errors import TidegateError

T = TypeVar("T")
POLL_S = 0.1
NOT_YET = (
    LookupError,
    StopIteration,
    OSError,
    httpx.HTTPError,
    KafkaException,
    OpenSearchException,
    NoSuchNamespaceError,
    NoSuchTableError,
    TidegateError,
)
"""What a condition raises while the index, topic, table, file or server that it asks is not there yet.

Anything else is a mistake in the condition, and a failed assertion in it a verdict: both end the test at once.
"""


HANGS_S = 1800.0
"""No command of a test takes so long that has not got stuck."""
patience = 1.0
"""By how much longer all may take: a worker beside others sets it, as its share of the cores is anybody's guess."""


def wait_for(what: str, condition: Callable[[], T | None], timeout_s: float = 60) -> T:
    """The first true value of ``condition``, which may raise one of :data:`NOT_YET` before.

    Raises:
        AssertionError: none within ``timeout_s``; says ``what`` was waited for, and the last value or exception.
    """
    timeout_s *= patience
    deadline = time.monotonic() + timeout_s
    while True:
        last, error = _asked(condition)
        if last:
            return last
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {timeout_s:g} s (last: {error or last!r})") from error
        time.sleep(POLL_S)


def _asked(condition: Callable[[], T | None]) -> tuple[T | None, Exception | None]:
    try:
        return condition(), None
    except NOT_YET as error:
        return None, error
