"""The day from which metrics can be computed again: retention may have removed silver rows of the days before it."""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from flink_jobs.begun import Begun
from tidegate import log
from tidegate.clients.kafka_offsets import OffsetReader
from tidegate.clients.kafka_single_records import SingleRecords
from tidegate.contracts.dataset import Stream
from tidegate.contracts.model import Contract
from tidegate.settings import Settings
from tidegate.sql.metrics import Counted, max_lateness_hours


def begin(dataset: Stream, settings: Settings, now: datetime) -> Begun:
    """A state that is empty now. Where retention has cut silver, metrics begin with its first whole day.

    Earlier days would be of half the rows; what was computed of those stays in topics and indices as it is.
    """
    counted = Counted(settings.metrics_max_lateness_hours)
    begun = Begun(now, settings.metrics_since, max_lateness_hours(dataset.contract, counted))
    if settings.metrics_since or not dataset.metrics:
        return begun
    since = first_whole_day(dataset.contract, settings)
    if since is None:
        return begun
    text = (
        f"Metrics of {dataset.name} begin with {since:%Y-%m-%d} (UTC): of earlier days retention has removed silver "
        "rows. Those computed before stay; TIDEGATE_METRICS_SINCE sets another day."
    )
    log.tell(text, "metrics_since", dataset=dataset.name, since=since.isoformat(), message=text)
    return replace(begun, since=since)


def first_whole_day(contract: Contract, settings: Settings) -> datetime | None:
    """The first day (UTC) of which silver holds every row it ever had; None if nothing was removed.

    A removed row was written before the first one that is left, and is at most ``max_future_s`` ahead of that. A later
    version of silver lacks what retention had removed from the one before when it was filled: rows that were older than
    the retention then. And as rows of a replayed range lie between others in it, rows that were removed may be younger
    than the first one that is left, but not than the retention.

    Raises:
        TransientError: Kafka does not answer.
    """
    offsets = OffsetReader(settings)
    starts = offsets.starts(offsets.places([contract.silver_topic]))
    filled = contract.silver_version > 1
    looked_at = {place: start for place, start in starts.items() if start > 0 or filled}
    if not looked_at:
        return None
    left = SingleRecords(settings).at(looked_at)
    retention_s = contract.topic.retention_hours * 3600
    now_s = time.time()
    kept_s = now_s - retention_s
    written_s = {place: left[place].timestamp()[1] / 1000 if place in left else now_s for place in looked_at}
    removed_s = max(
        (at_s if not filled else max(at_s, kept_s)) if starts[place] > 0 else at_s - retention_s
        for place, at_s in written_s.items()
    )
    day = datetime.fromtimestamp(removed_s + contract.event_time.max_future_s, UTC)
    return day.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
