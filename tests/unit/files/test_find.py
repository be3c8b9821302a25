"""Which files are found, by date, and whether they may be taken in."""

import json
import os
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.unit.clients.made_versions import NOW, version
from tests.unit.files.made_files import files_of
from tidegate.clients.file_version import FileVersion
from tidegate.errors import TidegateError
from tidegate.files import find as module
from tidegate.files.find import Finder, open_finder
from tidegate.files.told import Found
from tidegate.settings import Settings

DAY = date(2026, 11, 28)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """With files of two dates; the command runs in it."""
    for name in ("in/2026-11-28/b.csv", "in/2026-11-28/a.csv", "in/2026-11-27/a.csv", "in/readme.txt"):
        _write(tmp_path / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _write(path: Path, text: str = "id,at\n") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def _finder(folder: Path, *versions: FileVersion, **section: Any) -> Finder:
    files = files_of("in/{date:yyyy-MM-dd}/*.csv", **section)
    return open_finder(Settings(home=folder / "home"), files, versions)


def _one(finder: Finder, later_s: int = 0) -> Found:
    (found,) = finder.find(DAY, NOW + timedelta(seconds=later_s))
    return found


def _names(found: Found) -> list[str]:
    return [each.name for each in found.ready.files]


def test_files_are_found_by_date_in_the_order_of_their_names(folder: Path) -> None:
    found = _finder(folder, complete={"by": "always"}).find(None, NOW)

    assert [(each.day, [listed.name for listed in each.listed]) for each in found] == [
        (date(2026, 11, 27), ["a.csv"]),
        (DAY, ["a.csv", "b.csv"]),
    ]
    assert found[0].listed[0].uri == f"file://{folder}/in/2026-11-27/a.csv"


def test_dates_are_told_that_have_versions_only_or_are_missed(folder: Path) -> None:
    known = version(1, date=date(2026, 11, 25))

    found = _finder(folder, known, complete={"by": "always"}).find(None, NOW)

    assert [(each.day.day, len(each.listed)) for each in found] == [(25, 0), (26, 0), (27, 1), (28, 2)]


def test_one_date_is_told_whether_there_are_files_or_not(folder: Path) -> None:
    (found,) = _finder(folder, complete={"by": "always"}).find(date(2026, 12, 24), NOW)

    assert (found.day, found.listed) == (date(2026, 12, 24), ())


def test_without_a_marker_files_wait(folder: Path) -> None:
    finder = _finder(folder, complete={"by": "success"})
    assert _one(finder).ready.waits_for == f"file://{folder}/in/2026-11-28/_SUCCESS is not there"

    _write(folder / "in/2026-11-28/_SUCCESS")

    assert _names(_one(finder)) == ["a.csv", "b.csv"]


def test_a_manifest_says_which_files_there_are_and_what_they_hold(folder: Path) -> None:
    finder = _finder(folder, complete={"by": "manifest"})
    assert _one(finder).ready.waits_for == f"file://{folder}/in/2026-11-28/manifest.json is not there"

    _write(folder / "in/2026-11-28/manifest.json", json.dumps({"files": [{"name": "b.csv", "rows": 7}]}))

    found = _one(finder)
    assert _names(found) == ["b.csv"]
    assert found.ready.promised[f"file://{folder}/in/2026-11-28/b.csv"].rows == 7
    assert [each.name for each in found.ready.strange] == ["a.csv"]


def test_what_tells_of_files_is_none_of_them(folder: Path) -> None:
    finder = _finder(folder, complete={"by": "success", "name": "all.csv"})
    _write(folder / "in/2026-11-28/all.csv")

    assert _names(_one(finder)) == [each.name for each in _one(finder).listed] == ["a.csv", "b.csv"]


def test_a_manifest_that_is_none_keeps_its_own_date_only(folder: Path) -> None:
    for day, text in ("2026-11-28", "{"), ("2026-11-27", json.dumps({"files": [{"name": "a.csv"}]})):
        _write(folder / "in" / day / "manifest.json", text)

    first, second = _finder(folder, complete={"by": "manifest"}).find(None, NOW)

    assert _names(first) == ["a.csv"]
    assert (second.ready.waits_for or "").startswith(f"file://{folder}/in/2026-11-28/manifest.json is no list of files")


def test_a_manifest_that_is_too_long_is_none(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_BYTES", 10)
    _write(folder / "in/2026-11-28/manifest.json", json.dumps({"files": [{"name": "a.csv"}]}))

    assert "longer than 10 bytes" in (_one(_finder(folder, complete={"by": "manifest"})).ready.waits_for or "")


def test_two_equal_listings_need_two_commands_that_lie_apart(folder: Path) -> None:
    stable = {"by": "stable", "quiet_s": 60}
    assert _names(_one(_finder(folder, complete=stable))) == []
    assert _one(_finder(folder, complete=stable), 59).ready.waits_for == "unchanged for 59 s, of 60 s"

    _write(folder / "in/2026-11-28/c.csv")
    assert _names(_one(_finder(folder, complete=stable), 60)) == []

    assert _names(_one(_finder(folder, complete=stable), 120)) == ["a.csv", "b.csv", "c.csv"]


def test_a_kept_listing_that_is_damaged_is_as_none(folder: Path) -> None:
    finder = _finder(folder, complete={"by": "stable", "quiet_s": 60})
    _one(finder)
    (kept,) = (folder / "home").rglob("*.json")
    kept.write_text("{")

    assert _names(_one(finder, 3600)) == []
    assert _names(_one(finder, 7200)) == ["a.csv", "b.csv"]


@pytest.mark.parametrize("by", ["manifest", "success", "stable"])
def test_of_a_date_with_nothing_new_nothing_is_asked(folder: Path, by: str) -> None:
    finder = _finder(folder, complete={"by": by})
    known = tuple(
        version(number, date=DAY, uri=each.uri, size=each.size, etag=each.etag)
        for number, each in enumerate(_one(finder).listed, 1)
    )

    found = _one(_finder(folder, *known, complete={"by": by}))

    assert found.ready.waits_for is None


def test_a_folder_that_is_not_there_is_said(folder: Path) -> None:
    with pytest.raises(TidegateError, match=r"nowhere is no folder"):
        open_finder(Settings(), files_of("nowhere/{date:yyyy-MM-dd}.csv"), ())


def test_a_pipe_is_no_file(folder: Path) -> None:
    os.mkfifo(folder / "in/2026-11-28/c.csv")

    assert _names(_one(_finder(folder, complete={"by": "always"}))) == ["a.csv", "b.csv"]
