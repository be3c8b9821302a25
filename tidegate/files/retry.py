"""Files that are to be judged again: the contract was changed, or somebody has looked at them.

Those in quarantine are loaded as they are; one that is loaded gets a new version with the same bytes, which takes its
place with the next load.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime

from tidegate.clients.file_version import FileVersion
from tidegate.clients.file_versions import change_versions
from tidegate.errors import TidegateError
from tidegate.files.revived import is_waiting, once_more
from tidegate.files.versions import moved
from tidegate.settings import Settings

_REASON = "judged again: somebody has asked for it"


def retry_versions(settings: Settings, dataset: str, numbers: Collection[int]) -> tuple[FileVersion, ...]:
    """They are checked from here on.

    Raises:
        TidegateError: one is neither loaded nor in quarantine, or its file waits already; then none is changed.
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
        if version is None or version.state not in ("quarantined", "loaded"):
            state = "not there" if version is None else version.state
            raise TidegateError(
                f"file {number} is {state}.", remedy="Only files that are loaded or in quarantine can be tried again."
            )
        if version.state == "loaded" and is_waiting(newest, version.uri):
            raise TidegateError(
                f"a newer version of file {number} waits.", remedy=f"`tidegate files load {version.dataset}` loads it."
            )
        if version.repairs is not None:
            raise TidegateError(
                f"file {number} has mended rows of file {version.repairs}.", remedy="Redrive their letters again."
            )
    yield from once_more(newest, [number for number in numbers if known[number].state == "loaded"], _REASON)
    for number in numbers:
        if known[number].state == "quarantined":
            yield moved(known[number], "checked", datetime.now(UTC))
