"""Which files may be tried again."""

import pytest

from tests.unit.files.versions import version
from tidegate.errors import TidegateError
from tidegate.files.retry import retried


def test_a_file_in_quarantine_is_checked_again() -> None:
    [again] = retried([version(1, state="quarantined", reason="bad"), version(2, state="loaded")], [1])

    assert (again.number, again.state, again.reason) == (1, "checked", None)


@pytest.mark.parametrize(("number", "said"), [(2, "file 2 is loaded"), (7, "file 7 is not there")])
def test_no_other_file_can_be(number: int, said: str) -> None:
    with pytest.raises(TidegateError, match=said):
        list(retried([version(1, state="quarantined"), version(2, state="loaded")], [1, number]))


def test_a_repair_file_is_not_tried_again_since_its_letters_are() -> None:
    with pytest.raises(TidegateError, match="file 2 has mended rows of file 1"):
        list(retried([version(2, state="quarantined", repairs=1)], [2]))
