"""What recipes are tried on: datasets of this project, a registry in memory, letters of their records."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from tests.contracts import JSON_SCHEMAS, SCHEMAS
from tests.unit.redrive.letters import letter
from tidegate.avro.codec import Encoder
from tidegate.avro.types import AvroSchema
from tidegate.contracts.dataset import Stream
from tidegate.contracts.load import load_stream
from tidegate.redrive.avro_records import AvroRecords
from tidegate.redrive.fix import Fixer, named_schemas
from tidegate.redrive.json_topic import JsonTopic
from tidegate.redrive.recipe import Recipe, parse_recipe
from tidegate.redrive.whole import WholeRecords
from tidegate.settings import Settings

CLICKS = load_stream(SCHEMAS, "clicks")
METERS = load_stream(JSON_SCHEMAS, "meters")
NEWEST, TEXT_PRICES, OTHER = 7, 12, 13
CLICK: dict[str, Any] = {
    "event_id": "e1",
    "event_time": 1_795_942_800_000,
    "session_id": "s1",
    "event_type": "view",
    "page_url": "/",
    "unit_price": None,
}


def with_text_prices(schema: AvroSchema) -> AvroSchema:
    """The schema of a producer that sends prices as text."""
    fields = [
        {"name": "unit_price", "type": "string"} if field["name"] == "unit_price" else field
        for field in schema["fields"]
    ]
    return {**schema, "fields": fields}


class Schemas:
    """A registry in memory."""

    known: Mapping[int, AvroSchema] = {
        NEWEST: CLICKS.latest,
        TEXT_PRICES: with_text_prices(CLICKS.latest),
        OTHER: {"type": "record", "name": "Other", "fields": [{"name": "event_id", "type": "string"}]},
    }

    def by_id(self, schema_id: int) -> AvroSchema | None:
        return self.known.get(schema_id)

    def by_guid(self, guid: UUID) -> AvroSchema | None:
        return self.known[NEWEST] if guid == UUID(int=NEWEST) else None


def fixer(stream: Stream, text: str | None, name: str = "r.yaml") -> Fixer:
    """The fixer of a recipe, without a server."""
    recipe = None if text is None else parse_recipe(text, name)
    whole = WholeRecords(Settings(), stream)
    if stream.contract.is_json:
        return Fixer(stream, whole, recipe, JsonTopic())
    records = AvroRecords(Schemas(), (NEWEST, stream.latest))
    for schema_id in named_schemas(recipe) if isinstance(recipe, Recipe) else ():
        records.require(schema_id)
    return Fixer(stream, whole, recipe, records)


def written(record: Mapping[str, Any], schema_id: int = NEWEST) -> bytes:
    """A click's bytes."""
    return Encoder(Schemas.known[schema_id], schema_id).encode(record)


def click_letter(payload: bytes | None, code: str = "SCHEMA_MISMATCH", **fields: Any) -> dict[str, Any]:
    """A letter of a click that could not be decoded."""
    stage = {"RULE_VIOLATED": "rule", "EVENT_TIME_OUT_OF_RANGE": "contract"}.get(code, "decode")
    return letter(payload, **{"stage": stage, "error_code": code, "error_message": code, **fields})
