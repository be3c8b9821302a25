"""Steps repeated beside the main thread."""

import threading

import pytest

from tests.polling import wait_for
from tidegate.measure.repeating import Repeating


def test_a_step_is_repeated_until_the_block_ends() -> None:
    calls: list[int] = []
    threads_before = threading.active_count()

    with Repeating(lambda: calls.append(1), every_s=0.001):
        wait_for("three calls", lambda: len(calls) >= 3)

    assert threading.active_count() == threads_before


def test_the_error_of_a_step_reaches_the_main_thread() -> None:
    def step() -> None:
        raise ValueError("the topic is gone")

    with Repeating(step, every_s=0.001) as repeating, pytest.raises(ValueError, match="the topic is gone"):
        wait_for("the error", repeating.check)
