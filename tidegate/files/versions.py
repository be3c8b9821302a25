"""The states of a file's version, and what a listing means beside the versions that are known. Pure.

=============  =====================================================  ==========================================
state          the file                                               and then
=============  =====================================================  ==========================================
seen           is copied into the store, and its hash is known        checked, quarantined, ignored
checked        may be loaded, as far as is known without its rows     loading; quarantined; superseded, not loaded
loading        is in a run                                            loaded, quarantined; checked, given up
loaded         has its rows in silver                                 superseded; loading, to be judged again
quarantined    has none: ``reason`` says why                          checked, by a retry; superseded
superseded     a corrected file has taken its place                   nothing
ignored        is the same as another file                            nothing
=============  =====================================================  ==========================================
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from tidegate.clients.file_version import FileVersion, State
from tidegate.clients.landing import Listed
from tidegate.files.coming import in_order_of_coming
from tidegate.files.repairs import unrepairable

MOVES: dict[State, frozenset[State]] = {
    "seen": frozenset({"checked", "quarantined", "ignored", "superseded"}),
    "checked": frozenset({"loading", "quarantined", "superseded"}),
    "loading": frozenset({"loading", "loaded", "quarantined", "checked"}),
    "loaded": frozenset({"superseded", "loading"}),
    "quarantined": frozenset({"checked", "superseded"}),
    "superseded": frozenset(),
    "ignored": frozenset(),
}
_NOT_LOADED: frozenset[State] = frozenset({"seen", "checked"})
_COUNTS: frozenset[State] = frozenset({"seen", "checked", "loading", "loaded"})
"""The same bytes as of such a version would be loaded twice."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A file that was read whole and is in the store; ``fault``: why it can't be loaded, in one line.

    ``promised_rows``: as many as a manifest says, or the end of a file of Parquet.
    """

    listed: Listed
    day: date
    sha256: str
    stored: str
    fault: str | None = None
    promised_rows: int | None = None


def may_have_lost(version: FileVersion, removed_before: date | None) -> bool:
    """Whether rows of it may be among those of the days before this one, which retention has removed from silver.

    Which days a load's rows are of, is known of versions that were loaded since it is noted.
    """
    if removed_before is None:
        return False
    return version.days is None or any(date.fromisoformat(day) < removed_before for day in json.loads(version.days))


def moved(version: FileVersion, state: State, at: datetime, reason: str | None = None) -> FileVersion:
    """The version's next row; what else changes with it, the caller replaces.

    Raises:
        ValueError: no version goes from its state to that one.
    """
    if state not in MOVES[version.state]:
        raise ValueError(f"{version.uri}, version {version.number}: from {version.state} to {state}")
    return replace(version, state=state, at=at, reason=reason, faults=None)


def unread(listed: Iterable[Listed], newest: Mapping[str, FileVersion]) -> list[Listed]:
    """The files that must be read: those of which no version is known, and those that were written again since.

    ``newest``: by URI the version that came last.
    """
    return [each for each in listed if each.uri not in newest or not _is_listed_so(newest[each.uri], each)]


def taken_in(
    dataset: str, copies: Iterable[Copy], versions: Sequence[FileVersion], at: datetime, first: int = 1
) -> list[FileVersion]:
    """The rows that follow from files that were read: new versions with their numbers, and what becomes of others.

    A file with the bytes of its newest version is none; that it was touched is noted. ``versions`` are the newest
    states, by number; ``first`` is the number where there are none.
    """
    known, rows = _Known(versions, first), list[FileVersion]()
    for copy in sorted(copies, key=lambda copy: (copy.day, copy.listed.uri)):
        for row in _of_copy(dataset, copy, known, at):
            known.add(row)
            rows.append(row)
    return rows


def superseded_by(version: FileVersion, versions: Iterable[FileVersion]) -> list[FileVersion]:
    """The older versions of its file that count for nothing any more once it is loaded, and their repair files."""
    known = [*versions]
    of_file = [each for each in known if each.uri == version.uri and each.number != version.number]
    ordered = [each.number for each in in_order_of_coming([*of_file, version])]
    older = {*ordered[: ordered.index(version.number)]}
    return [
        each for each in known if (each.number in older or each.repairs in older) and "superseded" in MOVES[each.state]
    ]


def to_load(newest: Iterable[FileVersion], day: date | None) -> list[FileVersion]:
    """The checked versions of a date, or of all: the newest of each file, in the place of the one that is loaded now.

    What one replaces was noted when it was seen. Since then the version that was being loaded may have been refused, or
    one out of quarantine was loaded. A repair file waits while one may take the place of what it repairs.
    ``newest``: by number.
    """
    known = [*newest]
    loaded = {each.uri: each.number for each in known if each.state == "loaded"}
    checked = {each.uri: each for each in in_order_of_coming(known) if each.state == "checked"}
    return [
        replace(each, replaces=loaded.get(each.uri, each.replaces))
        for each in checked.values()
        if day in (None, each.date) and (each.repairs is None or unrepairable(known, each.repairs) is None)
    ]


class _Known:
    """The newest states so far, found by file and by content: there may be thousands of small files."""

    def __init__(self, versions: Iterable[FileVersion], first: int) -> None:
        self.newest: dict[int, FileVersion] = {}
        self._by_uri: defaultdict[str, dict[int, None]] = defaultdict(dict)
        self._by_sha256: defaultdict[str, dict[int, None]] = defaultdict(dict)
        self.next_number = first
        for version in versions:
            self.add(version)

    def add(self, version: FileVersion) -> None:
        self.newest[version.number] = version
        self._by_uri[version.uri][version.number] = None
        self._by_sha256[version.sha256][version.number] = None
        self.next_number = max(self.next_number, version.number + 1)

    def of_file(self, uri: str) -> list[FileVersion]:
        """What came last is the last."""
        return in_order_of_coming(self.newest[number] for number in self._by_uri.get(uri, ()))

    def with_bytes(self, sha256: str) -> list[FileVersion]:
        return [self.newest[number] for number in self._by_sha256.get(sha256, ())]


def _of_copy(dataset: str, copy: Copy, known: _Known, at: datetime) -> Iterator[FileVersion]:
    of_file = known.of_file(copy.listed.uri)
    if of_file and of_file[-1].sha256 == copy.sha256:
        if of_file[-1].etag != copy.listed.etag:  # else it would be read again each time, and told as new
            yield _touched(of_file[-1], copy.listed, at)
        return
    seen = replace(_seen(dataset, copy, known.next_number, at), replaces=_replaced(of_file))
    same = _same(copy, known.with_bytes(copy.sha256))
    yield seen
    if same is not None and not any(each.state in _COUNTS for each in of_file):
        yield moved(seen, "ignored", at, f"its bytes are those of {same.uri}, version {same.number}")
    elif copy.fault is not None:
        yield moved(seen, "quarantined", at, copy.fault)
    else:
        yield moved(seen, "checked", at)
        for version in of_file:
            if version.state in _NOT_LOADED:
                yield moved(version, "superseded", at, f"version {seen.number} came before it was loaded")


def _seen(dataset: str, copy: Copy, number: int, at: datetime) -> FileVersion:
    listed = copy.listed
    return FileVersion(
        dataset=dataset,
        number=number,
        uri=listed.uri,
        date=copy.day,
        size=listed.size,
        modified_at=_modified_at(listed),
        etag=listed.etag,
        sha256=copy.sha256,
        stored=copy.stored,
        state="seen",
        at=at,
        promised_rows=copy.promised_rows,
    )


def _touched(version: FileVersion, listed: Listed, at: datetime) -> FileVersion:
    """Its time too, where no row has it yet: all rows of a file with a wrong one may lie in the future of it."""
    modified_at = _modified_at(listed) if version.state in ("checked", "quarantined") else version.modified_at
    return replace(version, etag=listed.etag, modified_at=modified_at, at=at)


def _modified_at(listed: Listed) -> datetime:
    return datetime.fromtimestamp(listed.modified_ms / 1000, UTC)


def _replaced(of_file: Sequence[FileVersion]) -> int | None:
    """The version whose rows are published, or will be; else the newest that was refused."""
    published = [version.number for version in of_file if version.state in ("loading", "loaded")]
    refused = [version.number for version in of_file if version.state == "quarantined"]
    return max(published or refused, default=None)


def _same(copy: Copy, alike: Iterable[FileVersion]) -> FileVersion | None:
    """Another file with the same bytes. Files without any are alike, and none of them has rows."""
    others = (version for version in alike if version.uri != copy.listed.uri and _may_be_same(version))
    return next((version for version in others if version.size), None)


def _may_be_same(version: FileVersion) -> bool:
    """What the gate has mended is not what a supplier sends."""
    return version.state in _COUNTS and version.repairs is None


def _is_listed_so(version: FileVersion, listed: Listed) -> bool:
    return (version.size, version.etag) == (listed.size, listed.etag)
