"""Whether the files of a date are all there, by what the contract says of it (``file.complete``). Pure."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime

from tidegate.clients.landing import Listed
from tidegate.contracts.file_pattern import FilePattern, marker_name
from tidegate.contracts.file_section import Complete
from tidegate.files.manifest import Promised


@dataclass(frozen=True, slots=True)
class Listing:
    """The files of a date as they were first listed so, at ``since``."""

    since: datetime
    files: tuple[Listed, ...]


@dataclass(frozen=True, slots=True)
class Ready:
    """The files of a date that may be taken in; ``waits_for``: what is missing, in one line.

    ``promised``: what a manifest says of a file, by URI. ``strange``: files of the pattern that it does not name.
    """

    files: tuple[Listed, ...] = ()
    waits_for: str | None = None
    promised: Mapping[str, Promised] = field(default_factory=dict)
    strange: tuple[Listed, ...] = ()


def told_by(pattern: FilePattern, complete: Complete, day: date) -> str | None:
    """The URI of the file that tells of a date's files; None if none does."""
    name = marker_name(complete)
    return pattern.folder(day) + pattern.of_day(name, day) if name else None


def by_marker(files: Sequence[Listed], marker: str, is_there: bool) -> Ready:
    """``marker``: the URI of the file that says that all others are there."""
    return Ready(tuple(files)) if is_there else Ready(waits_for=f"{marker} is not there")


def by_manifest(
    files: Sequence[Listed], manifest: str, promises: Mapping[str, Promised], is_of_date: Callable[[str], bool]
) -> Ready:
    """``promises``: what the list at ``manifest`` says, by name; other files than those of the date are passed over.

    So is the list itself: ``sha256sum * > SHA256SUMS`` names it, as it was when it was begun.
    """
    folder = manifest.rpartition("/")[0] + "/"
    promised = {folder + name: promise for name, promise in promises.items()}
    promised = {uri: promise for uri, promise in promised.items() if uri != manifest and is_of_date(uri)}
    listed = {each.uri: each for each in files}
    missing = sorted(promised.keys() - listed.keys())
    strange = tuple(each for each in files if each.uri not in promised)
    if not promised:
        return Ready(waits_for=f"{manifest} names no file of file.pattern", strange=strange)
    if missing:
        more = f" and {len(missing) - 1} more" if missing[1:] else ""
        return Ready(waits_for=f"{missing[0]}{more}: in the manifest, and not there", strange=strange)
    return Ready(tuple(listed[uri] for uri in sorted(promised)), promised=promised, strange=strange)


def by_quiet(now: Listing, before: Listing | None, quiet_s: float) -> tuple[Ready, Listing]:
    """Whether nothing has changed for so long; and the listing to keep for the next time."""
    if not now.files:
        return Ready(waits_for="no file is there"), now
    if before is None or not _is_same(now.files, before.files):
        return Ready(waits_for=f"the files are new or have changed: listed again after {quiet_s:g} s"), now
    passed_s = (now.since - before.since).total_seconds()
    if passed_s < 0:
        return Ready(waits_for=f"the clock was set back: listed again after {quiet_s:g} s"), now
    if passed_s < quiet_s:
        return Ready(waits_for=f"unchanged for {passed_s:.0f} s, of {quiet_s:g} s"), before
    return Ready(now.files), before


def listing_to_text(listing: Listing) -> str:
    """To be kept in a file."""
    return json.dumps({"since": listing.since.isoformat(), "files": [asdict(each) for each in listing.files]}, indent=1)


def listing_of_text(text: str) -> Listing | None:
    """What was kept; None of a text that is no such one, as after a change of its form."""
    try:
        told = json.loads(text)
        since = datetime.fromisoformat(told["since"])
        return None if since.tzinfo is None else Listing(since, tuple(Listed(**each) for each in told["files"]))
    except (ValueError, LookupError, TypeError):
        return None


def _is_same(files: Sequence[Listed], before: Sequence[Listed]) -> bool:
    known = {each.uri: each for each in before}
    return len(files) == len(before) and all(each.is_same(known.get(each.uri)) for each in files)
