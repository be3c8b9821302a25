"""Files in quarantine that are to be loaded again: the contract was changed, or somebody has looked at them."""

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime

from tidegate.clients.file_version import FileVersion
from tidegate.clients.file_versions import change_versions
from tidegate.errors import TidegateError
from tidegate.files.versions import moved
from tidegate.settings import Settings


def retry_versions(settings: Settings, dataset: str, numbers: Collection[int]) -> tuple[FileVersion, ...]:
    """They are checked from here on.

    Raises:
        TidegateError: one is not in quarantine; then none is changed.
        TransientError: the lake is out of reach.
    """
    return change_versions(settings, dataset, lambda newest: retried(newest, numbers))


def retried(newest: Sequence[FileVersion], numbers: Collection[int]) -> Iterator[FileVersion]:
    """The rows that follow.

    Raises:
        TidegateError: as :func:`retry_versions`.
    """
    known = {each.number: each for each in newest}
    for number in numbers:
        version = known.get(number)
        if version is None or version.state != "quarantined":
            state = "not there" if version is None else version.state
            raise TidegateError(f"file {number} is {state}.", remedy="Only files in quarantine can be tried again.")
        if version.repairs is not None:
            raise TidegateError(
                f"file {number} has mended rows of file {version.repairs}.", remedy="Redrive their letters again."
            )
    for number in numbers:
        yield moved(known[number], "checked", datetime.now(UTC))
