"""Files of the home folder: whole or not at all, and one command at a time."""

from pathlib import Path

import pytest

from tidegate.errors import TidegateError
from tidegate.own_files import one_at_a_time, write_whole


def test_a_file_is_replaced_whole_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    write_whole(tmp_path / "status.json", "old")
    assert write_whole(tmp_path / "status.json", "new").read_text() == "new"
    assert [file.name for file in tmp_path.iterdir()] == ["status.json"]


def test_a_second_one_is_told_and_a_later_one_is_let_in(tmp_path: Path) -> None:
    lock, remedy = tmp_path / "folder" / "lock", "Wait."
    with one_at_a_time(lock, "one is at work.", remedy):
        with (
            pytest.raises(TidegateError, match="one is at work") as caught,
            one_at_a_time(lock, "one is at work.", remedy),
        ):
            pass
        assert caught.value.remedy == remedy
    with one_at_a_time(lock, "one is at work.", remedy):
        pass
