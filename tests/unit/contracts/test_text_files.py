"""A contract's files as editors write them, and one line with the place for what can't be read."""

from pathlib import Path

import pytest

from tidegate.contracts.text_files import read_object, read_text, read_yaml
from tidegate.errors import ContractError

FILE = Path("orders/contract.yaml")


def test_a_byte_order_mark_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"\xef\xbb\xbfcaf\xc3\xa9")
    assert read_text(tmp_path / "x") == "caf\u00e9"


@pytest.mark.parametrize("data", [b"a\nb\ncaf\xe9\n", b"a\r\nb\n\xff\xfe", b"\n\n\x80"])
def test_what_is_not_utf_8_is_told_with_its_line(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x").write_bytes(data)
    with pytest.raises(ContractError, match=r"x line 3 is not UTF-8 .*iconv"):
        read_text(tmp_path / "x")


def test_what_is_not_there_or_no_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="is missing"):
        read_text(tmp_path / "nothing")
    with pytest.raises(ContractError, match="cannot be read"):
        read_text(tmp_path)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("{", "line 1"),
        ('{"a": 1, "a": 2}', "the key 'a' is there twice"),
        ('{"fields": [{"name": "x", "default": 1, "default": 2}]}', "the key 'default' is there twice"),
        ('{"a": ' * 100_000, "nested too deeply"),
    ],
)
def test_a_schema_that_says_two_things_or_none_is_refused(text: str, found: str) -> None:
    with pytest.raises(ContractError, match=found):
        read_object(text, FILE)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("rules: []\nrules: [a]", "the key rules is there twice.*line 2"),
        ("topic:\n  name: a\n  name: b", "the key name is there twice.*line 3"),
        ("a: [", "is not YAML"),
        ("[" * 10_000, "nested too deeply"),
    ],
)
def test_a_contract_that_says_two_things_or_none_is_refused(text: str, found: str) -> None:
    with pytest.raises(ContractError, match=found):
        read_yaml(text, FILE)


def test_what_is_said_once_is_read() -> None:
    assert read_yaml("a: {b: 1}\nc: [{b: 2}, {b: 3}]", FILE) == {"a": {"b": 1}, "c": [{"b": 2}, {"b": 3}]}
    assert read_object('{"a": {"b": 1}, "c": [{"b": 2}]}', FILE) == {"a": {"b": 1}, "c": [{"b": 2}]}
