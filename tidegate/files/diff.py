"""What a corrected file changes in silver, seen before it is loaded: both files are judged as the contract is now."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tidegate.clients.file_version import FileVersion, State
from tidegate.clients.file_versions import read_versions
from tidegate.contracts import envelope
from tidegate.contracts.dataset import Files
from tidegate.errors import TidegateError
from tidegate.files.account import Account, Known
from tidegate.files.given import look_at, read_as, uri_of
from tidegate.files.row_diff import RowDiff, diff_rows
from tidegate.files.run import to_read
from tidegate.files.trial import judged
from tidegate.settings import Settings
from tidegate.sql.file_check import not_looked_up
from tidegate.sql.file_to_read import FileToRead


@dataclass(frozen=True, slots=True)
class Side:
    """A file: the state of its version, or that it is none yet, and what becomes of its rows.

    ``reason``: why it is or would be in quarantine.
    """

    number: int | None
    uri: str
    state: State | Literal["new"]
    rows: int
    rejected: int
    dropped: int
    reason: str | None


@dataclass(frozen=True, slots=True)
class FileDiff:
    """Two files and their rows of silver; ``not_checked``: what of the contract is left out."""

    dataset: str
    before: Side
    after: Side
    rows: RowDiff
    not_checked: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """A file as it is read: a copy in the store, or one that was not taken in yet, which has no ``version``."""

    read: FileToRead
    version: FileVersion | None = None

    @property
    def known(self) -> Known:
        """As it is known without its rows."""
        promised_rows = self.version.promised_rows if self.version else None
        return Known(self.read.number, self.read.size, promised_rows, self.read.is_repair)

    def side(self, account: Account) -> Side:
        """With what became of its rows."""
        reason, counts = account.fault, (account.rows, account.rejected, account.dropped)
        if self.version is None:
            return Side(None, self.read.name, "new", *counts, reason)
        if self.version.state == "quarantined":
            reason = self.version.reason
        return Side(self.version.number, self.version.uri, self.version.state, *counts, reason)


def diff(settings: Settings, dataset: Files, file: str, other: int | None, most: int) -> FileDiff:
    """A version, by its number, or a file that was not taken in yet, by path or URI, beside the version ``other``.

    Without that: beside the one that it replaces. ``most``: rows of each kind to show.

    Raises:
        TidegateError: there is no such version or file, or it replaces none; as :func:`tidegate.files.trial.judged`.
        TransientError: the lake or the store is out of reach.
    """
    newest = read_versions(settings, dataset.name)
    if file.isdecimal():
        before, version = versions_of(newest, int(file), other)
        after = Compared(to_read(version), version)
    else:
        _, listed = look_at(settings, uri_of(file))
        before = _before(newest, listed.uri, other)
        after = Compared(read_as(listed, max(each.number for each in newest) + 1))
    both = (Compared(to_read(before), before), after)
    wanted = [name for name in dataset.silver_fields if name not in envelope.TYPES]
    with judged(settings, dataset, [each.read for each in both], wanted) as rows:
        accounts = rows.accounts([each.known for each in both])
        numbers = (before.number, after.read.number)
        found = diff_rows(rows, numbers, dataset.contract.row_identity, most)
    first, second = (each.side(account) for each, account in zip(both, accounts, strict=True))
    return FileDiff(dataset.name, first, second, found, tuple(not_looked_up(dataset)))


def versions_of(newest: Sequence[FileVersion], number: int, other: int | None) -> tuple[FileVersion, FileVersion]:
    """The version before, and ``number``; ``newest``: the newest states, by number.

    Raises:
        TidegateError: one is not there, or ``number`` replaces none.
    """
    after = _version(newest, number)
    if other is None and (other := _replaced(newest, after)) is None:
        raise TidegateError(
            f"file {number} replaces no other.", remedy="Name the version to compare it with behind its number."
        )
    if other == number:
        raise TidegateError(f"file {number} is the same as itself.", remedy="Name two versions.")
    return _version(newest, other), after


def _before(newest: Sequence[FileVersion], uri: str, other: int | None) -> FileVersion:
    """The version that a file would replace: the one that is loaded, else the newest."""
    if other is not None:
        return _version(newest, other)
    of_file = [each for each in newest if each.uri == uri]
    if not of_file:
        raise TidegateError(
            f"no version of {uri} is known.", remedy="Name the version to compare it with behind the file."
        )
    return next((each for each in reversed(of_file) if each.state == "loaded"), of_file[-1])


def _replaced(newest: Sequence[FileVersion], version: FileVersion) -> int | None:
    """Of its file the version that is loaded, as a load takes it; else the one that was noted."""
    loaded = [each.number for each in newest if each.uri == version.uri and each.state == "loaded"]
    return next((each for each in reversed(loaded) if each < version.number), version.replaces)


def _version(newest: Sequence[FileVersion], number: int) -> FileVersion:
    found = next((each for each in newest if each.number == number), None)
    if found is None:
        raise TidegateError(f"there is no file {number}.", remedy="`tidegate files list` shows them all.")
    return found
