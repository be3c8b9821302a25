"""Which files are judged once more, and only once."""

from tests.unit.files.versions import version
from tidegate.files.revived import once_more


def test_a_loaded_file_comes_again_under_a_new_number() -> None:
    [again] = once_more([version(1, state="superseded"), version(2, state="loaded", run="r")], {1, 2})

    assert (again.number, again.replaces, again.state, again.run) == (3, 2, "checked", None)
    assert again.sha256 == version(2).sha256


def test_one_that_waits_already_does_not_come_twice() -> None:
    assert list(once_more([version(2, state="loaded"), version(3, replaces=2)], {2})) == []
