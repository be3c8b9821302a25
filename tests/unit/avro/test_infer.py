"""From sample records to an Avro schema."""

import json

import fastavro
import pytest

from tidegate.avro.infer import infer_record, is_time
from tidegate.errors import ContractError

TIMESTAMP = {"type": "long", "logicalType": "timestamp-millis"}
TIMESTAMP_MICROS = {"type": "long", "logicalType": "timestamp-micros"}


def types(*samples: dict[str, object]) -> dict[str, object]:
    return {field["name"]: field["type"] for field in infer_record("Sample", samples)["fields"]}


def test_each_kind_of_value_has_its_type() -> None:
    sample = {
        "id": "a", "at": "2026-01-01T00:00:00Z", "count": 3, "share": 0.5, "ok": True,
        "tags": ["x", None], "of": {"name": "n", "size": 1}, "day": "2026-01-01",
    }  # fmt: skip
    found = types(sample)
    assert found["of"] == {
        "type": "record",
        "name": "SampleOf",
        "fields": [{"name": "name", "type": "string", "doc": ""}, {"name": "size", "type": "long", "doc": ""}],
    }
    del found["of"]
    assert found == {
        "id": "string", "at": TIMESTAMP, "count": "long", "share": "double", "ok": "boolean",
        "tags": {"type": "array", "items": ["null", "string"]}, "day": "string",
    }  # fmt: skip


def test_a_field_that_is_null_or_left_out_somewhere_may_be_null() -> None:
    found = types({"a": 1, "b": 1, "c": None}, {"a": 2, "c": 3})
    assert found == {"a": "long", "b": ["null", "long"], "c": ["null", "long"]}


def test_whole_and_broken_numbers_are_doubles_and_times_among_text_are_text() -> None:
    assert types({"n": 1, "t": "2026-01-01T00:00:00Z"}, {"n": 0.5, "t": "soon"}) == {"n": "double", "t": "string"}


def test_a_time_finer_than_milliseconds_makes_the_field_one_of_microseconds() -> None:
    assert types({"t": "2026-01-01T00:00:00Z"}, {"t": "2026-01-01T00:00:00.000250Z"}) == {"t": TIMESTAMP_MICROS}


@pytest.mark.parametrize(
    ("sample", "names"),
    [
        ({"home": {"address": {"x": 1}}, "work": {"address": {"x": 1}}}, ["HomeAddress", "WorkAddress"]),
        ({"sample": [{"x": 1}]}, ["Sample"]),
        ({"a_b": {"x": 1}, "aB": {"x": 1}, "a": {"b": {"x": 1}}}, ["AB", "Ab", "AB2"]),
    ],
    ids=["one name in two places", "the name of the record itself", "paths that read alike"],
)
def test_nested_records_are_named_apart_by_their_path(sample: dict[str, object], names: list[str]) -> None:
    text = json.dumps(infer_record("Sample", [sample]))
    fastavro.parse_schema(json.loads(text))
    assert all(f'"Sample{name}"' in text for name in names), text


def test_a_name_that_is_taken_is_not_given() -> None:
    (field,) = infer_record("Sample", [{"silver": {"x": 1}}], taken=["SampleSilver"])["fields"]
    assert field["type"]["name"] == "SampleSilver2"


def test_a_field_of_several_kinds_is_refused_by_name() -> None:
    with pytest.raises(ContractError, match=r"Sample\.n: its values are of several kinds \(long, string\)"):
        types({"n": 1}, {"n": "one"})


def test_a_name_that_avro_does_not_allow_stays_beside_one_that_it_does() -> None:
    (field,) = infer_record("Sample", [{"user-agent": "x"}])["fields"]
    assert field == {"name": "user_agent", "type": "string", "json": "user-agent", "doc": ""}


def test_an_object_that_is_always_empty_is_a_map() -> None:
    assert types({"of": {}}) == {"of": {"type": "map", "values": "string"}}


def test_null_in_an_array_is_an_item_that_may_be_null() -> None:
    found = types({"a": [None, 1], "b": [[None], [1.5]], "c": [None]})
    assert found["a"] == {"type": "array", "items": ["null", "long"]}
    assert found["b"] == {"type": "array", "items": {"type": "array", "items": ["null", "double"]}}
    assert found["c"] == {"type": "array", "items": ["null", "string"]}


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("2026-11-21T10:00:00.5+01:00", True),
        ("20261121T10Z", True),
        ("2026-11-21T10:00:00", False),
        ("2026-W47-6T10:00:00Z", False),
        ("2026-02-30T10:00:00Z", False),
        ("TZ", False),
    ],
)
def test_a_time_is_what_is_read_as_one(text: str, is_one: bool) -> None:
    assert is_time(text) == is_one
