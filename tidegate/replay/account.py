"""Whether each raw record of a range got one verdict of the replay, and what became of the rows before. Pure."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np

from tidegate.proof.rows import Rows, among_places, make_rows


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Places of the records of a range by what the replay made of them; ``rejected`` would be dead letters.

    A record that explodes may be in ``passed`` and in ``rejected``: some of its rows are.
    """

    passed: Rows
    rejected: Rows
    dropped: Rows


@dataclass(frozen=True, slots=True)
class Account:
    """Counts of records, but for those of rows; ``unaccounted`` and ``strange`` name the first offsets that are wrong.

    ``now_gone`` had rows before and have none any more; ``now_rejected`` of them are refused. ``now_passed`` are new in
    the table.
    """

    raw: int
    passed: int
    duplicates: int
    rejected: int
    dropped: int
    out_of_time: int
    rows_before: int
    rows_now: int
    now_rejected: int
    now_passed: int
    now_gone: int = 0
    unaccounted: tuple[str, ...] = ()
    strange: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether every record of the range has a verdict, and none that is not of it."""
        return not self.unaccounted and not self.strange

    def counts(self) -> dict[str, int]:
        """The numbers by name."""
        return {name: value for name, value in asdict(self).items() if isinstance(value, int)}


@dataclass(frozen=True, slots=True)
class Published:
    """Rows of the table before, and of the staged ones those that come in their place."""

    before: Rows
    now: Rows


def account(raw: Rows, verdicts: Verdicts, in_time: Rows, published: Published) -> Account:
    """``raw``: every record of the range. ``in_time``: of the rows that passed, those of the range's event times."""
    passed, rejected, dropped = map(_places, (verdicts.passed, verdicts.rejected, verdicts.dropped))
    every = _union(passed, rejected, dropped)
    asked = _places(raw)
    timely, now, before = _places(in_time), _places(published.now), _places(published.before)
    return Account(
        raw=len(asked),
        passed=len(now),
        duplicates=len(_minus(timely, now)),
        rejected=len(_minus(rejected, passed)),
        dropped=len(dropped),
        out_of_time=len(_minus(passed, timely)),
        rows_before=len(published.before),
        rows_now=len(published.now),
        now_rejected=int(among_places(_minus(before, now), rejected).sum()),
        now_passed=len(_minus(now, before)),
        now_gone=len(_minus(before, now)),
        unaccounted=_first(_minus(asked, every)),
        strange=_first(_minus(every, asked)) + _first(_both(dropped, _union(passed, rejected))),
    )


def counts_of(found: Mapping[str, int]) -> str:
    """In one line, for people."""
    return (
        f"{found['raw']:,} raw records: {found['passed']:,} in the table, {found['duplicates']:,} duplicates, "
        f"{found['rejected']:,} rejected, {found['dropped']:,} dropped"
        + (f", {found['out_of_time']:,} of other event times" if found["out_of_time"] else "")
        + f". Rows before {found['rows_before']:,}, now {found['rows_now']:,}; of the records that had rows "
        f"{found['now_rejected']:,} are rejected now; {found['now_passed']:,} have rows that had none."
    )


def _places(rows: Rows) -> Rows:
    """Each place once, in order."""
    both = np.unique(np.column_stack([rows.partition.astype(np.int64), rows.offset]), axis=0)
    return make_rows(both[:, 0], both[:, 1])


def _union(*parts: Rows) -> Rows:
    return _places(
        make_rows(
            np.concatenate([part.partition for part in parts]),
            np.concatenate([part.offset for part in parts]),
        )
    )


def _minus(rows: Rows, others: Rows) -> Rows:
    return rows.where(~among_places(rows, others))


def _both(rows: Rows, others: Rows) -> Rows:
    return rows.where(among_places(rows, others))


def _first(rows: Rows) -> tuple[str, ...]:
    places = zip(rows.partition[:3].tolist(), rows.offset[:3].tolist(), strict=True)
    return tuple(f"{partition}:{offset}" for partition, offset in places)
