"""Of records with one identity one takes its place, and none whose identity the table keeps elsewhere."""

import numpy as np
import pytest

from tidegate.proof.rows import Rows, fingerprints, make_rows
from tidegate.replay.chosen import Staged, chosen

Place = tuple[int, int]


def rows(*named: tuple[int, int, str]) -> Rows:
    partition, offset, names = zip(*named, strict=True) if named else ((), (), ())
    return make_rows(partition, offset, fingerprints(name.encode() for name in names))


def taken(
    staged: Rows, outside: tuple[str, ...] = (), inside: Rows | None = None, arrived: tuple[int, ...] = ()
) -> set[Place]:
    times = np.array(arrived or range(len(staged)), np.int64)
    marked = chosen(Staged(staged, times), fingerprints(name.encode() for name in outside), inside or rows())
    found = staged.where(marked)
    return set(zip(found.partition.tolist(), found.offset.tolist(), strict=True))


def test_the_first_to_arrive_of_an_identity_is_taken() -> None:
    staged = rows((0, 5, "a"), (1, 7, "a"), (0, 6, "b"))
    assert taken(staged) == {(0, 5), (0, 6)}
    assert taken(staged, arrived=(9, 1, 2)) == {(1, 7), (0, 6)}


def test_what_the_table_keeps_outside_of_the_range_goes_before() -> None:
    assert taken(rows((0, 5, "a"), (0, 6, "b")), outside=("a", "z")) == {(0, 6)}


def test_the_record_that_the_table_had_is_taken_again_if_it_passes() -> None:
    staged = rows((0, 5, "a"), (1, 7, "a"))
    assert taken(staged, inside=rows((1, 7, "a"))) == {(1, 7)}
    assert taken(staged, inside=rows((1, 9, "a"))) == {(0, 5)}


def test_a_record_is_taken_with_all_of_its_rows() -> None:
    staged = rows((0, 5, "a"), (0, 5, "a"), (1, 7, "a"), (1, 7, "a"), (1, 7, "a"))
    marked = chosen(Staged(staged, np.arange(5)), fingerprints([]), rows())
    assert marked.tolist() == [True, True, False, False, False]


@pytest.mark.parametrize("outside", [(), ("a",)])
def test_nothing_staged_is_nothing_taken(outside: tuple[str, ...]) -> None:
    assert taken(rows(), outside) == set()
