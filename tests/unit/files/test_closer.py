"""Rows of files place by place: those that are there twice, and those with two verdicts."""

from tidegate.files.closer import Closer, Others, Sums, look_closer, named, sums_of
from tidegate.files.tally import Tally, tallied
from tidegate.proof.rows import Rows, fingerprints, make_rows
from tidegate.proof.strangers import SHOWN, Strangers


def at(*offsets: int, number: int = 4) -> Rows:
    return make_rows([number] * len(offsets), offsets)


def items(*rows: tuple[int, str]) -> Rows:
    return make_rows([4] * len(rows), [offset for offset, _ in rows], fingerprints([text.encode() for _, text in rows]))


def closer(silver: Rows, *others: Rows, explodes: bool = False) -> Closer:
    none = make_rows()
    return look_closer(silver, Others(*(*others, none, none, none)[:3]), explodes=explodes)


def test_rows_that_are_there_once_are_counted() -> None:
    found = closer(at(0, 10), at(20), at(30), at(40))

    parts = (tallied(rows)[4] for rows in (at(0, 10), at(20), at(30), at(40)))
    assert found == Closer({4: Sums(*parts)}, {}, {})


def test_a_row_that_is_in_silver_twice_is_named_and_counts_twice() -> None:
    found = closer(at(0, 10, 10))

    assert found.doubled == {4: Strangers(1, ("4:10",))}
    assert found.twice == {}
    assert found.sums[4].silver.count == 3


def test_a_row_in_silver_that_is_rejected_or_a_duplicate_too_is_named() -> None:
    assert closer(at(0, 10), at(10)).twice == {4: Strangers(1, ("4:10",))}
    assert closer(at(0), make_rows(), at(10), at(10)).twice == {4: Strangers(1, ("4:10",))}
    assert closer(at(0), at(0, number=5)).twice == {}


def test_items_of_a_record_are_no_rows_that_are_there_twice() -> None:
    found = closer(items((0, "a_0"), (0, "a_1")), explodes=True)

    assert found.doubled == {}
    assert found.sums[4].silver == tallied(at(0))[4]


def test_an_item_that_is_there_twice_is_named() -> None:
    assert closer(items((0, "a_0"), (0, "a_1"), (0, "a_1")), explodes=True).doubled == {4: Strangers(1, ("4:0",))}


def test_a_record_of_which_an_item_is_rejected_has_passed_also_where_it_is_a_duplicate() -> None:
    found = closer(items((0, "a_0")), at(0, 10, 20, 20), make_rows(), at(10), explodes=True)

    assert found.sums[4] == Sums(tallied(at(0))[4], tallied(at(20))[4], Tally(), tallied(at(10))[4])
    assert found.twice == {}


def test_sums_are_by_number_and_add_up() -> None:
    parts = (sums_of(at(0), at(10))[4], sums_of(at(20), at(30))[4])

    assert parts[0] + parts[1] == sums_of(at(0, 20), at(10, 30))[4]
    assert sums_of(at(0), at(1, number=5)).keys() == {4, 5}
    assert parts[0].all == tallied(at(0, 10))[4]


def test_of_many_places_the_first_are_named() -> None:
    found = named(at(*range(100, 0, -1)))[4]

    assert found.count == 100
    assert found.first == tuple(f"4:{offset}" for offset in range(1, SHOWN + 1))
