"""What a file of Parquet says of itself at its end: how many rows it has, and why it can't be read."""

import gzip
import io
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.project import PROJECT
from tidegate.files import parquet_footer
from tidegate.files.checks import Source
from tidegate.files.parquet_footer import MOST_GROUP_BYTES, Footer, read_footer

ROWS = 5000


def _written(rows: int = ROWS, **options: Any) -> bytes:
    table = pa.table({"id": pa.array(range(rows), pa.int64()), "name": [f"n{row}" for row in range(rows)]})
    return _of(table, **{"row_group_size": 700, **options})


def _of(table: pa.Table, **options: Any) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out, **options)
    return out.getvalue()


def _footer(data: bytes, chunk_bytes: int = 4096) -> Footer:
    return read_footer(Source(data[start : start + chunk_bytes] for start in range(0, len(data), chunk_bytes)))


PARQUET = _written()
LENGTH = int.from_bytes(PARQUET[-8:-4], "little")


@pytest.mark.parametrize("compression", ["NONE", "SNAPPY", "GZIP", "ZSTD", "LZ4"])
def test_a_whole_file_says_how_many_rows_it_has(compression: str) -> None:
    assert _footer(_written(compression=compression)) == Footer(rows=ROWS)
    assert _footer(_written(rows=0)) == Footer(rows=0)


@settings(max_examples=20, deadline=None)
@given(st.integers(100, len(PARQUET) + 1))
def test_in_whatever_chunks_it_comes(chunk_bytes: int) -> None:
    assert _footer(PARQUET, chunk_bytes) == Footer(rows=ROWS)


@given(st.integers(4, len(PARQUET) - 1))
def test_a_file_that_is_cut_off_says_so(kept: int) -> None:
    assert _footer(PARQUET[:kept]) == Footer("its Parquet ends too soon: it is cut off")


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", "it is no Parquet"),
        (b"a,b\n1,2\n", "it is no Parquet"),
        (gzip.compress(PARQUET), "it is packed by gzip: Parquet is packed within"),
        (b"PARE" + PARQUET[4:-4] + b"PARE", "it is Parquet that is encrypted, which is not read"),
        (PARQUET[:-4] + b"PARE", "it is Parquet that is encrypted, which is not read"),
        (b"PAR1PAR1", "its Parquet ends too soon: it is cut off"),
        (PARQUET[:-8] + b"\xff\xff\xff\x7fPAR1", "its Parquet ends too soon: it is cut off"),
        (_written(compression="BROTLI"), "column id is packed by BROTLI, which is not read"),
        (_of(pa.table({})), "its Parquet has no column"),
        (PARQUET[:4] + PARQUET[-LENGTH - 8 :], "its Parquet is damaged: column id lies behind its end"),
    ],
)
def test_what_can_not_be_read_says_why(data: bytes, fault: str) -> None:
    assert _footer(data) == Footer(fault)


@given(st.integers(1, LENGTH), st.integers(1, 255))
def test_a_footer_of_which_a_byte_was_changed_is_never_more_than_a_fault(place: int, change: int) -> None:
    data = bytearray(PARQUET)
    data[-8 - place] ^= change

    found = _footer(bytes(data))

    assert (found.fault is None) != (found.rows is None)
    assert "\n" not in (found.fault or "")


def test_a_footer_that_is_too_long_to_be_held_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet_footer, "MOST_FOOTER_BYTES", LENGTH - 1)
    said = f"the list of its row groups has {LENGTH:,} bytes, at most {LENGTH - 1:,} are read"
    assert _footer(PARQUET) == Footer(said)
    monkeypatch.setattr(parquet_footer, "MOST_FOOTER_BYTES", LENGTH)
    assert _footer(PARQUET, 100) == Footer(rows=ROWS)


def test_a_row_group_that_is_too_large_to_be_held_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet_footer, "MOST_GROUP_BYTES", 1000)
    assert (_footer(PARQUET).fault or "").endswith("at most 1,000 are read: write smaller ones")


def test_the_job_holds_row_groups_of_the_same_size() -> None:
    source = PROJECT / "connectors/sql/src/main/java/io/tidegate/connectors/files/ParquetRows.java"
    assert f"MAX_GROUP_BYTES = {MOST_GROUP_BYTES // 1024**2}L * 1024 * 1024;" in source.read_text()


class GoneError(Exception):
    """Of a file that is read."""


def test_a_file_that_cannot_be_read_on_raises_what_reading_raises() -> None:
    def chunks() -> Iterator[bytes]:
        yield PARQUET[:100]
        raise GoneError

    with pytest.raises(GoneError):
        read_footer(Source(chunks()))
