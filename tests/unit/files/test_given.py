"""Files are found by the names that people give them."""

from pathlib import Path

import pytest

from tidegate.errors import TidegateError
from tidegate.files.given import look_at, read_as, uri_of
from tidegate.settings import Settings


def test_a_path_is_that_of_the_folder_in_which_the_command_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert uri_of("in/a b#.csv") == f"file://{tmp_path}/in/a b#.csv"
    assert uri_of(tmp_path / "a.csv") == f"file://{tmp_path}/a.csv"
    assert [uri_of(each) for each in ("s3://in/a.csv", "file:///a.csv")] == ["s3://in/a.csv", "file:///a.csv"]


def test_a_file_is_read_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id\n")
    uri = uri_of(tmp_path / "a.csv")

    landing, listed = look_at(Settings(), uri)

    assert b"".join(landing.chunks(listed, 1024)) == b"id\n"
    assert (read_as(listed, 7).is_repair, read_as(listed, 7, is_repair=True).is_repair) == (False, True)
    assert (read_as(listed, 7).uri, read_as(listed, 7).size, read_as(listed, 7).number) == (uri, 3, 7)


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    for each in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(TidegateError, match="is not there, or is no file"):
            look_at(Settings(), uri_of(each))
