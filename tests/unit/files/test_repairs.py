"""Which repair files belong to what, and when rows may be loaded beside a file."""

import pytest

from tests.unit.files.versions import version
from tidegate.files.repairs import repair_uri, repairs_by_plan, repairs_of, root_of, unrepairable

FIRST = version(1, state="loaded")


def test_repair_files_are_known_by_their_plan() -> None:
    mine = version(2, uri=repair_uri(FIRST.uri, "visits-1", 1), repairs=1)
    others = [
        version(3, uri=repair_uri(FIRST.uri, "visits-11", 1), repairs=1),
        version(4, uri=repair_uri(FIRST.uri, "visits-1", 1)),
    ]

    assert repairs_by_plan([FIRST, mine, *others], "visits-1") == [mine]
    assert repair_uri(FIRST.uri, "visits-1", 2) == "file:///in/1.csv#repair-visits-1-2"


def test_those_that_are_loaded_go_with_their_file() -> None:
    newest = [FIRST, *(version(number, repairs=1, state="loaded") for number in (2, 3)), version(4, repairs=1)]

    assert repairs_of(newest, {1, None}) == ((1, 2), (1, 3))
    assert repairs_of(newest, {4, None}) == ()


def test_rows_of_a_repair_file_come_from_the_suppliers_file() -> None:
    assert (root_of(FIRST), root_of(version(2, repairs=1))) == (1, 1)


def test_a_loaded_file_can_be_repaired() -> None:
    quarantined = version(2, uri=FIRST.uri, state="quarantined", replaces=1)

    assert unrepairable([FIRST, version(3)], 1) is None
    assert unrepairable([FIRST, quarantined], 1) is None


@pytest.mark.parametrize("state", ["checked", "loading"])
def test_one_that_is_about_to_be_replaced_can_not(state: str) -> None:
    assert unrepairable([FIRST, version(2, uri=FIRST.uri, state=state, replaces=1)], 1) == (
        "file 2 waits to take the place of file 1"
    )


def test_one_that_is_not_loaded_can_not() -> None:
    assert unrepairable([version(1, state="superseded")], 1) == "file 1 is superseded"
    assert unrepairable([FIRST], 7) == "there is no file 7"
