"""The dead letter's id, headers and fields, as they stand in topics."""

from tests.contracts import SCHEMAS
from tidegate.contracts.load import platform_schema
from tidegate.dead_letters import record
from tidegate.dead_letters.record import Headers, Source, dead_letter_id, read_headers, reason_of, source_of

SOURCE = Source("raw.clicks", 3, 42)


def test_the_id_is_made_of_coordinates_and_stage() -> None:
    """The same id in ``DeadLetterIdsTest.java``."""
    assert dead_letter_id(SOURCE, "decode") == "1f553eb0709bd7e5018bc82a88dff82d"
    assert dead_letter_id(SOURCE, "index") != dead_letter_id(SOURCE, "decode")


def test_each_row_of_an_exploded_record_has_an_id_of_its_own() -> None:
    """The same id in ``DeadLetterIdsTest.java``."""
    assert dead_letter_id(Source("raw.orders", 3, 42, 2), "index") == "200b4745227d637e62348912312c7422"
    assert len({dead_letter_id(Source("raw.orders", 3, 42, row), "index") for row in (None, 1, 2)}) == 3


def test_headers_are_read_as_text_and_others_passed_over() -> None:
    headers = [
        ("__connect.errors.topic", b"raw.clicks"),
        ("__connect.errors.partition", b"3"),
        ("__connect.errors.offset", b"42"),
        ("__connect.errors.stage", b"decode"),
        ("__connect.errors.exception.class.name", b"TRUNCATED"),
        ("__connect.errors.exception.message", "ends in «page»".encode()),
        ("traceparent", b"\xff"),
    ]
    assert read_headers(headers) == Headers("raw.clicks", "3", "42", "decode", "TRUNCATED", "ends in «page»")


def test_a_missing_header_is_empty() -> None:
    assert read_headers([("__connect.errors.partition", b"3"), ("__connect.errors.offset", None)]).offset == ""


def test_a_letter_is_read_by_the_fields_of_its_schema() -> None:
    letter = {"stage": "rule", "error_code": "RULE_VIOLATED", "source": {"topic": "t", "partition": 1, "offset": 2}}
    assert (reason_of(letter), source_of(letter)) == (("rule", "RULE_VIOLATED"), Source("t", 1, 2))
    assert source_of({"source": {"topic": "t", "partition": 1, "offset": 2, "row": 3}}) == Source("t", 1, 2, 3)
    assert source_of({"source": None}) is None
    fields = {field["name"] for field in platform_schema(SCHEMAS, "dead_letter")["fields"]}
    assert {*record.REASON, "source"} <= fields
