"""The schemas of silver's versions before the contract's."""

from typing import cast

from tests.contracts import SCHEMAS
from tests.unit.registration.test_read_earlier import Registry
from tidegate.avro.types import AvroSchema
from tidegate.clients.registry import RegistryClient
from tidegate.contracts.load import load_reference, load_stream
from tidegate.registration.silver_history import schemas_before

CLICKS = load_stream(SCHEMAS, "clicks")
OLDER: AvroSchema = {**CLICKS.silver, "fields": CLICKS.silver["fields"][:-1]}


def before(version: int, held: dict[str, list[AvroSchema]]) -> list[AvroSchema]:
    return schemas_before(cast(RegistryClient, Registry(held)), CLICKS.of_silver_version(version))


def test_those_of_the_last_version_that_the_registry_knows() -> None:
    held = {"silver.clicks-value": [OLDER], "silver.clicks.v2-value": [OLDER, CLICKS.silver]}
    assert before(3, held) == [OLDER, CLICKS.silver]
    assert before(4, held) == [OLDER, CLICKS.silver], "of version 3 nothing is there"
    assert before(2, held) == [OLDER]


def test_the_first_version_has_none_before_it() -> None:
    assert before(1, {"silver.clicks-value": [OLDER]}) == []
    registry = cast(RegistryClient, Registry({}))
    assert schemas_before(registry, load_reference(SCHEMAS, "products")) == []
