"""The jobs that read silver: whether they have read all of its old topic, and where they go on in the new one."""

import time
from collections.abc import Callable, Collection, Mapping, Sequence

from tidegate.clients.kafka_group_state import State, write_state
from tidegate.clients.kafka_last_records import record_ends
from tidegate.clients.kafka_offsets import PATIENT_S, OffsetReader, Place, reached
from tidegate.contracts import naming
from tidegate.contracts.dataset import Stream
from tidegate.errors import TidegateError, TransientError
from tidegate.job_names import LAKE
from tidegate.jobs.silver_versions import PLACED
from tidegate.settings import Settings

POLL_S = 0.3
_SPARE_S = 60.0


def have_read(settings: Settings, stream: Stream, jobs: Collection[str]) -> list[str]:
    """Those of the jobs that have ever had a checkpoint in silver's topic, of the version of ``stream``."""
    offsets = OffsetReader(settings, timeout_s=PATIENT_S)
    return [job for job in jobs if stream.contract.silver_topic in offsets.positions(job, stream.name)]


def wait_until_near(settings: Settings, stream: Stream, jobs: Sequence[str]) -> None:
    """Returns when the jobs have read silver up to where it ends now, while refine goes on: nothing stands still yet.

    Raises:
        TransientError: not in time.
    """
    offsets = OffsetReader(settings, timeout_s=PATIENT_S)
    ends = offsets.ends(offsets.places([stream.contract.silver_topic]))

    def lagging() -> list[str]:
        positions = {job: _positions(offsets, stream, job) for job in jobs}
        topic = stream.contract.silver_topic
        return [job for job, at in positions.items() if not reached(ends, {(topic, each): at[each] for each in at})]

    _wait(settings, lagging, "to read silver up to its end. Nothing was stopped")


def wait_until_sealed(settings: Settings, stream: Stream) -> None:
    """Returns when no transaction is open in the topics of the version, refine of the dataset being stopped.

    What one still holds back would become readable later.

    Raises:
        TransientError: one stays open.
    """
    offsets = OffsetReader(settings, timeout_s=PATIENT_S)
    places = offsets.places((stream.contract.silver_topic, stream.contract.dropped_topic))

    def are_open() -> list[str]:
        ends, written = offsets.ends(places), offsets.written_ends(places)
        return sorted({place[0] for place in places if ends[place] < written[place]})

    _wait(
        settings,
        are_open,
        "to have no open transaction, since refine is stopped. One ends by its timeout, or by kafka-transactions.sh",
    )


def wait_until_read(settings: Settings, stream: Stream, jobs: Sequence[str], *, running: Collection[str]) -> None:
    """Returns when each of the jobs has every record of the sealed topic behind a checkpoint.

    Raises:
        TidegateError: one that is not ``running`` has not read all of it.
        TransientError: not in time.
    """
    offsets = OffsetReader(settings, timeout_s=PATIENT_S)
    wanted = record_ends(settings, stream.contract.silver_topic)

    def lagging() -> list[str]:
        found = [job for job in jobs if lacks(_positions(offsets, stream, job), wanted)]
        if stopped := [job for job in found if job not in running]:
            raise TidegateError(
                f"{stopped[0]} was stopped before it had read all of silver's old topic of {stream.name}: somebody has "
                "written to it since.",
                remedy="Go back with `tidegate replay switch --back`, let it catch up, then switch again.",
            )
        return found

    _wait(settings, lagging, "to read silver's old topic to its end")


def lacks(positions: Mapping[int, int], wanted: Mapping[int, int]) -> bool:
    """Whether there is a record behind a position."""
    return any(positions.get(number, 0) < end for number, end in wanted.items())


def ends_of(settings: Settings, stream: Stream) -> dict[str, int]:
    """Where silver's topic of the version of ``stream`` ends, by partition, whose number is text as in a status.

    Raises:
        TransientError: Kafka does not answer.
    """
    offsets = OffsetReader(settings, timeout_s=PATIENT_S)
    return {
        str(number): end for (_, number), end in offsets.ends(offsets.places([stream.contract.silver_topic])).items()
    }


def begin_at(settings: Settings, stream: Stream, jobs: Sequence[str], places: Mapping[str, int]) -> None:
    """Lets jobs, which do not run, begin at these offsets of silver's topic; one that has begun there is left alone.

    Raises:
        TransientError: Kafka does not answer.
    """
    topic, begun = stream.contract.silver_topic, have_read(settings, stream, jobs)
    for job in jobs:
        if job not in begun:
            wanted: dict[Place, State] = {(topic, int(number)): (end, PLACED) for number, end in places.items()}
            write_state(settings, naming.group(job, stream.name), wanted)


def _positions(offsets: OffsetReader, stream: Stream, job: str) -> dict[int, int]:
    return offsets.positions(job, stream.name).get(stream.contract.silver_topic, {})


def _wait(settings: Settings, lagging: Callable[[], Sequence[str]], what: str) -> None:
    """Until nothing is named any more."""
    deadline_s = time.monotonic() + 3 * settings.checkpoint_interval_s(LAKE) + 2 * _SPARE_S
    while late := lagging():
        if time.monotonic() > deadline_s:
            raise TransientError(
                f"waited in vain for {', '.join(late)} {what}.", remedy="See `tidegate status`; then this again."
            )
        time.sleep(POLL_S)
