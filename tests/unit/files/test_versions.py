"""The states of files' versions: which follow upon which, and what becomes of a file that is listed or read."""

from dataclasses import replace
from datetime import timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.clients.made_versions import DAY, NOW, newest, version
from tidegate.clients.file_version import FileVersion, State
from tidegate.clients.landing import Listed
from tidegate.files.coming import newest_of_files
from tidegate.files.versions import MOVES, Copy, moved, superseded_by, taken_in, to_load, unread

LATER = NOW + timedelta(hours=1)
Told = list[tuple[int, State]]


def _listed(name: str = "part-1.csv", etag: str = "etag-1", size: int = 100) -> Listed:
    return Listed(f"s3://landing/{DAY}/{name}", size, 1_795_928_400_123, etag)


def _copy(name: str = "part-1.csv", content: int = 1, fault: str | None = None, size: int = 100) -> Copy:
    sha256 = f"{content:064x}"
    return Copy(_listed(name, f"etag-{content}", size), DAY, sha256, f"s3://files/orders/00/{sha256}", fault)


def _take(*copies: Copy, known: tuple[FileVersion, ...] = ()) -> Told:
    return [(row.number, row.state) for row in taken_in("orders", copies, known, LATER)]


def test_a_new_file_is_seen_and_checked() -> None:
    seen, checked = taken_in("orders", [_copy()], [], LATER)

    assert (seen.number, seen.uri, seen.date, seen.size, seen.etag) == (1, _listed().uri, DAY, 100, "etag-1")
    assert seen.modified_at.timestamp() == 1_795_928_400.123
    assert seen.modified_at.utcoffset() == timedelta(0)
    assert (seen.state, checked.state, checked.at, checked.replaces) == ("seen", "checked", LATER, None)


def test_a_version_keeps_how_many_rows_its_manifest_says() -> None:
    rows = taken_in("orders", [replace(_copy(), promised_rows=12)], [], LATER)

    assert [row.promised_rows for row in rows] == [12, 12]


def test_files_get_their_numbers_by_date_and_name_behind_those_that_are_known() -> None:
    known = (version(4, "old.csv"), version(7, "older.csv", "superseded"))

    rows = taken_in("orders", [_copy("b.csv", 9), _copy("a.csv", 8)], known, LATER)

    assert [(row.number, row.uri[-5:]) for row in rows if row.state == "seen"] == [(8, "a.csv"), (9, "b.csv")]


@pytest.mark.parametrize("state", get_args(State))
def test_the_bytes_of_the_newest_version_again_are_no_version(state: State) -> None:
    assert _take(_copy(content=1), known=(version(1, state=state),)) == []


def test_the_bytes_of_an_older_version_are_a_correction_again() -> None:
    known = (version(1, state="superseded"), version(2, state="loaded"))

    rows = taken_in("orders", [_copy(content=1)], known, LATER)

    assert [(row.number, row.state, row.replaces) for row in rows] == [(3, "seen", 2), (3, "checked", 2)]


@pytest.mark.parametrize("state", ["seen", "checked", "loading", "loaded"])
def test_the_bytes_of_another_file_are_ignored(state: State) -> None:
    rows = taken_in("orders", [_copy("copy.csv", 1)], [version(1, state=state)], LATER)

    assert [row.state for row in rows] == ["seen", "ignored"]
    assert rows[1].reason == f"its bytes are those of {version(1).uri}, version 1"


@pytest.mark.parametrize("state", ["quarantined", "superseded", "ignored"])
def test_the_bytes_of_another_file_that_has_no_rows_are_taken_in(state: State) -> None:
    assert _take(_copy("copy.csv", 1), known=(version(1, state=state),)) == [(2, "seen"), (2, "checked")]


def test_of_two_new_files_with_the_same_bytes_the_first_counts() -> None:
    told = _take(_copy("b.csv", 5), _copy("a.csv", 5))

    assert told == [(1, "seen"), (1, "checked"), (2, "seen"), (2, "ignored")]


def test_files_without_a_byte_are_not_taken_for_each_other() -> None:
    empty = version(1, size=0)

    assert _take(_copy("b.csv", 1, "it is empty", size=0), known=(empty,)) == [(2, "seen"), (2, "quarantined")]


def test_a_file_with_a_fault_is_put_into_quarantine_with_its_reason() -> None:
    rows = taken_in("orders", [_copy(fault="its gzip ends too soon")], [], LATER)

    assert [(row.state, row.reason) for row in rows] == [("seen", None), ("quarantined", "its gzip ends too soon")]


@pytest.mark.parametrize(
    ("states", "replaces"),
    [
        (["loaded"], 1),
        (["loading"], 1),
        (["quarantined"], 1),
        (["loaded", "checked"], 1),
        (["loaded", "quarantined"], 1),
        (["quarantined", "quarantined"], 2),
        (["superseded", "loaded"], 2),
        (["checked"], None),
        (["ignored"], None),
    ],
)
def test_a_corrected_file_names_the_version_whose_rows_go(states: list[State], replaces: int | None) -> None:
    known = tuple(version(number, state=state) for number, state in enumerate(states, 1))

    rows = taken_in("orders", [_copy(content=9)], known, LATER)

    assert {row.replaces for row in rows if row.number == len(known) + 1} == {replaces}


@pytest.mark.parametrize("state", ["seen", "checked"])
def test_a_version_that_was_not_loaded_yet_makes_way_for_its_correction(state: State) -> None:
    told = _take(_copy(content=9), known=(version(1, state=state),))

    assert told == [(2, "seen"), (2, "checked"), (1, "superseded")]


def test_a_correction_that_can_not_be_loaded_leaves_what_it_would_correct() -> None:
    told = _take(_copy(content=9, fault="it is empty"), known=(version(1, state="checked"),))

    assert told == [(2, "seen"), (2, "quarantined")]


def test_what_was_taken_in_meanwhile_is_not_taken_in_again() -> None:
    copies = [_copy("a.csv", 1), _copy("b.csv", 2)]
    first = newest(taken_in("orders", copies, [], LATER))

    assert taken_in("orders", copies, first, LATER) == []


@pytest.mark.parametrize(
    ("listed", "is_read"),
    [(_listed(), False), (_listed(etag="etag-2"), True), (_listed(size=101), True), (_listed("new.csv"), True)],
)
def test_a_file_is_read_if_it_is_not_as_it_was(listed: Listed, is_read: bool) -> None:
    assert unread([listed], newest_of_files([version(1)])) == ([listed] if is_read else [])


def test_the_newest_version_says_whether_a_file_must_be_read() -> None:
    known = newest_of_files([version(1), version(2)])

    assert unread([_listed(etag="etag-2")], known) == []
    assert unread([_listed(etag="etag-1")], known) == [_listed(etag="etag-1")]


def test_what_a_loaded_correction_puts_out_of_place() -> None:
    states: list[State] = ["superseded", "loaded", "quarantined", "ignored"]
    known = [version(number, state=state) for number, state in enumerate(states, 1)]
    other = version(5, "other.csv", "loaded")

    assert superseded_by(version(6), [*known, other]) == known[1:3]
    assert superseded_by(version(2), known) == []


@given(st.lists(st.sampled_from(get_args(State)), max_size=8))
def test_only_states_that_follow_upon_each_other_are_written(path: list[State]) -> None:
    row = version(1)
    for state in path:
        if state in MOVES[row.state]:
            row = moved(row, state, LATER, "why")
            assert (row.state, row.at, row.reason) == (state, LATER, "why")
        else:
            with pytest.raises(ValueError, match=f"version 1: from {row.state} to {state}"):
                moved(row, state, LATER)


@given(st.lists(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 3), st.booleans()), max_size=5), max_size=5))
def test_no_number_is_given_twice_and_every_state_follows(deliveries: list[list[tuple[str, int, bool]]]) -> None:
    rows: list[FileVersion] = []
    for at_ms, delivery in enumerate(deliveries):
        copies = {
            name: _sent(_copy(name, content, "a fault" if bad else None), at_ms) for name, content, bad in delivery
        }
        for row in taken_in("orders", copies.values(), newest(rows), LATER):
            before = [each for each in rows if each.number == row.number]
            assert (row.state == "seen") if not before else row.state in MOVES[before[-1].state]
            assert not before or (before[-1].uri, before[-1].sha256) == (row.uri, row.sha256)
            rows.append(replace(row, sequence=len(rows) + 1))
        for copy in copies.values():
            assert [each for each in newest(rows) if each.uri == copy.listed.uri][-1].sha256 == copy.sha256
            assert newest_of_files(newest(rows))[copy.listed.uri].sha256 == copy.sha256


def _sent(copy: Copy, at_ms: int) -> Copy:
    """The same bytes have the same etag in S3, and another time."""
    return replace(copy, listed=replace(copy.listed, modified_ms=at_ms))


def test_a_correction_takes_the_place_of_what_is_loaded_when_its_load_begins() -> None:
    """It came while an earlier one was being loaded, which was refused then: rows of the first would stay for ever."""
    first = version(1, state="loaded")
    refused = version(2, state="quarantined", replaces=1)
    second = version(3, state="checked", replaces=2)

    assert [(each.number, each.replaces) for each in to_load([first, refused, second], None)] == [(3, 1)]


def test_out_of_quarantine_a_file_takes_the_place_of_one_that_was_tried_again_before() -> None:
    first = version(1, state="superseded")
    again = version(2, state="loaded", replaces=1)
    later = version(3, state="checked", replaces=1)

    assert [(each.number, each.replaces) for each in to_load([first, again, later], None)] == [(3, 2)]


def test_two_versions_of_a_file_are_not_loaded_at_once() -> None:
    older, other = version(1, state="checked"), version(2, "part-2.csv", state="checked")
    newer = version(3, state="checked")

    assert [each.number for each in to_load([older, other, newer], None)] == [3, 2]
    assert to_load([older, other, newer], DAY - timedelta(days=1)) == []


def test_a_corrected_file_takes_the_place_of_repair_files_too() -> None:
    first, repair = version(1, state="loaded"), version(2, "part-1.csv#repair", state="loaded", repairs=1)
    waiting = version(3, "part-1.csv#repair-2", state="checked", repairs=1)
    of_another = version(4, "part-2.csv#repair", state="loaded", repairs=9)
    corrected = version(5, state="loaded", replaces=1)

    found = superseded_by(corrected, [first, repair, waiting, of_another, corrected])

    assert [each.number for each in found] == [1, 2, 3]
    assert superseded_by(first, [first, repair, waiting]) == []


def test_a_repair_file_waits_while_what_it_repairs_may_be_replaced() -> None:
    first, repair = version(1, state="loaded"), version(2, "part-1.csv#repair", state="checked", repairs=1)
    corrected = version(3, state="checked", replaces=1)

    assert [each.number for each in to_load([first, repair], None)] == [2]
    assert [each.number for each in to_load([first, repair, corrected], None)] == [3]


def test_the_bytes_of_a_repair_file_are_not_those_of_a_suppliers_file() -> None:
    """Else a correction that has the mended rows would be ignored, and what it corrects would stay."""
    repair = version(1, "part-1.csv#repair", state="loaded", repairs=9, sha256=f"{7:064x}")

    rows = taken_in("orders", [_copy(content=7)], [repair], LATER)

    assert [row.state for row in rows] == ["seen", "checked"]


def test_that_a_file_was_only_touched_is_noted_so_that_it_is_not_read_each_time() -> None:
    known = version(1, state="loaded", run="r", rows=7)
    touched = replace(_copy(content=1), listed=_listed(etag="touched"))

    [noted] = taken_in("orders", [touched], [known], LATER)

    assert noted == replace(known, etag="touched", at=LATER)
    assert unread([touched.listed], newest_of_files([noted])) == []
    assert taken_in("orders", [touched], [noted], LATER) == []


@pytest.mark.parametrize(
    ("state", "is_new"), [("checked", True), ("quarantined", True), ("loading", False), ("loaded", False)]
)
def test_a_file_that_is_not_loaded_gets_the_time_at_which_it_was_touched(state: State, is_new: bool) -> None:
    """Its rows may have been refused since they were events of the future, by a wrong time of the file."""
    known = version(1, state=state)

    [noted] = taken_in("orders", [replace(_copy(content=1), listed=_listed(etag="touched"))], [known], LATER)

    assert (noted.modified_at.timestamp() == 1_795_928_400.123) is is_new
    assert (noted.modified_at == known.modified_at) is not is_new


@pytest.mark.parametrize("state", ["seen", "checked", "loading", "loaded"])
def test_a_correction_with_the_bytes_of_another_file_takes_the_place_of_what_it_corrects(state: State) -> None:
    """Ignored, it would leave rows in silver, or bring them there, that the supplier has taken back."""
    known = (version(1, state=state), version(2, "other.csv", "loaded"))

    assert _take(_copy(content=2), known=known)[:2] == [(3, "seen"), (3, "checked")]
