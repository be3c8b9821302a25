"""What a file of lines may be, and what is named for what it is."""

import bz2
import gzip
import lzma
import os
import subprocess
import sys
from pathlib import Path

import pytest

from producers.recorded.inputs import read_lines
from tests.project import PROJECT
from tidegate.errors import TidegateError


def never() -> bool:
    return False


def texts(path: Path) -> list[bytes]:
    return [line.text for line in read_lines(path, never) if line is not None]


def test_the_last_line_needs_no_end(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"a\r\n\nb")
    assert texts(path) == [b"a", b"", b"b"]


def test_a_file_of_gzip_is_read_whatever_its_name_and_in_several_parts(tmp_path: Path) -> None:
    path = tmp_path / "access.log.2"
    path.write_bytes(gzip.compress(b"a\nb\n") + gzip.compress(b"c\n"))
    assert texts(path) == [b"a", b"b", b"c"]


@pytest.mark.parametrize("damage", ["cut", "broken"])
def test_what_comes_before_damage_is_taken(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "access.log.gz"
    compressed = bytearray(gzip.compress(b"".join(b"%d\n" % (number * 7919) for number in range(200_000))))
    if damage == "cut":
        del compressed[-20_000:]
    else:
        compressed[-20_000:-19_000] = os.urandom(1000)
    path.write_bytes(compressed)
    lines = read_lines(path, never)
    assert next(lines) is not None
    with pytest.raises(TidegateError, match=r"access.log.gz cannot be read to its end \(.*mend the file"):
        list(lines)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (bz2.compress(b"a\n"), "compressed by bzip2, not lines of UTF-8. Give its lines, for example by `bzip2 -dc "),
        (lzma.compress(b"a\n"), "compressed by xz"),
        (b"\x28\xb5\x2f\xfd\x04\x58", "compressed by zstd"),
        (b"PK\x03\x04\x14\x00", "a ZIP archive"),
        ("{}\n".encode("utf-16"), "UTF-16"),
        (b"\xfe\xff" + "{}\n".encode("utf-16-be"), "UTF-16"),
        (b"PAR1\x15\x04", "a Parquet file"),
        (b"Obj\x01\x04", "an Avro file"),
    ],
)
def test_what_has_no_lines_is_named(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(TidegateError, match=said):
        texts(path)


def test_a_first_line_of_noise_is_only_a_line(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"\xff\xfe\xff\nBZhost - -\n")
    assert texts(path) == [b"\xff\xfe\xff", b"BZhost - -"]


def test_standard_input_that_is_compressed_is_named() -> None:
    program = "from producers.recorded.inputs import *; print(list(read_lines(Path('-'), lambda: False)))"
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=gzip.compress(b"a\n"),
        capture_output=True,
        cwd=PROJECT,
        check=False,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
    )
    assert b"standard input is compressed by gzip. Pipe it through `gzip -dc`" in done.stderr


def test_a_missing_file_is_one_clear_error(tmp_path: Path) -> None:
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(TidegateError, match="cannot be read"):
            texts(path)
