"""Records of CSV: a broken one costs itself alone, whatever follows."""

import csv
import io
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from producers.reference import csv_records as module
from producers.reference.csv_records import csv_records, csv_text


def read(text: str | bytes) -> list[list[str] | str]:
    """The cells of each record, or its line and problem."""
    content = csv_text(io.BytesIO(text.encode() if isinstance(text, str) else text))
    return [f"{each.number}: {each.problem}" if each.cells is None else each.cells for each in csv_records(content)]


@given(st.lists(st.lists(st.text(st.sampled_from('ab,"\r\n\u2028é'), max_size=5), min_size=2, max_size=3), max_size=6))
def test_what_csv_writes_is_read(rows: list[list[str]]) -> None:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    assert read(text.getvalue()) == rows


@pytest.mark.parametrize(
    ("text", "records"),
    [
        ('a,"19" monitor"\nb,c\n', ["1: not CSV: ',' expected after '\"'", ["b", "c"]]),
        ('a,"open\nb,c\nd,e\n', ["1: not CSV: a quote that does not end", ["b", "c"], ["d", "e"]]),
        ('a,"open\nb,c\nd,"e, f"\n', ["1: not CSV: ',' expected after '\"'", ["b", "c"], ["d", "e, f"]]),
        ('a,"two\nlines"\nb,c\n', [["a", "two\nlines"], ["b", "c"]]),
        ('a,"two\r\nlines"\r\nb,c\r\n', [["a", "two\r\nlines"], ["b", "c"]]),
        ("a,b\rc,d\r", [["a", "b"], ["c", "d"]]),
        ("\ufeffa,b\n", [["a", "b"]]),
        ('a,19" monitor\n', [["a", '19" monitor']]),
        ("a\x00b,c\n", [["a\x00b", "c"]]),
        (b"a,caf\xe9\nb,c\n", ["1: not UTF-8: byte 0xe9 at byte 6", ["b", "c"]]),
        ("a\u2028b,c\n", [["a\u2028b", "c"]]),
        ("a,b\n\nc,d\n", [["a", "b"], [], ["c", "d"]]),
    ],
)
def test_a_broken_record_costs_itself_alone(text: str | bytes, records: list[list[str] | str]) -> None:
    assert read(text) == records


def test_the_original_text_is_kept() -> None:
    records = csv_records(csv_text(io.BytesIO(b'a,"19" monitor"\r\nb,\xe9\r\n')))
    assert [(each.number, each.text) for each in records] == [(1, b'a,"19" monitor"'), (2, b"b,\xe9")]


def test_a_line_that_is_too_long_is_one_broken_record(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_LINE_BYTES", 100)
    wide, next_ = read("a," + "x" * 1000 + "\nb,c\n")
    assert wide == "1: not CSV: a line of 1,003 characters; at most 100 are read"
    assert next_ == ["b", "c"]


def test_a_cell_may_be_large() -> None:
    assert read("a," + "x" * 1_000_000 + "\n") == [["a", "x" * 1_000_000]]


@pytest.mark.parametrize("line", ['x","\n', 'a,"b\n', '"\n', '"""\n', 'a,"b""\n', '","a\n'])
def test_quotes_that_never_end_take_time_in_proportion(line: str) -> None:
    began_s = time.perf_counter()
    assert len(read(line * 100_000)) > 0
    assert time.perf_counter() - began_s < 20  # one that is quadratic takes an hour
