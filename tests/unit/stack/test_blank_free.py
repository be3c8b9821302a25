"""Paths for scripts that split at blanks."""

import tempfile
from pathlib import Path

import pytest

from tidegate.errors import TidegateError
from tidegate.stack.blank_free import blank_free


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The system's folder for temporary files."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_a_path_without_a_blank_is_used_as_it_is(tmp_path: Path, temporary: Path) -> None:
    assert blank_free(tmp_path) == tmp_path
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("name", ["a b", "a\tb", "a  b c"])
def test_a_path_with_blanks_is_reached_by_a_link_that_stays_the_same(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    link = blank_free(folder)
    (link / "file").touch()
    assert (folder / "file").exists()
    assert not any(character.isspace() for character in str(link))
    assert blank_free(folder) == link
    link.unlink()  # as a reboot does
    assert blank_free(folder) == link


def test_two_folders_have_two_links(tmp_path: Path) -> None:
    assert blank_free(tmp_path / "a b") != blank_free(tmp_path / "a c")


@pytest.mark.parametrize("planted", ["folder", "link"])
def test_something_else_of_that_name_is_not_followed(tmp_path: Path, planted: str) -> None:
    folder = tmp_path / "a b"
    link = blank_free(folder)
    link.unlink()
    link.mkdir() if planted == "folder" else link.symlink_to(tmp_path)
    with pytest.raises(TidegateError, match="is not the link to"):
        blank_free(folder)
