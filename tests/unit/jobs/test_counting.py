"""When a day is closed for the metrics job: by its lateness, or at once by the day it was begun with."""

import pytest

from tidegate.jobs.counting import Counting, counting_in, counting_parameter

HOUR = 3_600_000
END = 1000 * HOUR


def test_a_day_closes_when_its_last_event_would_be_too_late_and_what_was_read_is_written() -> None:
    assert Counting(144).closes_ms(END) == END + 145 * HOUR


def test_while_the_state_is_young_older_events_count_too() -> None:
    assert Counting(144, empty_at_ms=END + 50 * HOUR).closes_ms(END) == END + 195 * HOUR
    assert Counting(144, empty_at_ms=END - 50 * HOUR).closes_ms(END) == END + 145 * HOUR


def test_days_before_the_first_that_is_counted_are_closed() -> None:
    assert Counting(144, since_ms=END).closes_ms(END) == 0
    assert Counting(144, since_ms=END - 1).closes_ms(END) > END


@pytest.mark.parametrize("told", [Counting(1.5), Counting(144.0, 5, 7), Counting(24.0, None, 7)])
def test_what_a_job_tells_is_read_again(told: Counting) -> None:
    assert counting_in({counting_parameter("clicks"): told.text}, "clicks") == told
    assert not {",", ":"} & set(told.text)
    assert counting_in({}, "clicks") is None
