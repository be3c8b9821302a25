"""What a state was begun with goes on with the state, whatever is started in between."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from flink_jobs.begun import NOT_KNOWN, Begun, begun_of, from_json, to_json

DAY = datetime(2026, 1, 2, tzinfo=UTC)
NEXT_DAY = datetime(2026, 1, 3, tzinfo=UTC)
MOMENTS = st.none() | st.datetimes(timezones=st.just(UTC))


@given(st.dictionaries(st.text(), st.builds(Begun, MOMENTS, MOMENTS, st.none() | st.floats(1, 1000))))
def test_a_file_gives_back_what_was_written(begun: dict[str, Begun]) -> None:
    assert from_json(to_json(begun)) == begun


def test_a_state_belongs_to_the_last_start_before_it() -> None:
    first, second = {"clicks": Begun(DAY)}, {"clicks": Begun(NEXT_DAY)}
    starts = {100: first, 200: second}

    assert begun_of(starts, 150) == first
    assert begun_of(starts, 200) == second
    assert begun_of(starts, 10_000) == second


def test_of_a_state_that_is_older_than_all_files_nothing_is_known() -> None:
    assert begun_of({100: {"clicks": Begun(DAY)}}, 99) == {}
    assert begun_of({}, 99) == {}


def test_what_was_left_out_once_stays_left_out() -> None:
    begun = Begun(empty_at=DAY, since=DAY, max_lateness_hours=6)

    assert begun.limited(None, 6) == begun
    assert begun.limited(NEXT_DAY, 6).since == NEXT_DAY
    assert begun.limited(NEXT_DAY, 6).limited(DAY, 6).since == NEXT_DAY
    assert begun.limited(None, 3).limited(None, 6).max_lateness_hours == 3


def test_limits_hold_for_a_state_of_which_nothing_is_known() -> None:
    assert NOT_KNOWN.limited(DAY, 6) == Begun(None, DAY, 6)
