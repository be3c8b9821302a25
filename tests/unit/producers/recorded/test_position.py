"""The position of a followed file: whole, of that file alone, and held by one run."""

import io
from pathlib import Path

import pytest

from producers.recorded.position import Mark, PositionFile, fingerprint, fingerprint_at
from tidegate.errors import TidegateError

MARKS = [Mark(1, 2, 300, 4, "abc"), Mark(1, 3, 0, 0, "def")]
LOG = Path("/var/log/access.log")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "producers" / "clicks.position"


def test_what_is_written_is_read(path: Path) -> None:
    with PositionFile(path, LOG, "clicks") as position:
        assert position.read() == []
        position.write(MARKS)
    with PositionFile(path, LOG, "clicks") as position:
        assert position.read() == MARKS


def test_each_file_and_dataset_has_a_place_of_its_own(tmp_path: Path) -> None:
    places = {
        PositionFile.default(tmp_path, followed, dataset)
        for followed in (LOG, Path("/srv/access.log"))
        for dataset in ("clicks", "app_logs")
    }
    assert len(places) == 4


def test_one_run_at_a_time_holds_it(path: Path) -> None:
    with (
        PositionFile(path, LOG, "clicks"),
        pytest.raises(TidegateError, match=r"another run follows /var/log/access.log as clicks"),
        PositionFile(path, LOG, "clicks"),
    ):
        pass
    with PositionFile(path, LOG, "clicks"):
        pass


def test_the_position_of_another_file_is_refused(path: Path) -> None:
    with PositionFile(path, LOG, "clicks") as position:
        position.write(MARKS)
    with (
        PositionFile(path, Path("/srv/other.log"), "clicks") as other,
        pytest.raises(TidegateError, match=r"is the position of /var/log/access.log as clicks"),
    ):
        other.read()


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"marks": [[1]]}', "product_id,name\n"])
def test_a_file_that_is_no_position_is_refused_and_left(path: Path, content: str) -> None:
    path.parent.mkdir()
    path.write_text(content)
    with PositionFile(path, LOG, "clicks") as position, pytest.raises(TidegateError, match="is no position"):
        position.read()
    assert path.read_text() == content


def test_a_place_that_cannot_be_written_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(TidegateError, match=r"can't be written.*another --position"),
        PositionFile(tmp_path / "file" / "position", LOG, "clicks"),
    ):
        pass


def test_a_fingerprint_tells_files_apart_and_is_none_of_a_shorter_one() -> None:
    content = bytes(range(256)) * 4
    file = io.BytesIO(content)
    assert fingerprint_at(file, 700) == fingerprint(content, content[:700])
    assert file.read(1) == content[700:701]
    assert fingerprint_at(io.BytesIO(b"x" + content[1:]), 700) != fingerprint_at(file, 700)
    assert fingerprint_at(io.BytesIO(content[:699]), 700) is None
