"""Lines of JSON end with a line feed and nothing else; what can't be read is one line with its number."""

from pathlib import Path

import pytest

from tidegate.contracts.json_lines import lines_of, read_samples
from tidegate.errors import ContractError


def test_only_a_line_feed_ends_a_line(tmp_path: Path) -> None:
    text = '\ufeff{"a": "one\u2028two\u2029\x85three\x1cfour\x0b"}\r\n\n{"a": "b"}'
    (tmp_path / "x").write_bytes(text.encode())
    assert [number for number, _ in lines_of(tmp_path / "x")] == [1, 3]


def test_samples_are_plain_values(tmp_path: Path) -> None:
    (tmp_path / "x").write_text('{"a": 1, "b": 1.5, "c": [{"d": null}], "e": "one\\u2028two"}\n')
    assert read_samples(tmp_path / "x") == [{"a": 1, "b": 1.5, "c": [{"d": None}], "e": "one\u2028two"}]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (b'{"note": "caf\xe9"}', "line 2: not UTF-8: byte 0xe9.*iconv"),
        (b'{"note": "cut \\ud83d"}', "line 2: note: .*half of a surrogate pair"),
        (b'{"cut \\ud83d": 1}', "line 2: .*half of a surrogate pair"),
        (b'{"a": NaN}', "line 2: a: NaN is no number"),
        (b'{"a": [1e400]}', "line 2: a: .* is no number"),
        (b'{"a": 1e99999999999}', "line 2: a: .* is no number"),
        (b'{"a": 1, "a": 2}', "line 2: the key 'a' is there twice"),
        (b"[" * 100_000, "line 2: not JSON that can be read"),
        (b"[1]", "line 2 is no JSON object"),
        (b"not json", "line 2: not JSON"),
    ],
)
def test_a_line_that_cannot_be_a_record_is_told_with_its_number(tmp_path: Path, line: bytes, found: str) -> None:
    (tmp_path / "x").write_bytes(b'{"a": 1}\n' + line + b"\n")
    with pytest.raises(ContractError, match=found) as caught:
        read_samples(tmp_path / "x")
    assert "\n" not in str(caught.value)
    str(caught.value).encode()


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="cannot be read"):
        read_samples(tmp_path / "x")
