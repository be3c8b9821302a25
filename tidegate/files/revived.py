"""Files that are judged again since one is replaced whose rows theirs repeated: these rows are duplicates no more.

So is a file that was ignored for having the same bytes as one that is replaced by others.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from tidegate.clients.file_version import FileVersion, State
from tidegate.clients.file_versions import change_versions, read_versions
from tidegate.clients.lake_rows import scan_rows, table_if_there
from tidegate.contracts.envelope import SOURCE_PARTITION
from tidegate.contracts.naming import files_table
from tidegate.files.coming import newest_of_files
from tidegate.files.pieces import condition_of
from tidegate.files.proof_rows import repeated_places
from tidegate.files.repairs import repairs_of
from tidegate.settings import Settings
from tidegate.sql.replay_lake import CODE, DUPLICATE, VERDICT

_WAIT: frozenset[State] = frozenset({"checked", "loading"})
_COUNT: frozenset[State] = frozenset({"seen", "checked", "loading", "loaded", "quarantined"})
"""Of versions by which another with their bytes stays ignored."""


def judged_again(settings: Settings, dataset: str, loading: Sequence[FileVersion]) -> tuple[FileVersion, ...]:
    """New versions of such files, with the same bytes: each takes the place of the one that is loaded, if one is.

    Raises:
        TransientError, TidegateError: as :func:`tidegate.clients.lake.lake_errors`.
    """
    newest = read_versions(settings, dataset)
    replaced = {each.replaces for each in loading if each.replaces is not None}
    replaced |= {repair for _, repair in repairs_of(newest, replaced)}
    loaded = {each.number for each in newest if each.state == "loaded"}
    numbers = repeating(_repeats(settings, dataset), replaced, loaded) if replaced else set()
    numbers |= {each.number for each in ignored_for_nothing(newest, loading)}
    return _checked_again(settings, dataset, newest, numbers)


def come_back(settings: Settings, dataset: str, newest: Sequence[FileVersion]) -> tuple[FileVersion, ...]:
    """New versions of files whose own correction was refused, in a load that took out rows which theirs repeat.

    Raises:
        TransientError, TidegateError: as :func:`tidegate.clients.lake.lake_errors`.
    """
    alone = refused_corrections(newest)
    if not alone:
        return ()
    return _checked_again(settings, dataset, newest, left_behind(newest, _repeats(settings, dataset, alone)))


def _checked_again(
    settings: Settings, dataset: str, newest: Sequence[FileVersion], numbers: Collection[int]
) -> tuple[FileVersion, ...]:
    if not numbers:
        return ()
    change_versions(settings, dataset, lambda now: once_more(now, numbers))
    uris = {each.uri for each in newest if each.number in numbers}
    return tuple(each for each in read_versions(settings, dataset) if each.state == "checked" and each.uri in uris)


def _repeats(settings: Settings, dataset: str, only: Sequence[int] = ()) -> Mapping[int, set[int]]:
    """By the number of a file, those of the files with rows that repeat one of its rows.

    ``only``: what these repeat is looked for; what all repeat where none is named.
    """
    found: dict[int, set[int]] = {}
    table = table_if_there(settings, files_table(dataset, "verdicts"))
    if table is None:
        return found
    condition = f"{VERDICT} = '{DUPLICATE}'" + (f" and {condition_of(only)}" if only else "")
    for batch in scan_rows(settings, table, (SOURCE_PARTITION, CODE), condition):
        both = np.column_stack([repeated_places(batch[CODE]).partition, batch[SOURCE_PARTITION].to_numpy()])
        for first, number in np.unique(both, axis=0).tolist():
            found.setdefault(first, set()).add(number)
    return found


def repeating(repeats: Mapping[int, set[int]], replaced: Collection[int], loaded: Collection[int]) -> set[int]:
    """The files that are loaded and repeat rows of the replaced ones; who is judged again is replaced itself."""
    found: set[int] = set()
    new = set(replaced)
    while new:
        new = {number for first in new for number in repeats.get(first, ())}.intersection(loaded)
        new -= {*found, *replaced}
        found |= new
    return found


def refused_corrections(newest: Sequence[FileVersion]) -> list[int]:
    """The loaded files of which a correction is in quarantine, but not one with their own bytes."""
    refused: dict[str, set[str]] = {}
    for each in newest:
        if each.state == "quarantined":
            refused.setdefault(each.uri, set()).add(each.sha256)
    corrected = (each for each in newest if each.state == "loaded" and each.uri in refused)
    return [each.number for each in corrected if each.sha256 not in refused[each.uri]]


def left_behind(newest: Iterable[FileVersion], repeats: Mapping[int, set[int]]) -> set[int]:
    """Of the loaded files with refused corrections those that repeat rows of files which were replaced since.

    Their corrections were to be loaded in the place of these rows, by the load that took the others out.
    """
    known = [*newest]
    gone = {each.number for each in known if each.state == "superseded"}
    repeating_gone = {number for first in gone for number in repeats.get(first, ())}
    return repeating_gone.intersection(refused_corrections(known))


def ignored_for_nothing(newest: Sequence[FileVersion], loading: Iterable[FileVersion]) -> list[FileVersion]:
    """Of the files that are ignored those whose bytes no other has, once these are ``loading``; one of each content."""
    of_file = newest_of_files(newest)
    known = {each.number: each.sha256 for each in newest}
    corrected = {each.replaces for each in loading if each.replaces and known.get(each.replaces) != each.sha256}
    counting = {each.sha256 for each in newest if each.state in _COUNT and each.number not in corrected}
    ignored = [each for each in of_file.values() if each.state == "ignored" and each.sha256 not in counting]
    return [*{each.sha256: each for each in reversed(ignored)}.values()]


def is_waiting(newest: Iterable[FileVersion], uri: str) -> bool:
    """Whether a version of the file is to be loaded."""
    return any(each.uri == uri and each.state in _WAIT for each in newest)


def once_more(
    newest: Sequence[FileVersion], numbers: Collection[int], reason: str | None = None
) -> Iterator[FileVersion]:
    """Of files that are loaded or ignored; whoever asks again finds them checked, and makes none a second time.

    ``reason``: if it is another than that something of theirs is repeated no more.
    """
    waiting = {each.uri for each in newest if each.state in _WAIT}
    last = max((each.number for each in newest), default=0)
    for each in newest:
        if each.number in numbers and each.state in ("loaded", "ignored") and each.uri not in waiting:
            last += 1
            again, at = each.state == "loaded", datetime.now(UTC)
            why = reason or f"judged again: what its {'rows' if again else 'bytes'} repeated is replaced"
            before = each.number if again else None
            yield replace(each, number=last, state="checked", at=at, run=None, replaces=before, reason=why)
