"""How a repair file comes to be loaded, and what becomes of one whose redrive was killed."""

from dataclasses import replace

from tests.unit.files.versions import AT, version
from tidegate.clients.file_version import FileVersion
from tidegate.files.repair_states import Stored, given_up, put_away, registered, taken_up
from tidegate.files.repairs import repair_uri

PLAN = "visits-20261128T060000-abcdef"
FIRST = version(1, state="loaded")
STORED = Stored(root=1, rows=3, size=50, sha256="ab", stored="s3://files/visits/ab")


def repair(number: int, count: int = 1, **changes: object) -> FileVersion:
    return version(number, uri=repair_uri(FIRST.uri, PLAN, count), repairs=1, **changes)


def test_a_repair_file_is_of_the_date_and_the_arrival_of_its_file() -> None:
    [made] = registered([FIRST, version(6)], PLAN, STORED, AT)

    assert (made.number, made.state, made.repairs, made.promised_rows) == (7, "seen", 1, 3)
    assert (made.date, made.modified_at) == (FIRST.date, FIRST.modified_at)
    assert (made.uri, made.stored, made.size) == (repair_uri(FIRST.uri, PLAN, 1), STORED.stored, 50)


def test_each_of_a_plan_has_a_name_of_its_own() -> None:
    given_back = repair(2, state="superseded")
    of_another_file = replace(repair(3), repairs=9)

    [made] = registered([FIRST, given_back, of_another_file], PLAN, STORED, AT)

    assert made.uri == repair_uri(FIRST.uri, PLAN, 2)


def test_a_file_that_is_replaced_meanwhile_gets_none() -> None:
    assert [*registered([version(1, state="superseded")], PLAN, STORED, AT)] == []
    assert [*registered([FIRST, version(2, uri=FIRST.uri)], PLAN, STORED, AT)] == []


def test_one_whose_letters_are_in_flight_is_loaded_and_one_that_nobody_needs_is_not() -> None:
    newest = [FIRST, repair(2, state="seen"), repair(3, 2, state="seen"), repair(4, 3, state="loaded")]

    assert [(each.number, each.state) for each in taken_up(newest, PLAN, {2}, AT)] == [
        (2, "checked"),
        (3, "superseded"),
    ]
    assert taken_up(newest, "visits-other", {2}, AT) == []


def test_what_no_load_has_begun_with_is_given_up() -> None:
    states = ("seen", "checked", "quarantined", "loading", "loaded", "superseded")
    newest = [FIRST, *(repair(number, number, state=state) for number, state in enumerate(states, 2))]

    found = given_up(newest, PLAN, AT)

    assert [each.number for each in found] == [2, 3, 4]
    assert {each.state for each in found} == {"superseded"}


def test_one_in_quarantine_is_over_once_its_letters_wait_again_and_keeps_the_reason() -> None:
    newest = [
        FIRST,
        repair(2, state="quarantined", reason="BAD_HEADER"),
        repair(3, 2),
        repair(4, 3, state="quarantined"),
        repair(5, 2, state="quarantined", replaces=3),
    ]

    [found] = put_away(newest, {2, 3, 5}, AT)

    assert (found.number, found.state, found.reason) == (2, "superseded", "BAD_HEADER; its letters wait again")
