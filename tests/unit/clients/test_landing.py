"""Files of a folder: what is listed, and what is noticed while one is read. S3: tests/stack/test_take_in_files.py."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.another_user import closed_to_this_user
from tidegate.clients.landing import FileChangedError, Listed, open_landing
from tidegate.errors import TidegateError
from tidegate.settings import Settings


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """With a few files."""
    for name in ("in/2026-11-09/part-1.csv", "in/2026-11-09/part-2.csv", "in/2026-11-10/part-1.csv", "other/a.csv"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"a,b\n1,2\n")
    os.mkfifo(tmp_path / "in/2026-11-09/part-3.csv")
    return tmp_path


def _one(folder: Path, name: str = "in/2026-11-09/part-1.csv") -> Listed:
    listed = open_landing(Settings(), f"file://{folder}/").look(f"file://{folder}/{name}")
    assert listed is not None
    return listed


def test_the_files_below_a_prefix_are_listed_with_size_and_time(folder: Path) -> None:
    os.utime(folder / "in/2026-11-09/part-1.csv", ns=(0, 1_700_000_000_123_456_789))
    prefix = f"file://{folder}/in/2026-11-09/part-"

    found = {listed.uri: listed for listed in open_landing(Settings(), prefix).below(prefix)}

    assert found.keys() == {f"{prefix}1.csv", f"{prefix}2.csv"}
    first = found[f"{prefix}1.csv"]
    assert (first.size, first.modified_ms, first.name) == (8, 1_700_000_000_123, "part-1.csv")


def test_a_date_that_has_no_folder_yet_has_no_files(folder: Path) -> None:
    landing = open_landing(Settings(), f"file://{folder}/in/")

    assert list(landing.below(f"file://{folder}/in/2026-11-11/part-")) == []
    assert landing.look(f"file://{folder}/in/2026-11-11/part-1.csv") is None


def test_a_folder_that_is_not_there_is_said(folder: Path) -> None:
    with pytest.raises(TidegateError, match=r"nowhere is no folder\. Make it, or correct file\.pattern"):
        open_landing(Settings(), f"file://{folder}/nowhere/")


def test_a_file_is_read_in_chunks(folder: Path) -> None:
    listed = _one(folder)

    assert list(open_landing(Settings(), listed.uri).chunks(listed, 5)) == [b"a,b\n1", b",2\n"]


def _append(path: Path) -> None:
    with path.open("ab") as opened:
        opened.write(b"3,4\n")


def _same_size_and_time(path: Path) -> None:
    before = path.stat()
    path.write_bytes(b"a,b\n1,3\n")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def _replaced(path: Path) -> None:
    draft = path.with_suffix(".draft")
    draft.write_bytes(path.read_bytes())
    draft.replace(path)


@pytest.mark.parametrize("change", [_append, _same_size_and_time, _replaced, Path.unlink])
def test_a_file_that_somebody_changes_is_not_the_same(folder: Path, change: Callable[[Path], None]) -> None:
    listed = _one(folder)
    landing = open_landing(Settings(), listed.uri)
    assert listed.is_same(landing.look(listed.uri))

    change(folder / "in/2026-11-09/part-1.csv")

    assert not listed.is_same(landing.look(listed.uri))


def test_a_file_that_is_shorter_than_listed_has_changed(folder: Path) -> None:
    listed = replace(_one(folder), size=9)

    with pytest.raises(FileChangedError, match="became shorter while it was read"):
        list(open_landing(Settings(), listed.uri).chunks(listed, 5))


def test_a_file_that_is_removed_has_changed(folder: Path) -> None:
    listed = _one(folder)
    (folder / "in/2026-11-09/part-1.csv").unlink()

    with pytest.raises(FileChangedError, match="was removed"):
        list(open_landing(Settings(), listed.uri).chunks(listed, 5))


def test_what_may_not_be_read_is_said_in_one_line(folder: Path) -> None:
    prefix = f"file://{folder}/in/2026-11-09/"
    with (
        closed_to_this_user(folder / "in/2026-11-09"),
        pytest.raises(TidegateError, match=r"can't be read: Permission"),
    ):
        list(open_landing(Settings(), f"file://{folder}/in/").below(prefix))


def test_a_file_that_can_not_be_looked_at_is_said_in_one_line(folder: Path) -> None:
    landing = open_landing(Settings(), f"file://{folder}/")
    with pytest.raises(TidegateError, match=r"/in/x+ can't be read: File name too long\. See that"):
        landing.look(f"file://{folder}/in/{'x' * 300}")
    with (
        closed_to_this_user(folder / "in/2026-11-09"),
        pytest.raises(TidegateError, match=r"part-1\.csv can't be read: Permission denied\. See that"),
    ):
        landing.look(f"file://{folder}/in/2026-11-09/part-1.csv")


def test_a_link_to_a_folder_is_followed_whether_a_date_is_asked_for_or_all(folder: Path) -> None:
    (folder / "in/2026-11-11").symlink_to(folder / "other")
    landing = open_landing(Settings(), f"file://{folder}/in/")
    uri = f"file://{folder}/in/2026-11-11/a.csv"

    assert uri in {listed.uri for listed in landing.below(f"file://{folder}/in/")}
    assert {listed.uri for listed in landing.below(f"file://{folder}/in/2026-11-11/")} == {uri}


def test_links_that_lead_back_or_nowhere_keep_no_file_from_being_listed(folder: Path) -> None:
    prefix = f"file://{folder}/in/"
    before = {listed.uri for listed in open_landing(Settings(), prefix).below(prefix)}
    targets = {
        "in/2026-11-09/up": "..",
        "in/2026-11-09/root": "/",
        "in/2026-11-09/there": "../2026-11-10",
        "in/2026-11-10/back": "../2026-11-09",
        "in/2026-11-09/loop.csv": "loop.csv",
        "in/2026-11-09/nowhere.csv": "nothing",
    }
    for name, target in targets.items():
        (folder / name).symlink_to(target)

    after = {listed.uri for listed in open_landing(Settings(), prefix).below(prefix)}

    linked = {f"{prefix}2026-11-09/there/part-1.csv"}
    linked |= {f"{prefix}2026-11-10/back/part-{number}.csv" for number in (1, 2)}
    assert after == before | linked
