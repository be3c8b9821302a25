"""Waits until the lake holds all that refine made of a range: else rows of it would come after the replay's."""

import time
from collections.abc import Callable, Mapping
from functools import partial

from tidegate.clients.flink import FlinkClient
from tidegate.clients.kafka_offsets import OffsetReader, Offsets, offsets_at, reached
from tidegate.clock import now_ms
from tidegate.contracts.dataset import Stream
from tidegate.errors import TidegateError, TransientError
from tidegate.job_names import INDEX, LAKE, REFINE
from tidegate.jobs.live import live_jobs, of_dataset
from tidegate.settings import Settings

POLL_S = 0.3
_SPARE_S = 60.0
_LEAVE_OUT = " Or leave the index out: `--target lake`."


def refined_up_to(settings: Settings, stream: Stream) -> dict[int, int]:
    """The next raw offset of each partition that refine has not seen yet.

    Raises:
        TransientError: Kafka does not answer.
    """
    return OffsetReader(settings, timeout_s=30).positions(REFINE, stream.name).get(stream.contract.topic.name, {})


def wait_until_settled(
    settings: Settings, stream: Stream, ends: Mapping[int, int], *, with_index: bool = False
) -> None:
    """Returns when all rows of raw before ``ends`` that refine has passed are committed in the lake.

    Of a range that arrived long ago it is enough that the lake has read silver up to where it ends now; else a
    checkpoint of refine and two of the lake are waited for. ``with_index``: and a checkpoint of the index job is behind
    these rows, so that it does not send them again when it recovers.

    Raises:
        TidegateError: a job of these does not run with the dataset.
        TransientError: not in time.
    """
    client = FlinkClient(settings)
    behind_silver = (LAKE, INDEX) if with_index else (LAKE,)
    refine, lake, *index = (_job_id(settings, name, stream.name) for name in (REFINE, *behind_silver))
    interval_s = settings.checkpoint_interval_s(LAKE)
    deadline_s = time.monotonic() + 3 * interval_s + 2 * _SPARE_S
    is_recent = _is_recent(settings, stream, ends, 2 * interval_s + _SPARE_S)
    if is_recent:
        _next_checkpoint(client, refine, now_ms(), deadline_s)
    # Once: where traffic goes on, nobody ever is at the end.
    offsets = OffsetReader(settings, timeout_s=30)
    silver = offsets.ends(offsets.places([stream.contract.silver_topic]))
    for job in behind_silver:
        has_read = partial(_has_read, settings, stream, job, silver)
        _wait(f"the {job} job to read silver up to its end", has_read, deadline_s)
    if is_recent:
        triggered_ms = _next_checkpoint(client, lake, now_ms(), deadline_s)
        _next_checkpoint(client, lake, triggered_ms, deadline_s)
        for each in index:
            _next_checkpoint(client, each, triggered_ms, deadline_s)


def _is_recent(settings: Settings, stream: Stream, ends: Mapping[int, int], age_s: float) -> bool:
    old = offsets_at(settings, stream.contract.topic.name, max(0, int(now_ms() - age_s * 1000)))
    return any(number in old and old[number] < end for number, end in ends.items())


def _has_read(settings: Settings, stream: Stream, job: str, silver: Offsets) -> bool:
    topic = stream.contract.silver_topic
    positions = OffsetReader(settings, timeout_s=30).positions(job, stream.name).get(topic, {})
    return reached(silver, {(topic, number): at for number, at in positions.items()})


def _job_id(settings: Settings, job: str, dataset: str) -> str:
    found = of_dataset(live_jobs(settings), job, dataset)
    if found is None:
        raise TidegateError(
            f"{job} does not run with {dataset}: when it starts, it may write rows of the range again.",
            remedy=f"Start it with `tidegate run {job}`, then ask again.{_LEAVE_OUT if job == INDEX else ''}",
        )
    return found.job_id


def _next_checkpoint(client: FlinkClient, job_id: str, after_ms: float, deadline_s: float) -> float:
    """The time at which the newest checkpoint was triggered, once that is after ``after_ms``."""

    def newest_ms() -> float:
        latest = client.checkpoints(job_id)["latest"]["completed"]
        return float(latest["trigger_timestamp"]) if latest else 0.0

    _wait("a checkpoint", lambda: newest_ms() > after_ms, deadline_s)
    return newest_ms()


def _wait(what: str, condition: Callable[[], bool], deadline_s: float) -> None:
    while not condition():
        if time.monotonic() > deadline_s:
            raise TransientError(f"waited in vain for {what}.", remedy="See `tidegate status`; then ask again.")
        time.sleep(POLL_S)
