"""Which files a proof is about, and what else has rows or letters of theirs. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from tidegate.avro.leading_fields import Mask
from tidegate.clients.file_version import FileVersion
from tidegate.files.closer import named
from tidegate.files.proof import Finding
from tidegate.files.repairs import repairs_of
from tidegate.files.tally import Tally
from tidegate.proof.rows import Rows
from tidegate.proof.strangers import Strangers


@dataclass(frozen=True, slots=True)
class Scope:
    """``files``: those that are loaded and of the date, if there is one; ``left_out``: of those that a load works on.

    ``states``: of the date's versions by number; ``loaded``: the numbers of all files that have rows in silver.
    """

    day: date | None
    files: tuple[FileVersion, ...]
    left_out: tuple[FileVersion, ...]
    states: Mapping[int, str]
    loaded: frozenset[int]

    @property
    def numbers(self) -> list[int]:
        """Of the files."""
        return [each.number for each in self.files]

    def is_asked(self, number: int) -> bool:
        """Whether rows of this number are to be explained; by a proof of all dates those of no version, too."""
        return self.day is None or number in self.states


@dataclass(frozen=True, slots=True)
class Repeats:
    """The duplicates: where they lie, and where the rows that they repeat; (-1, -1) where nobody can tell."""

    rows: Rows
    first: Rows


def scope_of(versions: Sequence[FileVersion], day: date | None) -> Scope:
    """``versions``: the newest states. A file is left out too if a load works on the one that takes its place."""
    at_work = [each for each in versions if each.state == "loading"]
    replaced = {each.replaces for each in at_work if each.replaces is not None}
    replaced |= {repair for _, repair in repairs_of(versions, replaced)}
    busy = {each.number for each in versions if each.state == "loading" or each.number in replaced}
    mine = [each for each in versions if day in (None, each.date)]
    return Scope(
        day,
        tuple(each for each in mine if each.state == "loaded" and each.number not in busy),
        tuple(each for each in mine if each.number in busy),
        {each.number: each.state for each in mine},
        frozenset(each.number for each in versions if each.state == "loaded" or each.number in busy),
    )


def baseless(
    repeats: Repeats, unseen: Mask, scope: Scope, may_lack: frozenset[int]
) -> tuple[dict[int, Strangers], int]:
    """Duplicates of rows that are not in silver, by number; how many repeat a row that retention may have removed.

    ``may_lack``: the files whose rows it may have removed.
    """
    first = repeats.first.partition
    busy = np.isin(first, [each.number for each in scope.left_out])
    excused = unseen & np.isin(first, [*may_lack])
    wrong = (unseen | ~np.isin(first, [*scope.loaded])) & ~busy & ~excused
    return named(repeats.rows.where(wrong)), int((excused & ~busy).sum())


def strange_rows(silver: Mapping[int, Tally], scope: Scope) -> Iterator[Finding]:
    """Rows of silver, counted by number, of files that are not loaded."""
    for number, tally in sorted(silver.items()):
        if scope.is_asked(number) and number not in scope.loaded:
            said = f"silver has {tally.count:,} rows of file {number}, {_which_is(number, scope)}"
            yield Finding("strange_rows", number, tally.count, said)


def strange_letters(letters: Mapping[int, int], scope: Scope) -> Iterator[Finding]:
    """Letters, counted by number, of files that were never loaded."""
    for number, count in sorted(letters.items()):
        if scope.is_asked(number) and number not in scope.loaded and scope.states.get(number) != "superseded":
            said = f"{count:,} dead letters are of file {number}, {_which_is(number, scope)}"
            yield Finding("strange_letter", number, count, said)


def _which_is(number: int, scope: Scope) -> str:
    return f"which is {scope.states[number]}" if number in scope.states else "of which there is no version"
