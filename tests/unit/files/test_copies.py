"""Our copies of files: one that is gone, cut or changed is found."""

import hashlib
from pathlib import Path

import pytest

from tests.unit.files.versions import version
from tidegate.clients.file_version import FileVersion
from tidegate.files.copies import faults_of_copies
from tidegate.settings import Settings

CONTENT = b"id,at\na,1\n"


@pytest.fixture
def stored(tmp_path: Path) -> FileVersion:
    path = tmp_path / "copy"
    path.write_bytes(CONTENT)
    sha256 = hashlib.sha256(CONTENT).hexdigest()
    return version(3, size=len(CONTENT), sha256=sha256, stored=path.as_uri())


def faults(stored: FileVersion, *, deep: bool = False) -> dict[int, str]:
    return faults_of_copies(Settings(), [stored], deep=deep)


def write(stored: FileVersion, content: bytes) -> None:
    Path(stored.stored.removeprefix("file://")).write_bytes(content)


@pytest.mark.parametrize("deep", [False, True])
def test_a_copy_that_is_as_it_was_is_none(stored: FileVersion, deep: bool) -> None:
    assert faults(stored, deep=deep) == {}


def test_a_copy_that_is_gone_is_found(stored: FileVersion) -> None:
    Path(stored.stored.removeprefix("file://")).unlink()

    assert faults(stored) == {3: "is not there"}


def test_a_copy_of_another_length_is_found(stored: FileVersion) -> None:
    write(stored, CONTENT[:-1])

    assert faults(stored) == {3: "has 9 bytes for 10"}


def test_other_bytes_are_found_by_whoever_reads_them(stored: FileVersion) -> None:
    write(stored, CONTENT.upper())

    assert faults(stored) == {}
    assert faults(stored, deep=True)[3].startswith("has another SHA-256: ")
