"""Whether each row of a file got one verdict, and whether the file is good enough to be published. Pure."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np

from tidegate.avro.leading_fields import Ints
from tidegate.contracts.file_section import Thresholds
from tidegate.files.tally import NOTHING, Tally

NO_LIMITS = Thresholds(max_rejected_ratio=1, min_rows=0)
"""Of a repair file."""


@dataclass(frozen=True, slots=True)
class Split:
    """What a part of a file held: rows and other lines in the ``length`` bytes from ``start`` on.

    Of Parquet, whose rows have numbers in the place of bytes, in the ``length`` rows from number ``start`` on.

    ``code`` and ``message``: why the file is at fault, if it is.
    """

    start: int
    length: int
    rows: int
    header_lines: int
    blank_lines: int
    comment_lines: int
    places: int
    code: str | None = None
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Of one file's rows. Of a record that explodes some rows may pass though others are rejected: it has passed."""

    passed: Tally = NOTHING
    rejected: Tally = NOTHING
    dropped: Tally = NOTHING


@dataclass(frozen=True, slots=True)
class Account:
    """One file: its rows by verdict, its lines that are none; ``passed`` has duplicates in it, if there are some.

    ``fault``: why it is put into quarantine. ``wrong``: where rows are left without a verdict, or have two.
    """

    number: int
    rows: int
    passed: int
    rejected: int
    dropped: int
    blank: int
    fault: str | None = None
    wrong: str | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """A file as it is known without its rows: ``size`` in bytes as it lies in the store, packed or not.

    ``promised_rows``: as many as a manifest says, or the end of a file of Parquet, or as were mended. ``is_repair``: a
    row of it that fails again is a letter again, whatever becomes of the others.
    """

    number: int
    size: int
    promised_rows: int | None = None
    is_repair: bool = False


def account_of(file: Known, splits: Sequence[Split], verdicts: Verdicts, thresholds: Thresholds) -> Account:
    """What its splits tell held against the verdicts on its rows, and against what is expected of it.

    ``thresholds``: the contract's, which mean no repair file.
    """
    rows = sum(split.rows for split in splits)
    limits = NO_LIMITS if file.is_repair else thresholds
    found = Account(
        file.number,
        rows,
        verdicts.passed.count,
        verdicts.rejected.count,
        verdicts.dropped.count,
        blank=sum(split.header_lines + split.blank_lines + split.comment_lines for split in splits),
        fault=_fault(splits) or _other_rows(file, rows) or _past(limits, rows, verdicts.rejected.count),
    )
    if any(split.code for split in splits):
        return found  # of its rows no more is asked: it is put into quarantine as a whole
    return replace(found, wrong=gap(splits, file.size, file.promised_rows) or _difference(splits, verdicts))


def settled(accounts: Iterable[Account], published: Container[int]) -> tuple[Account, ...]:
    """Of a run that is published: what its files were found to be then holds, whatever the contract says by now."""
    return tuple(
        replace(each, fault=None if each.number in published else each.fault or "the contract was another one")
        for each in accounts
    )


def read_of(splits: Sequence[Split]) -> Tally:
    """The rows of all parts of a file."""
    read = NOTHING
    for split in splits:
        read += Tally(split.rows, split.places)
    return read


class RowNumbers:
    """The numbers of a file's rows, from 1, by where they begin and their numbers within their split.

    A split's ``start`` is the first row that begins in its part of the file, not where the file was cut.
    """

    def __init__(self, splits: Sequence[Split]) -> None:
        ordered = _in_order(splits)
        self._starts = np.array([split.start for split in ordered], np.int64)
        self._before = np.cumsum([0, *(split.rows for split in ordered)], dtype=np.int64)

    def of(self, offsets: Ints, numbers_in_split: Ints) -> Ints:
        """Of the rows that begin at these bytes, or, of Parquet, have these numbers."""
        rows: Ints = self._before[np.searchsorted(self._starts, offsets, side="right") - 1] + numbers_in_split
        return rows


def _fault(splits: Sequence[Split]) -> str | None:
    at_fault = [split for split in _in_order(splits) if split.code]
    return f"{at_fault[0].code}: {at_fault[0].message}" if at_fault else None


def _other_rows(file: Known, rows: int) -> str | None:
    if file.promised_rows in (None, rows):
        return None
    return f"it has {rows:,} rows, its manifest says {file.promised_rows:,}"


def _past(limits: Thresholds, rows: int, rejected: int) -> str | None:
    if rows < limits.min_rows:
        return f"it has {rows:,} rows, at least {limits.min_rows:,} are expected (file.thresholds.min_rows)"
    if limits.max_rows is not None and rows > limits.max_rows:
        return f"it has {rows:,} rows, at most {limits.max_rows:,} are expected (file.thresholds.max_rows)"
    most = Decimal(repr(limits.max_rejected_ratio)) * rows  # as it is written: 0.29 of 100 rows are 29, no less
    if rejected > most:
        return (
            f"{rejected:,} of {rows:,} rows ({rejected / rows:.1%}) are rejected, at most {int(most):,} "
            f"({limits.max_rejected_ratio:.1%}) may be (file.thresholds.max_rejected_ratio)"
        )
    return None


def gap(splits: Sequence[Split], size: int, promised_rows: int | None) -> str | None:
    """In words, which bytes nobody looked at; of a packed file, which is one split, the unpacked ones are counted.

    Of Parquet, which rows. Its parts are as long as they have rows, and no other file's: a line has bytes and an end.
    """
    rows = sum(split.rows for split in splits)
    is_by_rows = 0 < rows == sum(split.length for split in splits)
    end, what = 0, "rows" if is_by_rows else "bytes"
    for split in _in_order(splits):
        if split.start != end:
            return f"of its {what} none of {end} to {split.start} were read"
        end += split.length
    whole = promised_rows if is_by_rows else size
    if (is_by_rows or len(splits) > 1) and whole is not None and end != whole:
        return f"{end} of its {whole} {what} were read"
    return None if splits else "nothing of it was read"


def _difference(splits: Sequence[Split], verdicts: Verdicts) -> str | None:
    read = read_of(splits)
    judged = verdicts.passed + verdicts.rejected + verdicts.dropped
    if judged == read:
        return None
    if judged.count != read.count:
        return f"{read.count:,} rows were read, {judged.count:,} have a verdict"
    return f"{read.count:,} rows were read, and as many verdicts are on others"


def _in_order(splits: Sequence[Split]) -> list[Split]:
    """A part in which no row begins, as one before reaches beyond it, is empty and starts where the next one does."""
    return sorted(splits, key=lambda each: (each.start, each.length))
