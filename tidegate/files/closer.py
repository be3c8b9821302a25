"""Rows of files looked at place by place: which are there twice, and which have two verdicts. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tidegate.files.tally import NOTHING, Tally, once, tallied
from tidegate.proof.rows import Rows, among, concat, in_order
from tidegate.proof.strangers import SHOWN, Strangers


@dataclass(frozen=True, slots=True)
class Others:
    """The verdicts on rows that are not in silver."""

    rejected: Rows
    dropped: Rows
    duplicates: Rows


@dataclass(frozen=True, slots=True)
class Sums:
    """Of one file: its rows by what became of them. Of a record that explodes, each counts once."""

    silver: Tally = NOTHING
    rejected: Tally = NOTHING
    dropped: Tally = NOTHING
    duplicates: Tally = NOTHING

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(
            self.silver + other.silver,
            self.rejected + other.rejected,
            self.dropped + other.dropped,
            self.duplicates + other.duplicates,
        )

    @property
    def all(self) -> Tally:
        """Every verdict."""
        return self.silver + self.rejected + self.dropped + self.duplicates


@dataclass(frozen=True, slots=True)
class Closer:
    """By number of the file: its sums; rows that silver has twice; rows with two verdicts."""

    sums: Mapping[int, Sums]
    doubled: Mapping[int, Strangers]
    twice: Mapping[int, Strangers]


def look_closer(silver: Rows, others: Others, *, explodes: bool) -> Closer:
    """``silver``: where records explode, with the identity of the row.

    Items of a record may be rejected though others pass: the record has passed.
    """
    order, differs = in_order(silver)
    doubled = silver.where(order[1:][~differs])
    passed, rejected, dropped, duplicates = (
        once([rows]) for rows in (silver, others.rejected, others.dropped, others.duplicates)
    )
    if explodes:
        rejected = rejected.where(~among(rejected, once([passed, duplicates])))
    counted = (passed, rejected) if explodes else (silver, others.rejected)
    sums = sums_of(*counted, others.dropped, others.duplicates)
    return Closer(sums, named(doubled), named(_in_two((passed, rejected, dropped, duplicates))))


def sums_of(*parts: Rows) -> dict[int, Sums]:
    """Of rows of silver, rejected ones, dropped ones and duplicates."""
    tallies = [tallied(rows) for rows in parts]
    numbers = {number for each in tallies for number in each}
    return {number: Sums(*(each.get(number, NOTHING) for each in tallies)) for number in numbers}


def named(rows: Rows) -> dict[int, Strangers]:
    """By number of the file, how many places these are, and the first of them as ``number:offset``."""
    found = dict[int, Strangers]()
    distinct = once([rows])
    for number in dict.fromkeys(distinct.partition.tolist()):
        offsets = distinct.offset[distinct.partition == number]
        found[number] = Strangers(len(offsets), tuple(f"{number}:{offset}" for offset in offsets[:SHOWN].tolist()))
    return found


def _in_two(parts: Sequence[Rows]) -> Rows:
    """Places that more than one of the parts has, of which each has no place twice."""
    every = concat(parts)
    order, differs = in_order(every)
    return every.where(order[1:][~differs])
