"""The time in milliseconds."""

import time

from tidegate.clock import now_ms


def test_it_is_the_time_in_whole_milliseconds() -> None:
    before_s = time.time()
    assert before_s * 1000 - 1 < now_ms() <= time.time() * 1000
