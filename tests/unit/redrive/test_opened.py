from tidegate.avro.frame import SCHEMA_ID_HEADER, frame
from tidegate.redrive.opened import Bytes

HEADERS: list[tuple[str, bytes | None]] = [("a", b"1"), (SCHEMA_ID_HEADER, frame(3)), ("a", b"2")]


def test_the_header_that_names_the_schema_goes_with_the_value() -> None:
    assert Bytes.of(b"v", HEADERS) == Bytes(b"v", frame(3))
    assert Bytes.of(b"v", HEADERS[:1]) == Bytes(b"v", None)


def test_other_headers_stay_where_they_stand() -> None:
    assert Bytes(b"v", frame(4)).headers(HEADERS) == [("a", b"1"), (SCHEMA_ID_HEADER, frame(4)), ("a", b"2")]
    assert Bytes(b"v", None).headers(HEADERS[:1]) == HEADERS[:1]
