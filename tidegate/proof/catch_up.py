"""Judging outputs that may still be catching up.

Jobs show their work at checkpoints only, so what is missing now may only be late. Under traffic the outputs never stop
to grow, so time, not rest, ends the waiting.
"""

import time
from collections.abc import Callable
from typing import Protocol, TypeVar

POLL_S = 0.5

Verdict = TypeVar("Verdict")
Verdict_co = TypeVar("Verdict_co", covariant=True)


class Evidence(Protocol[Verdict_co]):
    """What was read of some outputs, and more of it."""

    def judge(self) -> Verdict_co:
        """The verdict on what was read so far."""

    def extend(self) -> bool:
        """Reads what the outputs gained since; False if nothing."""


def judge_when_caught_up(evidence: Evidence[Verdict], lacks: Callable[[Verdict], bool], deadline_s: float) -> Verdict:
    """The verdict once it lacks nothing, or on what was read after the deadline (monotonic clock).

    ``lacks``: whether something is missing by a verdict.
    """
    is_last = False
    while True:
        verdict = evidence.judge()
        if is_last or not lacks(verdict):
            return verdict
        is_last = time.monotonic() > deadline_s
        while not evidence.extend():
            if time.monotonic() > deadline_s:
                return verdict
            time.sleep(POLL_S)
