"""Rows of two versions of a file are held together by their identity."""

from pathlib import Path
from typing import Any

from tests.unit.files.test_trial_rows import VISITS, opened, row
from tidegate.files.row_diff import RowChange, RowDiff, diff_rows

BEFORE, AFTER = 2, 4
WANTED = ("id", "page", "seconds")


def visit(number: int, offset: int, key: str | None, page: str | None, seconds: int = 1) -> dict[str, Any]:
    return row(number, offset, c0=key, c1=page, c2=seconds)


def compared(folder: Path, *passed: dict[str, Any], most: int = 20, identity: tuple[str, ...] = ("id",)) -> RowDiff:
    with opened(folder, VISITS, WANTED, passed=[*passed]) as rows:
        return diff_rows(rows, (BEFORE, AFTER), identity, most)


def test_rows_are_added_removed_changed_or_left(tmp_path: Path) -> None:
    found = compared(
        tmp_path,
        visit(BEFORE, 0, "gone", "/"),
        visit(BEFORE, 9, "same", "/a"),
        visit(BEFORE, 20, "other", "/b", 3),
        visit(AFTER, 0, "other", "/b", 4),
        visit(AFTER, 9, "same", "/a"),
        visit(AFTER, 20, "new", None),
    )

    assert (found.added, found.removed, found.changed, found.same) == (1, 1, 1, 1)
    [new], [gone], [other] = found.first["added"], found.first["removed"], found.first["changed"]
    assert new == RowChange({"id": "new"}, None, {"id": "new", "page": None, "seconds": "1"})
    assert gone == RowChange({"id": "gone"}, {"id": "gone", "page": "/", "seconds": "1"}, None)
    assert (other.identity, other.changed) == ({"id": "other"}, {"seconds": ("3", "4")})


def test_a_value_that_becomes_null_is_a_change(tmp_path: Path) -> None:
    found = compared(tmp_path, visit(BEFORE, 0, "a", "/"), visit(AFTER, 0, "a", None))

    assert (found.changed, found.first["changed"][0].changed) == (1, {"page": ("/", None)})


def test_of_rows_with_one_identity_the_first_is_the_row_of_silver(tmp_path: Path) -> None:
    found = compared(
        tmp_path,
        visit(BEFORE, 9, "a", "/later"),
        visit(BEFORE, 0, "a", "/first"),
        visit(AFTER, 5, "a", "/first"),
        visit(AFTER, 7, "a", "/later"),
    )

    assert (found.added, found.removed, found.changed, found.same) == (0, 0, 0, 1)


def test_an_identity_of_several_columns_and_without_values_is_one(tmp_path: Path) -> None:
    before = [visit(BEFORE, 0, "a", None), visit(BEFORE, 5, None, "a")]
    after = [visit(AFTER, 0, None, "a"), visit(AFTER, 5, "a", None, 2)]

    found = compared(tmp_path, *before, *after, identity=("id", "page"))

    assert (found.added, found.removed, found.changed, found.same) == (0, 0, 1, 1)


def test_of_many_the_first_in_the_file_are_shown(tmp_path: Path) -> None:
    rows = [visit(AFTER, offset, f"{99 - offset}", "/") for offset in range(50)]

    found = compared(tmp_path, *rows, most=2)

    assert found.added == 50
    assert [each.identity["id"] for each in found.first["added"]] == ["99", "98"]
    assert compared(tmp_path, *rows, most=0).first == {"added": (), "removed": (), "changed": ()}
