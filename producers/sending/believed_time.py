"""Which times of reference data are believed: those of the contract's ``event_time``.

For events the refine job judges this, and an event out of range is a dead letter. Reference data has no such job: its
rows are judged before they are sent.
"""

from datetime import datetime, timedelta

from tidegate.contracts.model import EventTime


def check_time(believed: EventTime, moment: datetime, now: datetime) -> None:
    """Checks since when a row holds.

    Raises:
        ValueError: the time is before ``earliest``, or over ``max_future_s`` ahead of ``now``.
    """
    said = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if moment < believed.earliest:
        raise ValueError(
            f"{believed.field}: {said} is before {believed.earliest:%Y-%m-%d}, the contract's event_time.earliest. "
            "A number counts milliseconds or microseconds since 1970, as the schema says, never seconds or a "
            "spreadsheet's days."
        )
    if moment - now > timedelta(seconds=believed.max_future_s):
        raise ValueError(
            f"{believed.field}: {said} is more than {believed.max_future_s:,} s ahead, the contract's "
            "event_time.max_future_s. Load it when it holds."
        )
