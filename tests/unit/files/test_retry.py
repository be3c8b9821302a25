"""Which files may be tried again."""

import pytest

from tests.unit.files.versions import version
from tidegate.errors import TidegateError
from tidegate.files.retry import retried


def test_a_file_in_quarantine_is_checked_again() -> None:
    [again] = retried([version(1, state="quarantined", reason="bad"), version(2, state="loaded")], [1])

    assert (again.number, again.state, again.reason) == (1, "checked", None)


def test_a_file_that_is_loaded_gets_a_version_that_takes_its_place() -> None:
    newest = [version(1, state="quarantined", reason="bad"), version(2, state="loaded", run="a"), version(3, uri="c")]

    [loaded, other] = retried(newest, [1, 2])

    assert (loaded.number, loaded.state, loaded.replaces, loaded.run) == (4, "checked", 2, None)
    assert (loaded.uri, loaded.sha256, loaded.stored) == (newest[1].uri, newest[1].sha256, newest[1].stored)
    assert (other.number, other.state) == (1, "checked")


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (2, "file 2 is superseded"),
        (7, "file 7 is not there"),
        (3, "a newer version of file 3 waits. `tidegate files load"),
    ],
)
def test_no_other_file_can_be(number: int, said: str) -> None:
    newest = [
        version(1, state="quarantined"),
        version(2, state="superseded"),
        version(3, state="loaded", uri="c"),
        version(4, state="checked", uri="c"),
    ]
    with pytest.raises(TidegateError, match=said):
        list(retried(newest, [1, number]))


def test_a_repair_file_is_not_tried_again_since_its_letters_are() -> None:
    with pytest.raises(TidegateError, match="file 2 has mended rows of file 1"):
        list(retried([version(2, state="quarantined", repairs=1)], [2]))
