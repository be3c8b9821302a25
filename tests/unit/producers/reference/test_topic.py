"""What a reference topic holds is each key's newest state; a load compares a table with that."""

from datetime import UTC, datetime
from typing import Any

import pytest

from producers.datasets.products.sample import sample
from producers.reference import topic
from producers.reference.topic import read_known
from tests.broker import Broker
from tidegate.avro.codec import Encoder
from tidegate.avro.frame import body_of
from tidegate.contracts.dataset import Reference

PRODUCT = next(sample())
OLD, NEW = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def registry(monkeypatch: pytest.MonkeyPatch, products: Reference) -> None:
    class Registry:
        def __init__(self, *_: object) -> None:
            self.by_id = {7: products.latest}.get
            self.by_guid = dict[object, object]().get

    monkeypatch.setattr(topic, "RegistryClient", Registry)


def state(products: Reference, **fields: Any) -> bytes:
    return Encoder(products.latest, 7).encode({**PRODUCT, **fields})


def test_a_key_has_its_newest_state_and_a_deleted_one_none(broker: Broker, products: Reference) -> None:
    name = products.contract.topic.name
    newest = state(products, updated_at=NEW)
    broker.send(name, [(0, state(products, updated_at=OLD)), (0, newest)], key=b"P1")
    broker.send(name, [(1, state(products, updated_at=OLD))], key=b"P2")
    broker.send(name, [(2, newest), (2, None)], key=b"P3")

    known = read_known(broker.settings, products, with_body=["P1"])

    assert {key: each.since for key, each in known.items()} == {"P1": NEW, "P2": OLD}
    assert (known["P1"].body, known["P2"].body) == (body_of(newest), None)


@pytest.mark.parametrize("foreign", [b"hello", b"", b"\x00\x00\x00\x00\x09x", b"\x00\x00\x00\x00\x07"])
def test_a_record_that_is_no_state_leaves_its_key_unknown_and_stops_no_other(
    broker: Broker, products: Reference, foreign: bytes
) -> None:
    name = products.contract.topic.name
    broker.send(name, [(0, state(products, updated_at=NEW)), (0, foreign)], key=b"P1")
    broker.send(name, [(1, state(products, updated_at=OLD))], key=b"P2")

    assert [*read_known(broker.settings, products, with_body=[])] == ["P2"]
