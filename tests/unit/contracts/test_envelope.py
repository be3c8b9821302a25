"""The envelope is that of the schemas, and a row's identity is one text everywhere."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.contracts import SCHEMAS
from tidegate.avro.types import AvroSchema
from tidegate.contracts import envelope
from tidegate.contracts.dataset import Stream
from tidegate.contracts.load import platform_schema, stream_datasets


def names_of(schema: AvroSchema) -> list[str]:
    return [field["name"] for field in schema["fields"]]


@pytest.mark.parametrize("dataset", stream_datasets(SCHEMAS), ids=lambda dataset: dataset.name)
def test_silver_has_the_envelope(dataset: Stream) -> None:
    names = names_of(dataset.silver)
    assert tuple(names[:2]) == envelope.PLACE
    assert {*envelope.COORDINATES, envelope.INGESTED_AT, envelope.SCHEMA_ID, envelope.WARNINGS} <= {*names}


@pytest.mark.parametrize("dataset", stream_datasets(SCHEMAS), ids=lambda dataset: dataset.name)
def test_its_columns_have_one_type_in_all_datasets(dataset: Stream) -> None:
    assert {name: dataset.silver_fields[name].type for name in envelope.TYPES} == envelope.TYPES


def test_dropped_records_begin_with_their_place() -> None:
    assert tuple(names_of(platform_schema(SCHEMAS, "dropped"))[:2]) == envelope.DROPPED_PLACE


def test_an_identity_of_several_columns_is_joined_in_their_order() -> None:
    row = {"position": 2, "order_id": "o-1", "other": None}
    assert envelope.document_id(row, ("order_id", "position")) == "o-1_2" == envelope.identity_text(("o-1", 2))


@pytest.mark.parametrize(
    ("values", "text"),
    [
        (("a_b", "c"), "a~_b_c"),
        (("a", "b_c"), "a_b~_c"),
        (("a~", "b"), "a~~_b"),
        (("a", "~b"), "a_~~b"),
        (("a~_", "b"), "a~~~__b"),
        (("o-1", 2), "o-1_2"),
        (("a_b",), "a_b"),
        (("~",), "~"),
    ],
)
def test_a_separator_in_a_value_is_no_separator(values: tuple[object, ...], text: str) -> None:
    """The same ids in ``DocumentConverterTest.java``."""
    assert envelope.identity_text(values) == text


def test_an_id_is_never_longer_than_opensearch_allows() -> None:
    """The same ids in ``DocumentConverterTest.java``."""
    assert envelope.identity_text(["x" * 511]) == "x" * 511
    assert envelope.identity_text(["x" * 512]) == "x" * 447 + "~" + hashlib.sha256(b"x" * 512).hexdigest()
    accented = "\u00e9" * 300
    assert envelope.identity_text([accented]) == accented[:223] + "~~" + hashlib.sha256(accented.encode()).hexdigest()


@given(st.lists(st.lists(st.text("_~aé", max_size=300), min_size=2, max_size=2), min_size=2, max_size=2))
def test_two_identities_have_two_texts(pair: list[list[str]]) -> None:
    one, other = (envelope.identity_text(values) for values in pair)
    assert (one == other) == (pair[0] == pair[1])
    assert max(len(text.encode()) for text in (one, other)) <= envelope.DOCUMENT_ID_MAX_BYTES
