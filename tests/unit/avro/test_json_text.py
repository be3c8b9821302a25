"""JSON in one place: exact numbers, and one short line for whatever has two meanings or none."""

import time
from decimal import Decimal

import pytest

from tidegate.avro.json_text import UnreadableNumber, read_json, read_one_json


def test_numbers_are_exact() -> None:
    assert read_json(b'{"a": 12.5000, "b": 9007199254740993, "c": 1e400}') == {
        "a": Decimal("12.5000"),
        "b": 9007199254740993,
        "c": Decimal("1e400"),
    }


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "1e99999999999999999999", "1e-10000", "9" * 5000])
def test_a_number_that_no_field_holds_is_kept_as_it_was_written(text: str) -> None:
    (number,) = read_json(f"[{text}]")
    assert isinstance(number, UnreadableNumber)
    assert number.text == text
    assert len(repr(number)) < 80


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b'{"a": 1, "b": {"c": 1, "c": 2}}', "the key 'c' is there twice"),
        (b'{"a": "caf\xe9"}', "not UTF-8: byte 0xe9 at byte 11"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a": ' * 100_000, "nested too deeply"),
        (b"{", "not JSON: .* at character 2"),
        (b"", "not JSON"),
        (b"{} {}", "not JSON: Extra data at character 4"),
        (b"\xff\xfe{\x00}\x00", "not UTF-8"),
    ],
)
def test_what_cannot_be_read_is_one_short_line(text: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason) as raised:
        read_json(text)
    assert len(str(raised.value)) < 120


def test_other_line_separators_are_text() -> None:
    assert read_json('{"a": "x\u2028y\u0085z"}'.encode()) == {"a": "x\u2028y\u0085z"}


def test_a_megabyte_of_digits_takes_no_time() -> None:
    began_s = time.perf_counter()
    for number in ("9" * 1_000_000, "1." + "3" * 1_000_000, "1e" + "9" * 1_000_000):
        assert isinstance(read_json(number), UnreadableNumber)
    assert time.perf_counter() - began_s < 1


def test_one_value_is_read_and_what_follows_it_is_told() -> None:
    assert read_one_json(' {"a": 1.50}\n') == ({"a": Decimal("1.50")}, "")
    assert read_one_json("1 2 ") == (1, "2 ")


@pytest.mark.parametrize("text", ["NaN", '{"a": -Infinity}', '{"a": 1, "a": 2}', "", "{", "\x0c1"])
def test_what_json_lacks_is_refused_wherever_it_stands(text: str) -> None:
    with pytest.raises(ValueError, match=r"not JSON|twice"):
        read_one_json(text)
