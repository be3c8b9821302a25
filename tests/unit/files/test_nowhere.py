"""A file that is only looked at stays where it is, and nothing else is made."""

from datetime import UTC, datetime

from tidegate.files.nowhere import Nowhere


def test_a_file_is_its_own_copy() -> None:
    store = Nowhere("file:///in/a.csv")
    copying = store.begin("visits/ab/abcd")
    copying.write(b"id\n")

    assert copying.finish("visits/ab/abcd") == "file:///in/a.csv"
    copying.abandon()
    assert store.sweep(datetime(2030, 1, 1, tzinfo=UTC)) == 0
