"""New files of a dataset are found, copied into the store, and given their versions: what comes before a load."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from tidegate.clients.file_store import open_store
from tidegate.clients.file_version import FileVersion
from tidegate.clients.file_versions import change_versions, first_number, read_versions
from tidegate.contracts.dataset import Files
from tidegate.files.expected import due
from tidegate.files.find import Finder, open_finder
from tidegate.files.intake import Intake, Left, Wanted, wanted_files
from tidegate.files.told import DayTold, Found, day_told
from tidegate.files.versions import Copy, taken_in, unread
from tidegate.jobs.flink_run import make_ready
from tidegate.settings import Settings

LEFTOVERS = timedelta(days=1)
"""What was begun in the store so long ago, and is not finished, was given up."""
NOTED_FILES = 500
NOTED_S = 60.0
"""After so many files, or so long, it is noted which were copied: who is killed then need not copy them again."""

Tell = Callable[[Copy | Left], None]


@dataclass(frozen=True, slots=True)
class Taken:
    """The dates that were asked for, and the newest states of all versions of the dataset, by number.

    ``new``: the numbers of those that were taken in now.
    """

    days: tuple[DayTold, ...]
    versions: tuple[FileVersion, ...]
    new: frozenset[int] = frozenset()

    @property
    def checked(self) -> list[FileVersion]:
        """What may be loaded, of these dates."""
        days = {each.day for each in self.days}
        return [version for version in self.versions if version.date in days and version.state == "checked"]

    @property
    def is_all_well(self) -> bool:
        """Whether no file was left unread, and none put into quarantine now; those of before do not count."""
        left = any(each.state in ("left", "unnamed") for day in self.days for each in day.files)
        return not left and not any(each.state == "quarantined" for each in self.versions if each.number in self.new)


def look(settings: Settings, files: Files, day: date | None = None, *, now: datetime | None = None) -> Taken:
    """The files of a date, or of all, and what is known of them; none is taken in.

    Raises:
        TransientError, TidegateError: as :func:`take_in`.
    """
    at = now or datetime.now(UTC)
    finder = open_finder(settings, files, read_versions(settings, files.name))
    return _taken(files, finder.find(day, at), finder.versions, at)


def take_in(
    settings: Settings,
    files: Files,
    day: date | None = None,
    *,
    now: datetime | None = None,
    tell: Tell = lambda _: None,
) -> Taken:
    """Takes in what is new and complete, of a date or of all; ``tell`` is called for each file that was read.

    Raises:
        TransientError: a server is out of reach; what was noted, or copied whole, is not copied again.
        TidegateError: the pattern is none, its folder is not there, or a server refuses.
    """
    at = now or datetime.now(UTC)
    finder = open_finder(settings, files, read_versions(settings, files.name))
    found = finder.find(day, at)
    wanted = [each for of_day in found for each in _wanted(of_day, finder.newest)]
    if not wanted:
        return _taken(files, found, finder.versions, at)
    make_ready(settings)  # a load follows, whose first job would wait for Flink's client
    known = {each.number for each in finder.versions}
    left = _copy(finder, wanted, at, tell)
    found = [replace(each, left={uri: left[uri] for uri in _uris(each) & left.keys()}) for each in found]
    taken = _taken(files, found, read_versions(settings, files.name), at)
    return replace(taken, new=frozenset({each.number for each in taken.versions} - known))


def _wanted(found: Found, newest: Mapping[str, FileVersion]) -> list[Wanted]:
    return wanted_files(unread(found.ready.files, newest), found.day, found.ready.promised)


def _copy(finder: Finder, wanted: list[Wanted], at: datetime, tell: Tell) -> dict[str, str]:
    """Copies the files and notes their versions; by URI why some were left."""
    store = open_store(finder.settings)
    store.sweep(at - LEFTOVERS)
    intake = Intake(finder.files.name, finder.files.file, finder.landing, store)
    left, copies, noted_s = dict[str, str](), list[Copy](), time.monotonic()
    try:
        with closing(intake.copies(wanted)) as results:
            for each in results:
                tell(each)
                if isinstance(each, Left):
                    left[each.listed.uri] = each.reason
                    continue
                copies.append(each)
                if len(copies) >= NOTED_FILES or time.monotonic() - noted_s >= NOTED_S:
                    _note(finder, copies, at)
                    noted_s = time.monotonic()
    finally:
        _note(finder, copies, at)
    return left


def _note(finder: Finder, copies: list[Copy], at: datetime) -> None:
    """And forgets them."""
    name, noted = finder.files.name, tuple(copies)
    copies.clear()
    if noted:
        first = first_number(finder.settings, name)
        change_versions(finder.settings, name, lambda known: taken_in(name, noted, known, at, first))


def _taken(files: Files, found: Iterable[Found], versions: tuple[FileVersion, ...], at: datetime) -> Taken:
    expected, of_day = files.file.expected, defaultdict[date, list[FileVersion]](list)
    for version in versions:
        of_day[version.date].append(version)
    days = tuple(day_told(each, of_day[each.day], due(expected, each.day), at) for each in found)
    return Taken(days, versions)


def _uris(found: Found) -> set[str]:
    return {each.uri for each in found.listed}
