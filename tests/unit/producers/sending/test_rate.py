"""Due times depend on the event's number alone, never on what was sent."""

from hypothesis import given
from hypothesis import strategies as st

from producers.sending.rate import OpenLoop, Recorded


@given(st.floats(1, 1e6), st.integers(0, 10**6), st.integers(1, 100))
def test_event_times_are_the_due_times(rate_per_s: float, first: int, count: int) -> None:
    schedule = OpenLoop(rate_per_s, start_s=1_700_000_000.0)
    times_ms = schedule.times_ms(first, count)
    assert abs(times_ms[0] / 1000 - schedule.due_s(first)) < 0.002
    assert abs(times_ms[-1] / 1000 - schedule.due_s(first + count - 1)) < 0.002


def test_a_second_holds_as_many_events_as_the_rate_says() -> None:
    schedule = OpenLoop(5000, start_s=100.0)
    assert schedule.due_s(0) == 100.0
    assert schedule.due_s(5000) == 101.0


def test_batches_are_small_at_a_low_rate_and_capped_at_a_high_one() -> None:
    assert OpenLoop(3, 0).batch_size() == 1
    assert OpenLoop(1000, 0).batch_size() == 100
    assert OpenLoop(10**6, 0).batch_size() == 2000


def test_a_recording_keeps_its_gaps_divided_by_the_speed() -> None:
    replay = Recorded(first_event_s=1000.0, start_s=50.0, speed=10.0)
    assert replay.due_s(1000.0) == 50.0
    assert replay.due_s(1100.0) == 60.0


def test_an_event_recorded_out_of_order_is_due_at_once() -> None:
    assert Recorded(first_event_s=1000.0, start_s=50.0, speed=1.0).due_s(900.0) == 50.0
