"""Every read is checked against the record's end; that the jobs' cursor does the same is met in tests/flink."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.avro.binary import MAX_EMPTY_ELEMENTS, MAX_NESTED, BadRecord, Cursor
from tidegate.avro.codec import Part
from tidegate.dead_letters.codes import CODES, Code, Stage

MAX_BYTES = 1000
READS: dict[str, Callable[[Cursor], Any]] = {
    "int": Cursor.read_int,
    "long": Cursor.read_long,
    "boolean": Cursor.read_boolean,
    "float": Cursor.read_float,
    "double": Cursor.read_double,
    "bytes": Cursor.read_bytes,
    "string": Cursor.read_string,
}
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "int": st.integers(-(2**31), 2**31 - 1),
    "long": st.integers(-(2**63), 2**63 - 1),
    "boolean": st.booleans(),
    "float": st.floats(width=32, allow_nan=False),
    "double": st.floats(allow_nan=False),
    "bytes": st.binary(),
    "string": st.text(),
}


@pytest.mark.parametrize("kind", READS)
def test_a_value_is_what_was_written_and_cut_off_it_is_truncated(kind: str) -> None:
    written = Part({"type": "record", "name": "R", "fields": [{"name": "x", "type": kind}]})

    @given(VALUES[kind], st.data())
    def check(value: Any, data: st.DataObject) -> None:
        encoded = written.encode(value)
        assert READS[kind](Cursor(encoded, 0, MAX_BYTES)) == value
        cut = data.draw(st.integers(0, len(encoded) - 1))
        with pytest.raises(BadRecord) as caught:
            READS[kind](Cursor(encoded[:cut], 0, MAX_BYTES))
        assert caught.value.code == "TRUNCATED"

    check()


@pytest.mark.parametrize(
    ("read", "data", "code"),
    [
        (Cursor.read_int, b"\x80\x80\x80\x80\x20", "BAD_VALUE"),
        (Cursor.read_long, b"\xff" * 9 + b"\x02", "BAD_VALUE"),
        (Cursor.read_long, b"\xff" * 10, "BAD_VALUE"),
        (Cursor.read_boolean, b"\x02", "BAD_VALUE"),
        (Cursor.read_bytes, b"\x01", "BAD_LENGTH"),
        (Cursor.read_bytes, b"\xd2\x0f", "BAD_LENGTH"),
        (Cursor.read_string, b"\x06\xed\xa0\x80", "BAD_UTF8"),
        (lambda cursor: cursor.read_branch(2), b"\x04", "BAD_UNION_BRANCH"),
        (lambda cursor: cursor.read_branch(2), b"\x01", "BAD_UNION_BRANCH"),
        (lambda cursor: cursor.read_block(1), b"\xd2\x0f", "BAD_LENGTH"),
        (lambda cursor: cursor.read_block(1), b"\x01\x01", "BAD_LENGTH"),
        (lambda cursor: cursor.read_block(2), b"\x04xxx", "TRUNCATED"),
    ],
)
def test_what_avro_does_not_allow_has_its_code(read: Callable[[Cursor], Any], data: bytes, code: str) -> None:
    with pytest.raises(BadRecord) as caught:
        read(Cursor(data, 0, MAX_BYTES))
    assert caught.value.code == code


def test_items_without_bytes_are_bounded_for_the_whole_record() -> None:
    half = b"\x80\xb5\x18" * 3  # three blocks of 200,000

    with pytest.raises(BadRecord) as caught:
        Cursor(half, 0, 1_000_000).read_block(0)

    assert caught.value.code == "BAD_LENGTH"
    assert MAX_EMPTY_ELEMENTS < 200_000


def test_nesting_is_bounded_and_left_again() -> None:
    cursor = Cursor(b"", 0, MAX_BYTES)
    for _ in range(3 * MAX_NESTED):
        cursor.enter()
        cursor.leave()
    for _ in range(MAX_NESTED):
        cursor.enter()
    with pytest.raises(BadRecord) as caught:
        cursor.enter()
    assert caught.value.code == "BAD_VALUE"


def test_each_code_is_one_of_dead_letters_of_stage_decode() -> None:
    from typing import get_args

    from tidegate.avro.binary import DecodeCode

    of_files = {Code.NOT_CSV, Code.CELL_COUNT}
    assert set(get_args(DecodeCode)) == {code.value for code in CODES[Stage.DECODE].keys() - of_files}
