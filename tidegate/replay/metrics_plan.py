"""The plan of a replay into the metrics: whole days that are closed for the running job, so that they stay."""

import secrets
from datetime import UTC, datetime, timedelta

from tidegate.clients.flink import FlinkClient
from tidegate.clients.gold import gold_figures, keys_of
from tidegate.clients.lake_rows import main_snapshot, open_table, rows_held
from tidegate.clock import now_ms
from tidegate.contracts.dataset import Stream
from tidegate.contracts.load import load_stream
from tidegate.errors import TidegateError
from tidegate.job_names import METRICS as METRICS_JOB
from tidegate.jobs.counting import Counting, counting_in
from tidegate.jobs.live import live_jobs, of_dataset
from tidegate.replay.asked import Asked, parse_time
from tidegate.replay.range_plan import Overwritten, RangePlan, new_plan_id
from tidegate.replay.row_range import EventTimes, RowRange
from tidegate.replay.settled import wait_until_settled
from tidegate.replay.targets import METRICS
from tidegate.settings import Settings

_DAY = timedelta(days=1)


def plan_metrics(settings: Settings, dataset: str, asked: Asked, actor: str) -> RangePlan:
    """Waits until the lake has all of silver.

    Raises:
        TidegateError: the range is none of event times, the dataset has no metrics, or the running job may still count
            events of these days.
        TransientError: a server does not answer, or the lake does not catch up.
    """
    stream = load_stream(settings.schemas_dir, dataset)
    start, end = whole_days(asked)
    refuse_what_is_open(settings, stream, end)
    wait_until_settled(settings, stream, {})
    times_ms = (_ms(start), _ms(end))
    times = EventTimes(stream.contract.event_time.column, times_ms[0] * 1000, times_ms[1] * 1000)
    table = open_table(settings, f"silver.{dataset}")
    column = stream.contract.event_time.column
    held = rows_held(settings, table, f"{column} >= '{start.isoformat()}' and {column} < '{end.isoformat()}'")
    now = datetime.now(UTC)
    figures = sum(keys_of(gold_figures(settings, metric, times_ms)) for metric in stream.metrics)
    return RangePlan(
        plan_id=new_plan_id(now, secrets.token_hex(2)),
        dataset=dataset,
        target=METRICS,
        created_at=int(now.timestamp() * 1000),
        actor=actor,
        asked=asked.text,
        rows=RowRange({}, times),
        events=held.rows,
        expected_bytes=held.bytes,
        expected_s=None,
        snapshot_id=main_snapshot(table),
        overwritten=Overwritten(figures, 0, 0),
        notes=(
            f"Days are counted whole: from {start:%Y-%m-%d} to {end - _DAY:%Y-%m-%d} (UTC).",
            "A metric that looks back over midnight, as a baseline does, has figures at the beginning of "
            f"{end:%Y-%m-%d} that these days go into: they stay as they are until that day is in a plan too.",
            "A start of the metrics job without state counts what silver's topic still has of these days, and writes "
            f"over this: give it TIDEGATE_METRICS_SINCE={end:%Y-%m-%d} or later.",
        ),
    )


def whole_days(asked: Asked) -> tuple[datetime, datetime]:
    """The days (UTC) that have all of the asked event times: the longest group of a metric is a day.

    Raises:
        TidegateError: it is no range of event times with both ends.
    """
    if asked.event_from is None or asked.event_to is None or asked.rate or asked.source:
        raise TidegateError(
            "metrics are counted by event time, out of the lake.",
            remedy="Give --event-from and --event-to, and neither --rate nor --source.",
        )
    first, last = (parse_time(text).astimezone(UTC) for text in (asked.event_from, asked.event_to))
    start = first.replace(hour=0, minute=0, second=0, microsecond=0)
    end = last.replace(hour=0, minute=0, second=0, microsecond=0)
    end = end if end == last else end + _DAY
    if first >= last:
        raise TidegateError("the range's start is not before its end.", remedy="Give an --event-to after --event-from.")
    return start, end


def refuse_what_is_open(settings: Settings, stream: Stream, end: datetime) -> None:
    """The running job would write over a figure with its own, which lacks the replay, at the next event that counts.

    Raises:
        TidegateError: it may count events from before ``end``; or it does not run, or does not tell.
    """
    if not stream.metrics:
        raise TidegateError(f"{stream.name} has no metrics.", remedy="They are SELECTs in its folder metrics/.")
    counting = _counting(settings, stream.name)
    closes_ms = counting.closes_ms(_ms(end))
    if closes_ms > now_ms():
        closes = datetime.fromtimestamp(closes_ms / 1000, UTC)
        raise TidegateError(
            f"the metrics job counts events of {stream.name} from before {end:%Y-%m-%d} until "
            f"{closes:%Y-%m-%dT%H:%MZ}: it would write over what is made now.",
            remedy=f"Ask again then; or close these days at once: `tidegate stop metrics`, then "
            f"`TIDEGATE_METRICS_SINCE={end:%Y-%m-%d} tidegate run metrics --recover-from none`.",
        )


def _counting(settings: Settings, dataset: str) -> Counting:
    job = of_dataset(live_jobs(settings), METRICS_JOB, dataset)
    if job is None:
        raise TidegateError(
            f"metrics does not run with {dataset}: when it starts, it may count events of these days.",
            remedy="Start it with `tidegate run metrics`, then ask again.",
        )
    counting = counting_in(FlinkClient(settings).parameters(job.job_id), dataset)
    if counting is None:
        raise TidegateError(
            "the metrics job that runs does not tell which events it counts: an older version has started it.",
            remedy="`tidegate stop metrics`, then `tidegate run metrics`.",
        )
    return counting


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
