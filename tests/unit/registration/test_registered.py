"""A schema of somebody else under our subject is told by its version and place."""

from typing import Any, cast

import pytest

from tidegate.clients.registry import RegistryClient
from tidegate.errors import ContractError
from tidegate.registration.registered import registered_schemas

OURS = {"type": "record", "name": "Click", "fields": [{"name": "id", "type": "string"}]}
ENUM = {"type": "enum", "name": "Kind", "symbols": ["A"]}


class Held:
    """What a registry answers for one subject."""

    def __init__(self, schemas: dict[int, Any]) -> None:
        self._schemas = schemas

    def versions(self, _subject: str) -> list[int]:
        return list(self._schemas)

    def version(self, _subject: str, number: int) -> Any:
        return self._schemas[number]


def read(schemas: dict[int, Any]) -> dict[int, Any]:
    return registered_schemas(cast(RegistryClient, Held(schemas)), "raw.clicks-value")


def test_our_own_are_given_by_their_versions() -> None:
    other = {**OURS, "fields": [{"name": "kind", "type": ENUM}]}
    assert read({1: OURS, 3: other}) == {1: OURS, 3: other}


@pytest.mark.parametrize(
    ("foreign", "place"),
    [
        ({**OURS, "fields": [{"name": "x", "type": ["null", "int", "string"]}]}, "Click.x: union"),
        (ENUM, "Kind: it is no record"),
    ],
)
def test_one_that_is_not_is_told_by_subject_and_version(foreign: Any, place: str) -> None:
    with pytest.raises(ContractError) as caught:
        read({1: OURS, 2: foreign})
    assert caught.value.problem.startswith("version 2 of the subject raw.clicks-value in the registry is not of this")
    assert place in caught.value.problem
