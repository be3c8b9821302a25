"""Repair files: files of the gate's own, of the mended rows of one version of a supplier's file, beside that version.

They are versions like others, under URIs of their own, and go with the version whose rows they have: where a corrected
file takes its place, theirs go in the same commit. Pure.
"""

from collections.abc import Collection, Iterable, Sequence

from tidegate.clients.file_version import FileVersion, State

_COMES: frozenset[State] = frozenset({"checked", "loading"})
_MARK = "#repair-"


def repair_uri(uri: str, plan_id: str, count: int) -> str:
    """Of the plan's repair file with this number, from 1, for the version of the supplier's file at ``uri``."""
    return f"{uri}{_MARK}{plan_id}-{count}"


def repairs_by_plan(newest: Iterable[FileVersion], plan_id: str) -> list[FileVersion]:
    """The repair files that a plan has made, of all versions."""
    begin = f"{_MARK}{plan_id}-"
    return [each for each in newest if each.repairs is not None and begin in each.uri]


def repairs_of(newest: Iterable[FileVersion], numbers: Collection[int | None]) -> tuple[tuple[int, int], ...]:
    """Of these versions the repair files that are loaded: number of the version, and of the repair file."""
    return tuple(
        (each.repairs, each.number)
        for each in newest
        if each.repairs is not None and each.repairs in numbers and each.state == "loaded"
    )


def root_of(version: FileVersion) -> int:
    """The number of the supplier's file that a version's rows come from: of a repair file the one that it repairs."""
    return version.number if version.repairs is None else version.repairs


def unrepairable(newest: Sequence[FileVersion], number: int) -> str | None:
    """Why rows of a version can't be loaded beside it now, in one line; None if they can."""
    of = next((each for each in newest if each.number == number), None)
    if of is None:
        return f"there is no file {number}"
    if of.state != "loaded":
        return f"file {number} is {of.state}"
    newer = [each.number for each in newest if each.uri == of.uri and each.number != number and each.state in _COMES]
    return f"file {newer[-1]} waits to take the place of file {number}" if newer else None
