"""The headers of a redriven record: what they say, who may write them, and that they never grow."""

import pytest

from tidegate.dead_letters.redriven import (
    ATTEMPT_HEADER,
    PREFIX,
    SIGNATURE_HEADER,
    SIGNED_HEADERS,
    Headers,
    Origin,
    Redriven,
    is_genuine,
    marked,
    own_headers,
    read,
)

KEY = "secret"
VALUE = b"value"
FIRST = Redriven(
    Origin("raw.clicks", 2, 4711, "0123456789abcdef0123456789abcdef"), 3, "a-plan", 1_700_000_000_000, 1_700_000_001_000
)
OWN: Headers = [("trace", b"7"), ("empty", None), ("trace", b"8")]


def size(headers: Headers) -> int:
    return sum(len(name) + len(value or b"") for name, value in headers)


def test_what_is_written_is_read_and_the_records_own_headers_stay_in_their_order() -> None:
    headers = marked(OWN, FIRST, VALUE, KEY)

    assert read(headers) == FIRST
    assert headers[:3] == OWN == own_headers(headers)
    assert is_genuine(headers, VALUE, KEY)


def test_the_signature_is_the_one_that_refine_computes() -> None:
    """The same headers and text in ``RedrivenTest.java``."""
    signature = b"1015d6df23bd680bfcb39c05a4331f75da1dd7dfa9c39dd1f235cd86a8f75df2"
    assert dict(marked([], FIRST, VALUE, KEY))[SIGNATURE_HEADER] == signature


def test_after_fifty_passes_the_headers_are_as_large_as_after_the_first() -> None:
    first = headers = marked(OWN, FIRST._replace(attempt=1), VALUE, KEY)
    for attempt in range(2, 51):
        headers = marked(headers, FIRST._replace(attempt=attempt), VALUE, KEY)

    assert size(headers) == size(first)
    assert [name for name, _ in headers] == [name for name, _ in first]
    assert read(headers) == FIRST._replace(attempt=50)


@pytest.mark.parametrize("name", [*SIGNED_HEADERS, SIGNATURE_HEADER])
def test_a_changed_header_or_value_or_another_key_is_seen(name: str) -> None:
    headers = marked(OWN, FIRST, VALUE, KEY)
    changed = [(each, b"1" if each == name else value) for each, value in headers]
    missing = [header for header in headers if header[0] != name]

    assert not is_genuine(changed, VALUE, KEY)
    assert not is_genuine(missing, VALUE, KEY)
    assert not is_genuine(headers, b"another", KEY)
    assert not is_genuine(headers, VALUE, "another")


def test_without_a_key_nothing_is_signed_and_nothing_believed() -> None:
    headers = marked(OWN, FIRST, None, "")

    assert read(headers) == FIRST
    assert SIGNATURE_HEADER not in dict(headers)
    assert not is_genuine(headers, None, "")
    assert not is_genuine([], None, KEY)


@pytest.mark.parametrize("broken", [b"x", None, b"\xff"])
def test_a_record_that_is_no_copy_says_nothing(broken: bytes | None) -> None:
    headers = marked(OWN, FIRST, VALUE, KEY)

    assert read(OWN) is None
    assert read([(name, broken if name == ATTEMPT_HEADER else value) for name, value in headers]) is None
    assert read([(name, broken if name == f"{PREFIX}of" else value) for name, value in headers]) is None
