"""The store of files in a folder: whole under a hash, or not there. S3: tests/stack/test_take_in_files.py."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tidegate.clients.file_store import INCOMING, MOST_PARTS, PART_BYTES, name_of, open_store, part_bytes
from tidegate.errors import TidegateError
from tidegate.settings import Settings

SHA = "ab" * 32
NAME = name_of("orders", SHA)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Of a store in a folder that is not there yet."""
    return Settings(files_store=f"file://{tmp_path}/store/")


def _files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_a_file_is_there_under_its_hash_once_it_is_whole(settings: Settings, tmp_path: Path) -> None:
    copying = open_store(settings).begin()
    copying.write(b"a,b\n")
    assert _files(tmp_path / "store") != [NAME]
    copying.write(b"1,2\n")

    uri = copying.finish(NAME)

    assert uri == f"file://{tmp_path}/store/orders/ab/{SHA}"
    assert _files(tmp_path / "store") == [NAME]
    assert (tmp_path / "store" / NAME).read_bytes() == b"a,b\n1,2\n"


def test_the_same_bytes_again_are_kept_once(settings: Settings, tmp_path: Path) -> None:
    for _ in range(2):
        copying = open_store(settings).begin()
        copying.write(b"a")
        copying.finish(NAME)
        copying.abandon()

    assert _files(tmp_path / "store") == [NAME]


def test_what_is_given_up_leaves_nothing(settings: Settings, tmp_path: Path) -> None:
    copying = open_store(settings).begin()
    copying.write(b"a,b\n")

    copying.abandon()

    assert _files(tmp_path / "store") == []


def test_what_a_killed_command_left_goes_when_it_is_old(settings: Settings, tmp_path: Path) -> None:
    store, now = open_store(settings), datetime.now(UTC)
    store.begin().write(b"a,b\n")

    assert store.sweep(now - timedelta(days=1)) == 0
    assert store.sweep(now + timedelta(days=1)) == 1
    assert list((tmp_path / "store" / INCOMING).iterdir()) == []


@pytest.mark.parametrize("address", ["files", "s3://", "gs://files", "file://files"])
def test_an_address_that_is_none_is_refused_with_its_setting(address: str) -> None:
    with pytest.raises(TidegateError, match=r"is no store of files\. Set TIDEGATE_FILES_STORE"):
        open_store(Settings(files_store=address))


def test_a_disk_that_refuses_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("a file where the folder would be")

    with pytest.raises(TidegateError, match=r"can't be written: .*TIDEGATE_FILES_STORE"):
        open_store(Settings(files_store=f"file://{tmp_path}/store"))


@pytest.mark.parametrize("size", [0, 1, PART_BYTES * MOST_PARTS, PART_BYTES * MOST_PARTS + 1, 5 * 1024**4])
def test_a_file_of_any_size_has_as_many_parts_as_s3_takes(size: int) -> None:
    assert part_bytes(size) >= PART_BYTES
    assert -(-size // part_bytes(size)) <= MOST_PARTS
