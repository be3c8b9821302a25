"""Every record of the range has one verdict, or the account does not hold and names the first that has none."""

from tidegate.proof.rows import Rows, make_rows
from tidegate.replay.account import Account, Published, Verdicts, account, counts_of


def at(*offsets: int) -> Rows:
    return make_rows([0] * len(offsets), offsets)


def made(raw: Rows, verdicts: Verdicts, now: Rows, before: Rows, in_time: Rows | None = None) -> Account:
    return account(raw, verdicts, verdicts.passed if in_time is None else in_time, Published(before, now))


def test_each_record_is_counted_once() -> None:
    verdicts = Verdicts(passed=at(1, 2, 3, 3, 6), rejected=at(4), dropped=at(5))
    found = made(at(1, 2, 3, 4, 5, 6), verdicts, now=at(1, 3, 3, 6), before=at(1, 2, 4))
    assert found.holds
    assert (found.raw, found.passed, found.duplicates, found.rejected, found.dropped) == (6, 3, 1, 1, 1)
    assert found.passed + found.duplicates + found.rejected + found.dropped + found.out_of_time == found.raw
    assert (found.rows_before, found.rows_now, found.now_rejected, found.now_passed) == (3, 4, 1, 2)
    assert "3 in the table, 1 duplicates, 1 rejected, 1 dropped." in counts_of(found.counts())


def test_a_record_without_a_verdict_is_named() -> None:
    found = made(at(1, 2, 9), Verdicts(at(1), at(), at()), now=at(1), before=at())
    assert not found.holds
    assert found.unaccounted == ("0:2", "0:9")


def test_a_verdict_on_what_raw_does_not_have_is_named() -> None:
    found = made(at(1), Verdicts(at(1), at(7), at()), now=at(1), before=at())
    assert not found.holds
    assert found.strange == ("0:7",)


def test_a_record_that_passed_and_was_dropped_is_named() -> None:
    found = made(at(1), Verdicts(at(1), at(), at(1)), now=at(1), before=at())
    assert found.strange == ("0:1",)


def test_a_record_with_some_rows_refused_counts_as_passed() -> None:
    found = made(at(1), Verdicts(at(1), at(1), at()), now=at(1), before=at(1))
    assert found.holds
    assert (found.passed, found.rejected) == (1, 0)


def test_what_passed_at_other_times_is_no_duplicate() -> None:
    found = made(at(1, 2), Verdicts(at(1, 2), at(), at()), now=at(1), before=at(), in_time=at(1))
    assert (found.out_of_time, found.duplicates) == (1, 0)


def test_nothing_at_all_holds() -> None:
    assert made(at(), Verdicts(at(), at(), at()), now=at(), before=at()).holds
