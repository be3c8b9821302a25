"""What jobs are told is read as it was written."""

from pathlib import Path

from tidegate.files.orders import (
    ComparingOrder,
    JudgingOrder,
    read_checking,
    read_comparing,
    read_judging,
    store,
    store_checking,
)
from tidegate.settings import Settings
from tidegate.sql.file_check import Checking
from tidegate.sql.file_duplicates import Comparing
from tidegate.sql.file_to_read import FileToRead
from tidegate.sql.files import Judging


def test_an_order_is_read_as_it_was_stored(tmp_path: Path) -> None:
    settings = Settings.model_construct(home=tmp_path)
    files = (FileToRead("s3://files/a", 1, 2, 3, "file:///in/a b.csv"), FileToRead("s3://files/b", 0, 2, 4, "b"))
    judging = JudgingOrder("1234", Judging("visits", "files-1234", files))
    comparing = ComparingOrder("1234", Comparing("visits", "files-1234", (3, 4), (1,), ((2026, 11, 28),)))

    assert read_judging(store(settings, judging)) == judging
    assert read_comparing(store(settings, comparing)) == comparing


def test_a_check_is_read_as_it_was_stored_where_it_writes(tmp_path: Path) -> None:
    checking = Checking("visits", str(tmp_path), (FileToRead("file:///in/a b.csv", 1, 2, 1, "a"),), ("id", "page"))

    stored = store_checking(checking)

    assert read_checking(stored) == checking
    assert stored.parent == tmp_path
