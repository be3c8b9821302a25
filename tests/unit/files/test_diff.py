"""Which versions a diff compares, and what of them it asks; that Flink judges them: tests/stack/test_files.py."""

from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.unit.files.versions import version
from tests.unit.sql.test_file_source import visits_in_files
from tidegate.clients.file_version import FileVersion
from tidegate.errors import TidegateError
from tidegate.files import diff as module
from tidegate.files.account import Account, Known
from tidegate.files.diff import _before, diff, versions_of
from tidegate.files.row_diff import RowDiff
from tidegate.settings import Settings

URI = "file:///in/1.csv"
OLD, NEW = version(1, uri=URI, state="loaded"), version(3, uri=URI, replaces=1)


def numbers(newest: Sequence[FileVersion], number: int, other: int | None = None) -> tuple[int, int]:
    before, after = versions_of(newest, number, other)
    return before.number, after.number


def test_a_version_is_held_against_the_one_whose_place_it_takes() -> None:
    refused = version(2, uri=URI, state="quarantined", replaces=1)

    assert numbers([OLD, refused, version(3, uri=URI, replaces=2)], 3) == (1, 3)
    gone = version(1, uri=URI, state="superseded")
    assert numbers([gone, version(3, uri=URI, state="loaded", replaces=1)], 3) == (1, 3)


def test_any_two_versions_can_be_named() -> None:
    assert numbers([OLD, version(2), NEW], 3, 2) == (2, 3)


@pytest.mark.parametrize(
    ("number", "other", "said"),
    [(2, None, "file 2 replaces no other"), (9, None, "no file 9"), (3, 9, "no file 9"), (3, 3, "the same as itself")],
)
def test_versions_that_can_not_be_compared_are_named(number: int, other: int | None, said: str) -> None:
    with pytest.raises(TidegateError, match=said):
        versions_of([OLD, version(2), NEW], number, other)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What is judged and compared, where the lake knows two versions; the first has too few rows."""
    found: dict[str, Any] = {}

    def judged(_settings: Any, _dataset: Any, files: Any, wanted: Any) -> Any:
        found.update(files=[(each.number, each.uri) for each in files], wanted=wanted)
        accounts = [Account(1, 5, 4, 1, 0, 1, "few rows"), Account(3, 6, 6, 0, 0, 1)]
        return nullcontext(SimpleNamespace(accounts=lambda known: found.update(known=known) or accounts))

    monkeypatch.setattr(module, "read_versions", lambda *_: (OLD, NEW))
    monkeypatch.setattr(module, "judged", judged)
    monkeypatch.setattr(module, "diff_rows", lambda _rows, *told: found.update(told=told) or RowDiff(1, 0, 0, 4, {}))
    return found


def test_both_copies_are_judged_and_compared_without_their_places(asked: dict[str, Any]) -> None:
    found = diff(Settings(), visits_in_files(), "3", None, 20)

    assert asked["files"] == [(1, OLD.stored), (3, NEW.stored)]
    assert asked["told"] == ((1, 3), ("id",), 20)
    assert {"id", "page"} <= {*asked["wanted"]}
    assert not {name for name in asked["wanted"] if name.startswith("_")}
    assert (found.before.rejected, found.before.reason, found.after.reason) == (1, "few rows", None)
    assert (found.before.state, found.after.state) == ("loaded", "checked")


def test_no_threshold_holds_up_a_repair_file_as_in_a_load(
    asked: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "read_versions", lambda *_: (OLD, version(3, repairs=1, promised_rows=2)))

    diff(Settings(), visits_in_files(), "3", 1, 20)

    assert asked["known"] == [Known(1, 100), Known(3, 100, 2, is_repair=True)]


def test_a_file_that_was_not_taken_in_is_held_against_the_version_that_it_would_replace(
    asked: dict[str, Any], tmp_path: Path
) -> None:
    (tmp_path / "1.csv").write_text("id\n")
    uri = f"file://{tmp_path}/1.csv"

    with pytest.raises(TidegateError, match=f"no version of {uri} is known"):
        diff(Settings(), visits_in_files(), uri, None, 20)
    found = diff(Settings(), visits_in_files(), uri, 1, 20)

    assert asked["files"] == [(1, OLD.stored), (4, uri)]
    assert (found.after.number, found.after.state, found.after.uri) == (None, "new", uri)
    assert _before([OLD, version(2, uri=URI, state="quarantined")], URI, None) == OLD
