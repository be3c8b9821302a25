"""Files that are judged again since one is replaced whose rows theirs repeated: these rows are duplicates no more."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from tidegate.clients.file_version import FileVersion
from tidegate.clients.file_versions import change_versions, read_versions
from tidegate.clients.lake_rows import scan_rows, table_if_there
from tidegate.contracts.envelope import SOURCE_PARTITION
from tidegate.contracts.naming import files_table
from tidegate.settings import Settings
from tidegate.sql.replay_lake import CODE, DUPLICATE, VERDICT


def judged_again(settings: Settings, dataset: str, loading: Sequence[FileVersion]) -> tuple[FileVersion, ...]:
    """New versions of such files, with the same bytes: each takes the place of the one that is loaded.

    Raises:
        TransientError, TidegateError: as :func:`tidegate.clients.lake.lake_errors`.
    """
    replaced = {each.replaces for each in loading if each.replaces is not None}
    numbers = _repeating(settings, dataset, replaced) - replaced if replaced else set()
    if not numbers:
        return ()
    change_versions(settings, dataset, lambda newest: once_more(newest, numbers))
    return tuple(
        each for each in read_versions(settings, dataset) if each.state == "checked" and each.replaces in numbers
    )


def _repeating(settings: Settings, dataset: str, replaced: set[int]) -> set[int]:
    """The numbers of files with rows that repeat one of the replaced files'."""
    table = table_if_there(settings, files_table(dataset, "verdicts"))
    if table is None:
        return set()
    found = set()
    for batch in scan_rows(settings, table, (SOURCE_PARTITION, CODE), f"{VERDICT} = '{DUPLICATE}'"):
        for number, first in zip(batch[SOURCE_PARTITION].to_pylist(), batch[CODE].to_pylist(), strict=True):
            if int(first.partition(":")[0]) in replaced:
                found.add(number)
    return found


def once_more(newest: Sequence[FileVersion], numbers: Iterable[int]) -> Iterator[FileVersion]:
    """Of files that are loaded; whoever asks again finds them checked, and makes none a second time."""
    waiting = {each.replaces for each in newest if each.state in ("checked", "loading")}
    last = max((each.number for each in newest), default=0)
    for each in newest:
        if each.number in numbers and each.state == "loaded" and each.number not in waiting:
            last += 1
            yield replace(
                each,
                number=last,
                state="checked",
                at=datetime.now(UTC),
                run=None,
                replaces=each.number,
                reason="judged again: what its rows repeated is replaced",
            )
