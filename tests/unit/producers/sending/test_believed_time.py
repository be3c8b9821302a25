"""Times of reference data that a contract does not believe."""

from datetime import UTC, datetime, timedelta

import pytest

from producers.sending.believed_time import check_time
from tidegate.contracts.model import EventTime

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
BELIEVED = EventTime(field="updated_at", earliest=datetime(2010, 1, 1, tzinfo=UTC), max_future_s=60)


@pytest.mark.parametrize("moment", [BELIEVED.earliest, NOW, NOW + timedelta(seconds=60)])
def test_what_lies_between_is_believed(moment: datetime) -> None:
    check_time(BELIEVED, moment, NOW)


def test_days_of_a_spreadsheet_taken_for_milliseconds_are_refused_with_a_hint() -> None:
    with pytest.raises(ValueError, match=r"updated_at: 1970-01-01T00:00:46.347Z is before 2010-01-01.*spreadsheet"):
        check_time(BELIEVED, datetime(1970, 1, 1, 0, 0, 46, 347_000, tzinfo=UTC), NOW)


def test_what_does_not_hold_yet_is_refused() -> None:
    with pytest.raises(ValueError, match=r"updated_at: 2026-11-21T12:01:00.001Z is more than 60 s ahead"):
        check_time(BELIEVED, NOW + timedelta(seconds=60, milliseconds=1), NOW)
