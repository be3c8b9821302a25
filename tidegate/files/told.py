"""What is told of a dataset's files: by date what is waited for, by file its state. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from tidegate.clients.file_version import FileVersion, State
from tidegate.clients.landing import Listed
from tidegate.files.coming import newest_of_files
from tidegate.files.complete import Ready
from tidegate.files.versions import unread

Told = State | Literal["new", "waiting", "unnamed", "left"]
"""Of a file that is not taken in as it is now: it may be; its date is not complete; the manifest does not name it; it
could not be read."""


@dataclass(frozen=True, slots=True)
class FileTold:
    """A file: what it is listed as (None: it is there no more), its newest version (None: none), and why it is so."""

    uri: str
    state: Told
    listed: Listed | None
    version: FileVersion | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class DayTold:
    """The files of a date, by URI; ``due``: when they should be there; ``is_late``: they are not, and should be."""

    day: date
    due: datetime
    is_late: bool
    waits_for: str | None
    files: tuple[FileTold, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of a date: its files, and which of them may be taken in."""

    day: date
    listed: tuple[Listed, ...]
    ready: Ready
    left: Mapping[str, str] = field(default_factory=dict)
    """By URI why a file was not copied."""


def day_told(found: Found, versions: Iterable[FileVersion], due: datetime, now: datetime) -> DayTold:
    """``versions``: the newest states, by number, of all dates or of this one."""
    newest = newest_of_files(each for each in versions if each.date == found.day and not _is_over(each))
    new = {each.uri for each in unread(found.listed, newest)}
    listed = {each.uri: each for each in found.listed}
    files = [
        _new(listed[uri], newest.get(uri), found) if uri in new else _known(newest[uri], listed.get(uri))
        for uri in sorted(listed.keys() | newest.keys())
    ]
    waits_for = found.ready.waits_for if files else "no file is there"
    return DayTold(found.day, due, waits_for is not None and due <= now, waits_for, tuple(files))


def _is_over(version: FileVersion) -> bool:
    """Of a repair file: it has gone with what it repaired, and nothing follows under its name."""
    return version.repairs is not None and version.state == "superseded"


def _known(version: FileVersion, listed: Listed | None) -> FileTold:
    return FileTold(version.uri, version.state, listed, version, version.reason)


def _new(listed: Listed, version: FileVersion | None, found: Found) -> FileTold:
    if listed in found.ready.strange:
        return FileTold(listed.uri, "unnamed", listed, version, "the manifest does not name it")
    if listed.uri in found.left:
        return FileTold(listed.uri, "left", listed, version, found.left[listed.uri])
    if found.ready.waits_for is not None:
        return FileTold(listed.uri, "waiting", listed, version, found.ready.waits_for)
    return FileTold(listed.uri, "new", listed, version)
