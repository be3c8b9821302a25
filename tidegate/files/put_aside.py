"""Files that are put into quarantine by hand: one by which the job of a load fails each time would keep all others."""

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime

from tidegate.clients.file_version import FileVersion
from tidegate.clients.file_versions import change_versions, read_versions
from tidegate.errors import TidegateError
from tidegate.files.jobs import give_up_jobs
from tidegate.files.load import load_turn
from tidegate.files.publish import is_run_published
from tidegate.files.run import RUN_ID
from tidegate.files.versions import moved
from tidegate.settings import Settings


def put_aside(settings: Settings, dataset: str, numbers: Collection[int], reason: str) -> tuple[FileVersion, ...]:
    """They are in quarantine from here on; the load that has begun with them goes on without them.

    Raises:
        TidegateError: one is not to be loaded, or is published already; then none is changed. A load is at work.
        TransientError: the lake or Flink is out of reach.
    """
    with load_turn(settings, dataset):
        newest = read_versions(settings, dataset)
        aside = {each.number for each in put_aside_of(newest, numbers, reason)}
        begun = (each.run for each in newest if each.number in aside and each.state == "loading")
        for run in sorted({run for run in begun if run is not None}):
            if is_run_published(settings, dataset, (RUN_ID, run)):
                raise TidegateError(
                    f"the load {run} is published already.", remedy=f"`tidegate files load {dataset}` ends it."
                )
            give_up_jobs(settings, run)
        return change_versions(settings, dataset, lambda now: put_aside_of(now, numbers, reason))


def put_aside_of(newest: Sequence[FileVersion], numbers: Collection[int], reason: str) -> Iterator[FileVersion]:
    """The rows that follow.

    Raises:
        TidegateError: as :func:`put_aside`.
    """
    known = {each.number: each for each in newest}
    for number in numbers:
        state = known[number].state if number in known else "not there"
        if state not in ("checked", "loading"):
            raise TidegateError(
                f"file {number} is {state}.", remedy="Only files that are to be loaded can be put into quarantine."
            )
    for number in dict.fromkeys(numbers):
        yield moved(known[number], "quarantined", datetime.now(UTC), reason)
