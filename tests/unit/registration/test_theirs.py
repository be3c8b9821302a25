"""The producers' own subject is looked at: what of it the contract can't read is told by version and field."""

from dataclasses import replace
from typing import Any, cast

import pytest

from tidegate.clients.registry import RegisteredSchema, RegistryClient
from tidegate.contracts.dataset import Stream
from tidegate.errors import ContractError
from tidegate.registration.theirs import look_at

OURS = {"type": "record", "name": "Order", "fields": [{"name": "id", "type": "string"}, {"name": "n", "type": "int"}]}
KIND = {"type": "enum", "name": "Kind", "symbols": ["A"]}


class Held:
    """A registry that knows one subject."""

    def __init__(self, *versions: Any) -> None:
        self._versions = versions

    def versions(self, subject: str) -> list[int]:
        return list(range(1, len(self._versions) + 1)) if subject == "shop.Order" else []

    def written_with(self, _subject: str, number: int) -> RegisteredSchema:
        return RegisteredSchema(70 + number, number, self._versions[number - 1])

    def subjects(self) -> list[str]:
        return ["other-value", "shop-orders-value", "shop.Order"]


def dataset(orders: Stream, subject: str = "shop.Order") -> Stream:
    topic = orders.contract.topic.model_copy(update={"registered_by": "producers", "subject": subject})
    return replace(orders, contract=orders.contract.model_copy(update={"topic": topic}), versions={1: OURS})


def look(orders: Stream, *versions: Any, subject: str = "shop.Order") -> Any:
    return look_at(cast(RegistryClient, Held(*versions)), dataset(orders, subject))


def with_field(name: str, avro: Any) -> dict[str, Any]:
    return {**OURS, "fields": [*OURS["fields"], {"name": name, "type": avro}]}


def test_every_version_that_can_be_read_is_told_by_its_id(orders: Stream) -> None:
    found = look(orders, OURS, with_field("more", ["null", "int", KIND]))
    assert (found.schema_ids, found.warnings) == ([71, 72], [])


def test_an_old_version_that_cannot_be_read_is_warned_of_with_its_field(orders: Stream) -> None:
    old = {**OURS, "fields": [{"name": "id", "type": "string"}, {"name": "n", "type": KIND}]}
    [warning] = look(orders, old, {"type": "JSON"}, OURS).warnings[:1]
    assert "version 1 of the subject shop.Order can't be read with the contract: field n: enum is written" in warning
    assert "dead letters" in warning


@pytest.mark.parametrize(
    ("newest", "why"),
    [
        ({**OURS, "fields": OURS["fields"][:1]}, "field n is not written and has no default"),
        ({**OURS, "name": "Sale"}, "record Sale is written where the contract has Order"),
        ({"type": "PROTOBUF"}, "no Avro schema"),
    ],
)
def test_a_newest_version_that_cannot_be_read_is_refused(orders: Stream, newest: Any, why: str) -> None:
    with pytest.raises(ContractError, match=rf"version 2 of the subject shop\.Order.*{why}") as caught:
        look(orders, OURS, newest)
    assert "v2.avsc" in str(caught.value.remedy)


def test_a_subject_that_is_not_there_is_told_with_those_like_it(orders: Stream) -> None:
    with pytest.raises(ContractError, match=r"no subject raw-orders-value.*It has shop-orders-value\."):
        look(orders, OURS, subject="raw-orders-value")
