"""The envelope is that of the schemas, and a row's identity is one text everywhere."""

import pytest

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
    row = {"position": 2, "order_id": "o_1", "other": None}
    assert envelope.document_id(row, ("order_id", "position")) == "o_1_2" == envelope.identity_text(("o_1", 2))
