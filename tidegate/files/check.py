"""Files judged before they are sent: what a load would make of them, without a server.

The files are read and held against a manifest as they are when they are taken in, and their rows are judged by the SQL
of the jobs. What only the lake and reference data tell is left out, and said.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Literal

from tidegate.clients.file_version import MOST_FAULTS
from tidegate.contracts.dataset import Files
from tidegate.errors import TidegateError
from tidegate.files.account import Account, Known
from tidegate.files.given import look_at, read_as, uri_of
from tidegate.files.intake import Intake, Left, Wanted
from tidegate.files.manifest import MAX_BYTES, Promised, read_manifest
from tidegate.files.nowhere import Nowhere
from tidegate.files.trial import judged
from tidegate.files.trial_rows import Fault, TrialRows
from tidegate.files.versions import Copy
from tidegate.settings import Settings
from tidegate.sql.file_check import not_looked_up

Outcome = Literal["loaded", "quarantined", "unnamed"]


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """What a load would make of a file: ``reason`` says why it would not be loaded.

    Counts are None where its rows were not judged, or would not come into silver. ``blank``: lines that are no rows.
    ``codes``: how many rows are rejected by each code; ``faults``: the first of them.
    """

    uri: str
    size: int
    sha256: str
    outcome: Outcome
    reason: str | None = None
    rows: int | None = None
    silver: int | None = None
    rejected: int | None = None
    dropped: int | None = None
    duplicates: int | None = None
    blank: int | None = None
    codes: Mapping[str, int] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """The files in the order in which a load numbers them; ``not_checked``: what of the contract is left out."""

    dataset: str
    files: tuple[CheckedFile, ...]
    not_checked: tuple[str, ...]


def check(
    settings: Settings,
    dataset: Files,
    files: Sequence[str | Path],
    manifest: str | Path | None = None,
    *,
    are_repairs: bool = False,
) -> Report:
    """Judges the files together, as one load would; each is a path or ``s3://…``.

    ``manifest``: the list of the files. ``are_repairs``: they have mended rows, and no threshold is theirs.

    Raises:
        TidegateError: a file is not there, can't be read or is changed meanwhile; Flink is not installed here or
            refuses the contract's SQL. TransientError: S3 is out of reach.
    """
    promises = _promises(settings, manifest) if manifest is not None else None
    copies = [*_read(settings, dataset, sorted({uri_of(each) for each in files}), promises)]
    found = {each.listed.uri: _unread(each) for each in copies}
    wanted = [each for each in copies if each.fault is None and not _is_unnamed(each, promises)]
    if promises is not None:
        found |= {each.listed.uri: _unnamed(each) for each in copies if _is_unnamed(each, promises)}
    if wanted:
        found |= {each.uri: each for each in _judged(settings, dataset, wanted, are_repairs)}
    missing = ["the manifest, which the contract asks for"] if _lacks_manifest(dataset, manifest) else []
    left_out = (*missing, *not_looked_up(dataset), "rows that are in silver already are no duplicates here")
    return Report(dataset.name, tuple(found[each.listed.uri] for each in copies), left_out)


def _promises(settings: Settings, manifest: str | Path) -> dict[str, Promised]:
    """By URI, what the list says of each of its files, which lie beside it or below its folder."""
    uri = uri_of(manifest)
    landing, listed = look_at(settings, uri)
    if listed.size > MAX_BYTES:
        raise TidegateError(f"{uri} is longer than {MAX_BYTES} bytes.", remedy="Name the list of the files.")
    folder = uri.rpartition("/")[0]
    found = read_manifest(b"".join(landing.chunks(listed, MAX_BYTES)), uri)
    return {f"{folder}/{name}": promised for name, promised in found.items()}


def _read(
    settings: Settings, dataset: Files, uris: Sequence[str], promises: Mapping[str, Promised] | None
) -> Iterator[Copy]:
    """Each file read to its end, as it is when it is taken in; nothing is copied."""
    for uri in uris:
        landing, listed = look_at(settings, uri)
        intake = Intake(dataset.name, dataset.file, landing, Nowhere(uri))
        [read] = intake.copies([Wanted(listed, date.min, (promises or {}).get(uri))])
        if isinstance(read, Left):
            raise TidegateError(f"{read.reason}.", remedy="Check it again once that has changed.")
        yield read


def _judged(settings: Settings, dataset: Files, copies: Sequence[Copy], are_repairs: bool) -> Iterator[CheckedFile]:
    numbered = dict(enumerate(copies, 1))
    to_read = [read_as(each.listed, number, is_repair=are_repairs) for number, each in numbered.items()]
    with judged(settings, dataset, to_read, dataset.contract.identity_columns) as rows:
        _refuse_changed(settings, copies)
        known = [Known(number, each.listed.size, each.promised_rows, are_repairs) for number, each in numbered.items()]
        accounts, splits = rows.accounts(known), rows.splits()
        doubled = rows.duplicates([each.number for each in accounts if each.fault is None])
        for account in accounts:
            faults = rows.faults(account.number, splits.get(account.number, ()), MOST_FAULTS)
            if dataset.file.is_parquet:
                faults = tuple(replace(each, byte=None) for each in faults)
            found = replace(_counted(numbered[account.number], account, rows), faults=faults)
            yield found if account.fault else _loaded(found, account, doubled.get(account.number, 0))


def _refuse_changed(settings: Settings, copies: Sequence[Copy]) -> None:
    for each in copies:
        if not each.listed.is_same(look_at(settings, each.listed.uri)[1]):
            raise TidegateError(f"{each.listed.uri} was changed while it was read.", remedy="Check it again.")


def _counted(copy: Copy, account: Account, rows: TrialRows) -> CheckedFile:
    return CheckedFile(
        copy.listed.uri,
        copy.listed.size,
        copy.sha256,
        "loaded" if account.fault is None else "quarantined",
        account.fault,
        rows=account.rows,
        rejected=account.rejected,
        dropped=account.dropped,
        blank=account.blank,
        codes=rows.codes(account.number),
    )


def _loaded(file: CheckedFile, account: Account, duplicates: int) -> CheckedFile:
    return replace(file, silver=account.passed - duplicates, duplicates=duplicates)


def _unread(copy: Copy) -> CheckedFile:
    """Of whose rows nothing is asked."""
    return CheckedFile(copy.listed.uri, copy.listed.size, copy.sha256, "quarantined", copy.fault)


def _is_unnamed(copy: Copy, promises: Mapping[str, Promised] | None) -> bool:
    return promises is not None and copy.listed.uri not in promises


def _unnamed(copy: Copy) -> CheckedFile:
    return replace(_unread(copy), outcome="unnamed", reason="the manifest does not name it")


def _lacks_manifest(dataset: Files, manifest: object) -> bool:
    return manifest is None and dataset.file.complete.by == "manifest"
