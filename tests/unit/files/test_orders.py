"""What jobs are told is read as it was written."""

from datetime import timedelta
from pathlib import Path

from tests.unit.files.versions import AT, version
from tidegate.files.orders import (
    ComparingOrder,
    JudgingOrder,
    plan_of,
    read_checking,
    read_comparing,
    read_documents,
    read_judging,
    store,
    store_checking,
    store_documents,
)
from tidegate.settings import Settings
from tidegate.sql.file_check import Checking
from tidegate.sql.file_duplicates import Comparing
from tidegate.sql.file_to_read import FileToRead
from tidegate.sql.files import Judging
from tidegate.sql.replay_index import DocumentsAgain


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


def test_an_order_to_write_documents_is_known_by_what_it_does_and_for_which_states(tmp_path: Path) -> None:
    settings = Settings.model_construct(home=tmp_path)
    states = [version(1, sequence=4), version(2, sequence=5)]
    names = {plan_of("visits", ["insert"], states), plan_of("visits", ["insert", "more"], states)}
    names.add(plan_of("visits", ["insert"], [states[0], version(2, sequence=6)]))
    asked = DocumentsAgain("visits", plan_of("visits", ["insert"], states), "TRUE", 7)

    assert len(names) == 3
    assert asked.plan_id in names
    assert read_documents(settings, "visits") is None
    assert store_documents(settings, asked) == read_documents(settings, "visits") == asked


def test_files_of_a_dataset_that_was_purged_and_is_loaded_anew_ask_for_another_job() -> None:
    """Their numbers begin at 1 again; the job of before has ended well, and its documents are deleted."""
    before, after = (version(1, sequence=4, at=AT + timedelta(hours=hours)) for hours in (0, 1))

    assert plan_of("visits", ["insert"], [before]) != plan_of("visits", ["insert"], [after])
