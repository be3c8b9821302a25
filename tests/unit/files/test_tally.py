"""Sums over places: of parts, of all, and of what differs."""

from tidegate.files.places import places_hash
from tidegate.files.tally import Tally, once, tallied, together
from tidegate.proof.rows import make_rows


def test_the_sum_of_parts_is_that_of_all() -> None:
    every = make_rows([1, 1, 2, 1], [0, 40, 40, 70])
    parts = together(tallied(make_rows([1, 2], [70, 40])), tallied(make_rows([1, 1], [0, 40])))

    assert parts == tallied(every)
    assert {number: tally.count for number, tally in parts.items()} == {1: 3, 2: 1}


def test_a_place_more_less_or_elsewhere_is_another_sum() -> None:
    asked = tallied(make_rows([1, 1], [0, 40]))

    for others in ([0], [0, 40, 40], [0, 41], [40, 40]):
        assert tallied(make_rows([1] * len(others), others)) != asked


def test_a_sum_stays_a_bigint() -> None:
    largest = Tally(1, (1 << 63) - 1)

    assert (largest + Tally(1, 1)).places == -(1 << 63)
    assert tallied(make_rows([5], [9]))[5].places == places_hash(make_rows([5], [9]).offset)


def test_each_place_is_there_once() -> None:
    found = once([make_rows([2, 1], [5, 5]), make_rows([1], [5])])

    assert list(zip(found.partition.tolist(), found.offset.tolist(), strict=True)) == [(1, 5), (2, 5)]
    assert len(once([])) == 0
