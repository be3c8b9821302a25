"""Files of the home folder: whole or not at all, and one command at a time."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tidegate.errors import TidegateError
from tidegate.own_files import one_at_a_time, write_whole


def test_a_file_is_replaced_whole_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    write_whole(tmp_path / "status.json", "old")
    assert write_whole(tmp_path / "status.json", "new").read_text() == "new"
    assert [file.name for file in tmp_path.iterdir()] == ["status.json"]


def test_several_may_write_a_file_at_once(tmp_path: Path) -> None:
    """``files list`` keeps a listing as ``files load`` does, and neither waits for the other."""
    texts = [str(number) * 1000 for number in range(8)]

    with ThreadPoolExecutor(len(texts)) as pool:
        for _ in range(50):
            [*pool.map(lambda text: write_whole(tmp_path / "listing.json", text), texts)]
            assert (tmp_path / "listing.json").read_text() in texts
    assert [file.name for file in tmp_path.iterdir()] == ["listing.json"]


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
