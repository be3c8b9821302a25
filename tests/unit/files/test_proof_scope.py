"""What a proof of files is about, and what has no business in silver or among the letters."""

from datetime import date

import numpy as np
import pytest

from tests.unit.files.versions import version
from tidegate.files.proof_scope import Repeats, Scope, baseless, scope_of, strange_letters, strange_rows
from tidegate.files.tally import Tally
from tidegate.proof.rows import make_rows
from tidegate.proof.strangers import Strangers

DAY, OTHER = date(2026, 11, 28), date(2026, 11, 27)
VERSIONS = (
    version(1, state="superseded"),
    version(2, state="loaded"),
    version(3, state="loaded"),
    version(4, state="loading", replaces=3),
    version(5, state="quarantined"),
    version(6, state="loaded", date=OTHER),
)
ALL = scope_of(VERSIONS, None)


def test_loaded_files_are_proved_but_those_that_a_load_is_at_work_on() -> None:
    assert ALL.numbers == [2, 6]
    assert [each.number for each in ALL.left_out] == [3, 4]
    assert ALL.loaded == {2, 3, 4, 6}


def test_repair_files_are_left_out_with_the_file_that_is_being_replaced() -> None:
    scope = scope_of((*VERSIONS, version(7, state="loaded", repairs=3), version(8, state="loaded", repairs=2)), None)

    assert scope.numbers == [2, 6, 8]


def test_of_a_date_its_files_alone() -> None:
    scope = scope_of(VERSIONS, OTHER)

    assert (scope.numbers, scope.left_out, {*scope.states}) == ([6], (), {6})
    assert scope.loaded == ALL.loaded


def test_rows_of_files_that_are_not_loaded_are_strange() -> None:
    silver = {number: Tally(number) for number in (1, 2, 3, 4, 5, 6, 77)}

    assert [each.said for each in strange_rows(silver, ALL)] == [
        "silver has 1 rows of file 1, which is superseded",
        "silver has 5 rows of file 5, which is quarantined",
        "silver has 77 rows of file 77, of which there is no version",
    ]
    assert [each.number for each in strange_rows(silver, scope_of(VERSIONS, DAY))] == [1, 5]


def test_letters_of_files_that_never_had_rows_are_strange() -> None:
    found = [*strange_letters({1: 3, 4: 1, 5: 2, 77: 1}, ALL)]

    assert [(each.number, each.count) for each in found] == [(5, 2), (77, 1)]


REPEATS = Repeats(make_rows([2, 2, 2, 2], [10, 20, 30, 40]), make_rows([6, 6, 1, -1], [0, 5, 7, -1]))


def test_a_duplicate_repeats_a_row_that_is_in_silver_of_a_file_that_is_loaded() -> None:
    seen = np.zeros(4, np.bool_)

    assert baseless(REPEATS, seen, ALL, frozenset()) == ({2: Strangers(2, ("2:30", "2:40"))}, 0)
    seen[1] = True
    assert baseless(REPEATS, seen, ALL, frozenset()) == ({2: Strangers(3, ("2:20", "2:30", "2:40"))}, 0)


def test_what_repeats_a_row_that_retention_may_have_removed_is_not_decided() -> None:
    unseen = np.array([False, True, True, True])

    assert baseless(REPEATS, unseen, ALL, frozenset({6})) == ({2: Strangers(2, ("2:30", "2:40"))}, 1)


@pytest.mark.parametrize("number", [3, 4])
def test_what_repeats_a_row_that_a_load_is_at_work_on_is_not_asked(number: int) -> None:
    repeats = Repeats(make_rows([2], [10]), make_rows([number], [0]))

    assert baseless(repeats, np.array([True]), ALL, frozenset()) == ({}, 0)


def test_a_proof_of_no_date_asks_for_numbers_of_no_version() -> None:
    assert Scope(None, (), (), {}, frozenset()).is_asked(9)
    assert not Scope(DAY, (), (), {}, frozenset()).is_asked(9)
