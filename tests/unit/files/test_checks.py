"""What is said of a file before its rows are judged: packed, cut off, damaged, empty."""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from tidegate.contracts.file_section import FileSection, Thresholds
from tidegate.errors import TidegateError
from tidegate.files.checks import Packing, Source, file_fault, packing_of

TEXT = b"".join(b"%d,%d\n" % (number, number * number) for number in range(100_000))
PACKED = {"gzip": gzip.compress(TEXT), "zstd": zstandard.ZstdCompressor(write_checksum=True).compress(TEXT)}
PACKINGS: list[Packing] = ["gzip", "zstd"]


def _section(**changes: Any) -> FileSection:
    return FileSection(format="csv", pattern="s3://landing/{date:yyyy-MM-dd}.csv", **changes)


def _fault(data: bytes, chunk_bytes: int = 10_000, **changes: Any) -> str | None:
    """And sees that every byte was asked for, once."""
    asked: list[bytes] = []

    def chunks() -> Iterator[bytes]:
        for start in range(0, len(data), chunk_bytes):
            asked.append(data[start : start + chunk_bytes])
            yield asked[-1]

    fault = file_fault(Source(chunks()), _section(**changes))
    assert b"".join(asked) == data
    return fault


def test_a_plain_file_has_no_fault() -> None:
    assert _fault(TEXT) is None


@pytest.mark.parametrize("packing", PACKINGS)
@pytest.mark.parametrize("times", [1, 2])
def test_a_packed_file_is_unpacked_to_its_end_with_all_its_members(packing: Packing, times: int) -> None:
    assert _fault(PACKED[packing] * times) is None


@pytest.mark.parametrize("place", ["before", "between", "behind"])
def test_frames_of_zstd_that_are_to_be_skipped_are_skipped(place: str) -> None:
    skipped, packed = b"\x5f\x2a\x4d\x18" + (7).to_bytes(4, "little") + b"skipped", PACKED["zstd"]
    data = {"before": skipped + packed, "between": packed + skipped + packed, "behind": packed + skipped}[place]

    assert packing_of(data) == "zstd"
    assert _fault(data, compression="zstd") is None
    assert _fault(data[:-1]) == "its zstd ends too soon: it is cut off"


@pytest.mark.parametrize("packing", PACKINGS)
@pytest.mark.parametrize("kept", [5, 1000, -1, -9])
def test_a_packed_file_that_is_cut_off_says_so(packing: Packing, kept: int) -> None:
    assert _fault(PACKED[packing][:kept]) == f"its {packing} ends too soon: it is cut off"


@pytest.mark.parametrize("packing", PACKINGS)
@pytest.mark.parametrize("behind", [b"a,b\n", bytes(512)])
def test_what_follows_a_packed_file_is_damage(packing: Packing, behind: bytes) -> None:
    assert (_fault(PACKED[packing] + behind) or "").startswith(f"its {packing} is damaged: ")


@pytest.mark.parametrize("packing", PACKINGS)
@pytest.mark.parametrize("place", [-2, 0.5, 0.9])
def test_a_byte_that_was_changed_is_damage(packing: Packing, place: float) -> None:
    data = bytearray(PACKED[packing])
    data[int(place) if place < 0 else int(len(data) * place)] ^= 0x55

    fault = _fault(bytes(data))

    assert fault is not None
    assert fault.startswith((f"its {packing} is damaged: ", f"its {packing} ends too soon"))
    assert "\n" not in fault


@pytest.mark.parametrize("data", [b"", gzip.compress(b"", mtime=0), zstandard.compress(b"")])
def test_a_file_without_a_byte_is_empty_unless_none_is_expected(data: bytes) -> None:
    assert _fault(data) == "it is empty"
    assert _fault(data, thresholds=Thresholds(min_rows=0)) is None


@pytest.mark.parametrize(
    ("data", "said", "fault"),
    [
        (PACKED["gzip"], "gzip", None),
        (PACKED["zstd"], "zstd", None),
        (TEXT, "none", None),
        (PACKED["gzip"], "none", "it is packed by gzip, and file.compression says none"),
        (PACKED["gzip"], "zstd", "it is packed by gzip, and file.compression says zstd"),
        (TEXT, "gzip", "it is not packed, and file.compression says gzip"),
    ],
)
def test_the_first_bytes_say_how_a_file_is_packed_and_must_be_as_the_contract_says(
    data: bytes, said: str, fault: str | None
) -> None:
    assert _fault(data, compression=said) == fault


@pytest.mark.parametrize(
    ("start", "packing"), [(b"\x1f\x8b", "gzip"), (b"\x1f", None), (b"\x28\xb5\x2f\xfd\0", "zstd")]
)
def test_what_begins_so_is_packed_so(start: bytes, packing: Packing | None) -> None:
    assert packing_of(start) == packing


def _zipped() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("day.csv", TEXT)
    return packed.getvalue()


def _tarred() -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        member = tarfile.TarInfo("day.csv")
        member.size = len(TEXT)
        archive.addfile(member, io.BytesIO(TEXT))
    return packed.getvalue()


def _parquet() -> bytes:
    packed = io.BytesIO()
    pq.write_table(pa.table({"a": [1, 2]}), packed)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (_zipped(), "a zip archive, as a workbook of Excel is one"),
        (_tarred(), "an archive of tar"),
        (bz2.compress(TEXT), "packed by bzip2"),
        (lzma.compress(TEXT), "packed by xz"),
        (bytes(pa.compress(TEXT, "lz4", asbytes=True)), "packed by lz4"),
        (_parquet(), "Parquet"),
    ],
)
def test_what_is_no_text_is_said_before_a_job_takes_its_bytes_for_rows(data: bytes, what: str) -> None:
    why = f"is {what}, which is not read: it has to be a text, packed by gzip or zstd at most"

    assert _fault(data) == f"it {why}"
    assert _fault(data, compression="gzip") == f"it {why}"
    assert _fault(gzip.compress(data)) == f"what it holds {why}"


def test_what_is_packed_twice_is_no_text() -> None:
    assert _fault(gzip.compress(PACKED["zstd"])) == "it is packed twice: what its gzip holds is zstd"


class ChangedError(TidegateError):
    """Of a file that is read."""


@pytest.mark.parametrize("data", [TEXT, PACKED["gzip"], PACKED["zstd"]])
def test_a_file_that_cannot_be_read_on_raises_what_reading_raises(data: bytes) -> None:
    def chunks() -> Iterator[bytes]:
        yield data[:70_000]
        raise ChangedError("it was removed.", remedy="Wait.")

    with pytest.raises(ChangedError, match=r"it was removed\. Wait\."):
        file_fault(Source(chunks()), _section())


@given(st.binary(max_size=2000), st.integers(1, 300), st.sampled_from(["plain", "gzip", "zstd"]))
def test_in_whatever_chunks_a_file_comes_it_has_the_same_faults(text: bytes, chunk_bytes: int, packing: str) -> None:
    data = {"plain": b"x" + text, "gzip": gzip.compress(b"x" + text), "zstd": zstandard.compress(b"x" + text)}[packing]

    assert _fault(data, chunk_bytes) is None
