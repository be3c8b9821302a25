"""Which files are judged once more, and only once."""

from tests.unit.files.versions import version
from tidegate.files.revived import ignored_for_nothing, left_behind, once_more, refused_corrections, repeating


def test_a_loaded_file_comes_again_under_a_new_number() -> None:
    [again] = once_more([version(1, state="superseded"), version(2, state="loaded", run="r")], {1, 2})

    assert (again.number, again.replaces, again.state, again.run) == (3, 2, "checked", None)
    assert again.sha256 == version(2).sha256


def test_one_that_waits_already_does_not_come_twice() -> None:
    loaded = version(2, state="loaded")

    assert list(once_more([loaded, version(3, uri=loaded.uri, replaces=2)], {2})) == []
    assert list(once_more([loaded, version(3, uri=loaded.uri, replaces=1)], {2})) == []


def test_who_repeats_a_file_that_is_judged_again_is_judged_again_too() -> None:
    """Else its duplicates name rows that are there no more, and a correction of these would not bring its rows back."""
    repeats = {1: {1, 2}, 2: {3}, 3: {1, 2, 5}, 4: {6}}

    assert repeating(repeats, {1}, {1, 2, 3, 4, 5, 6}) == {2, 3, 5}
    assert repeating(repeats, {1}, {1, 2, 5}) == {2}


def test_an_ignored_file_comes_back_when_the_one_with_its_bytes_is_corrected() -> None:
    first, same = version(1, state="loaded"), version(2, state="ignored", sha256=version(1).sha256)
    corrected = version(3, uri=first.uri, replaces=1)

    assert ignored_for_nothing([first, same, corrected], [corrected]) == [same]
    [again] = once_more([first, same, corrected], {2})
    assert (again.number, again.uri, again.replaces, again.state) == (4, same.uri, None, "checked")
    assert ignored_for_nothing([first, same, corrected, again], [corrected]) == []


def test_an_ignored_file_stays_so_while_another_has_its_bytes() -> None:
    first, same = version(1, state="loaded"), version(2, state="ignored", sha256=version(1).sha256)
    with_same_bytes = version(3, uri=first.uri, replaces=1, sha256=first.sha256)

    assert ignored_for_nothing([first, same], []) == []
    assert ignored_for_nothing([first, same, with_same_bytes], [with_same_bytes]) == []
    assert ignored_for_nothing([version(1, state="quarantined"), same], []) == []


def test_of_ignored_files_with_the_same_bytes_the_first_comes_back() -> None:
    gone = version(1, state="superseded")
    same = [version(number, state="ignored", sha256=gone.sha256) for number in (2, 3)]

    assert ignored_for_nothing([gone, *same], []) == same[:1]


def test_of_files_with_refused_corrections_those_come_back_that_repeat_what_is_gone() -> None:
    gone, loaded = version(1, state="superseded"), [version(number, state="loaded") for number in (2, 3, 4)]
    refused = [version(number + 10, uri=version(number).uri, state="quarantined") for number in (2, 3)]
    known = [gone, *loaded, *refused]

    assert refused_corrections(known) == [2, 3]
    assert left_behind(known, {1: {2, 4}, 2: {3}}) == {2}
    assert left_behind(known, {-1: {2}}) == set()
