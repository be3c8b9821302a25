"""Which files of a dataset are there, by date, and whether those of a date are all there."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from tidegate.clients.file_version import FileVersion
from tidegate.clients.landing import FileChangedError, Landing, Listed, UnreadableFileError, open_landing
from tidegate.contracts.dataset import Files
from tidegate.contracts.file_pattern import FilePattern, read_pattern
from tidegate.errors import TidegateError
from tidegate.files.coming import newest_of_files
from tidegate.files.complete import (
    Listing,
    Ready,
    by_manifest,
    by_marker,
    by_quiet,
    listing_of_text,
    listing_to_text,
    told_by,
)
from tidegate.files.expected import missed
from tidegate.files.manifest import MAX_BYTES, read_manifest
from tidegate.files.told import Found
from tidegate.files.versions import unread
from tidegate.own_files import write_whole
from tidegate.settings import Settings


@dataclass(frozen=True, slots=True)
class Finder:
    """Looks where the contract says; ``versions``: the newest states, by number, ``newest``: by URI what came last."""

    settings: Settings
    files: Files
    pattern: FilePattern
    landing: Landing
    versions: tuple[FileVersion, ...]
    newest: Mapping[str, FileVersion]

    def find(self, day: date | None, now: datetime) -> list[Found]:
        """One date; or all of which there are files or versions, and those that are missed.

        Raises:
            TransientError, TidegateError: the place can't be listed.
        """
        listed: defaultdict[date, list[Listed]] = defaultdict(list)
        for each in self.landing.below(self.pattern.prefix(day)):
            of = self.pattern.date_of(each.uri)
            if of is not None and day in (None, of):
                listed[of].append(each)
        return [self._found(each, listed[each], now) for each in self._days(day, listed, now)]

    def _days(self, day: date | None, listed: Iterable[date], now: datetime) -> list[date]:
        if day is not None:
            return [day]
        known = {*listed, *(version.date for version in self.versions)}
        return sorted({*known, *missed(self.files.file.expected, known, now)})

    def _found(self, day: date, listed: list[Listed], now: datetime) -> Found:
        marker = told_by(self.pattern, self.files.file.complete, day)
        ordered = tuple(sorted((each for each in listed if each.uri != marker), key=lambda each: each.uri))
        return Found(day, ordered, self._ready(day, ordered, now))

    def _ready(self, day: date, listed: tuple[Listed, ...], now: datetime) -> Ready:
        """A date with nothing new was complete before, so nothing is asked about it."""
        by = self.files.file.complete.by
        if not unread(listed, self.newest) or by == "always":
            return Ready(listed)
        if by == "stable":
            return self._quiet(day, listed, now)
        marker = told_by(self.pattern, self.files.file.complete, day)
        assert marker is not None, "a manifest or a marker has a name"
        try:
            return self._told_by(marker, day, listed)
        except (FileChangedError, UnreadableFileError) as error:
            return Ready(waits_for=error.problem.rstrip("."))

    def _told_by(self, marker: str, day: date, listed: tuple[Listed, ...]) -> Ready:
        found = self.landing.look(marker)
        if self.files.file.complete.by == "success" or found is None:
            return by_marker(listed, marker, found is not None)
        if found.size > MAX_BYTES:
            return Ready(waits_for=f"{marker} is longer than {MAX_BYTES} bytes")
        data = b"".join(self.landing.chunks(found, MAX_BYTES))
        try:
            promises = read_manifest(data, marker)
        except TidegateError as error:  # another date's files are not kept by it
            return Ready(waits_for=error.problem.rstrip("."))
        return by_manifest(listed, marker, promises, lambda uri: self.pattern.date_of(uri) == day)

    def _quiet(self, day: date, listed: tuple[Listed, ...], now: datetime) -> Ready:
        """The earlier listing is in the home folder."""
        kept = self.settings.home / "files" / self.files.name / "listings" / f"{day.isoformat()}.json"
        before = listing_of_text(kept.read_text()) if kept.exists() else None
        ready, keep = by_quiet(Listing(now, listed), before, self.files.file.complete.quiet_s)
        if keep != before:
            kept.parent.mkdir(parents=True, exist_ok=True)
            write_whole(kept, listing_to_text(keep))
        return ready


def open_finder(settings: Settings, files: Files, versions: tuple[FileVersion, ...]) -> Finder:
    """For a dataset; a pattern that is a path begins in the folder in which the command runs.

    Raises:
        TidegateError: the pattern is none, or its folder is not there.
    """
    pattern = read_pattern(files.file.pattern, Path.cwd())
    landing = open_landing(settings, pattern.prefix())
    return Finder(settings, files, pattern, landing, versions, newest_of_files(versions))
