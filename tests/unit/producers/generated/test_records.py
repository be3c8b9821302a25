"""Generators of plain records: what they make fits the contract, and specials are as the mix and the ledger say."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from producers.datasets.app_logs import generator as app_logs_generator
from producers.datasets.orders import generator as orders_generator
from producers.generated import from_examples
from producers.generated.generator import Generator, GeneratorFactory, Mix, Traffic
from producers.generated.ledger import Ledger
from producers.sending.batch import Batch
from tests.contracts import next_version
from tidegate.avro.codec import Encoder
from tidegate.contracts.dataset import Stream
from tidegate.errors import ContractError, TidegateError

DEVICE = {"name": "device", "type": ["null", "string"], "default": None}
STRINGS = {"type": "map", "values": "string"}
HASH = {"name": "hash", "type": "bytes", "default": "\u00ff"}
NOW_MS = 1_795_000_000_000
CASES = [
    ("orders", orders_generator.generator),
    ("app_logs", app_logs_generator.generator),
    ("clicks", from_examples.generator),
    ("orders", from_examples.generator),
    ("app_logs", from_examples.generator),
]
IDS = ["orders", "app_logs", "clicks examples", "orders examples", "app_logs examples"]


def make(dataset: Stream, factory: GeneratorFactory, seed: int = 5, **mix: float) -> Generator:
    return factory(Traffic(dataset, 7, Mix(**mix), 1000, NOW_MS), np.random.default_rng(seed))


def batches(generator: Generator, count: int = 5, size: int = 400) -> Iterator[Batch]:
    for number in range(count):
        yield generator.batch(np.full(size, NOW_MS + number * 100, np.int64))


@pytest.fixture(params=CASES, ids=IDS)
def case(request: pytest.FixtureRequest) -> tuple[Stream, GeneratorFactory]:
    name, factory = request.param
    return request.getfixturevalue(name), factory


def test_every_good_record_decodes_with_a_new_identity_and_its_own_time(case: tuple[Stream, GeneratorFactory]) -> None:
    dataset, factory = case
    encoder = Encoder(dataset.latest, 7)
    records = [encoder.decode(value) for batch in batches(make(dataset, factory)) for value in batch.values if value]
    identities = {tuple(record[name] for name in dataset.contract.identity) for record in records}
    assert len(records) == len(identities) == 2000
    times = {record[dataset.contract.event_time.field] for record in records}
    assert len(times) == 5


def test_keys_are_those_of_the_contract(case: tuple[Stream, GeneratorFactory]) -> None:
    dataset, factory = case
    encoder, key = Encoder(dataset.latest, 7), dataset.contract.topic.key
    assert key is not None
    for batch in batches(make(dataset, factory), count=1):
        decoded = [encoder.decode(value) for value in batch.values if value is not None]
        assert batch.keys == [str(record[key]).encode() for record in decoded]


def test_the_ledger_adds_up_and_every_reject_rule_is_broken(case: tuple[Stream, GeneratorFactory]) -> None:
    dataset, factory = case
    ledger = Ledger()
    for batch in batches(make(dataset, factory, bad_ratio=0.1, duplicate_ratio=0.1, late_ratio=0.1)):
        ledger.add(batch)
    totals = ledger.totals
    assert totals.sent == 2000
    assert 100 < totals.bad.total() < 300
    assert 100 < totals.duplicate < 300
    assert 100 < totals.late < 300
    assert sum(totals.expected("keep").values()) == 2000
    broken = {name.removeprefix("rule_") for name, code in totals.bad if code == "RULE_VIOLATED"}
    assert broken == {rule.name for rule in dataset.contract.rules_of("reject")}
    assert set(totals.dropped) == {rule.name for rule in dataset.contract.rules_of("drop")}


def test_duplicates_were_sent_before_byte_for_byte(orders: Stream) -> None:
    seen: Counter[bytes | None] = Counter()
    resent = 0
    for batch in batches(make(orders, orders_generator.generator, duplicate_ratio=0.2)):
        seen.update(batch.values)
        resent += sum(special.kind == "duplicate" for special in batch.specials)
    assert resent > 200
    assert sum(count - 1 for count in seen.values()) == resent


def test_an_order_is_placed_before_it_is_paid_and_paid_before_it_is_shipped(orders: Stream) -> None:
    encoder = Encoder(orders.latest, 7)
    seen: dict[str, list[str]] = {}
    for batch in batches(make(orders, orders_generator.generator)):
        for value in batch.values:
            assert value is not None
            record = encoder.decode(value)
            seen.setdefault(str(record["order_id"]), []).append(str(record["status"]))
    walks = {tuple(statuses) for statuses in seen.values()}
    assert walks <= {
        ("placed",),
        ("placed", "paid"),
        ("placed", "cancelled"),
        ("placed", "paid", "shipped"),
        ("placed", "paid", "cancelled"),
    }
    assert len(walks) >= 3


def test_a_dataset_without_a_silver_example_is_told_what_to_do(products: Stream) -> None:
    with pytest.raises(TidegateError, match=r"'products' has no generator and no example.*valid.jsonl.*--from"):
        make(products, from_examples.generator)


def test_fields_that_a_newer_schema_adds_get_their_defaults(case: tuple[Stream, GeneratorFactory]) -> None:
    dataset, factory = case
    newer = next_version(dataset, DEVICE, HASH)
    encoder = Encoder(newer.latest, 7)
    for batch in batches(make(newer, factory, duplicate_ratio=0.1), count=1):
        records = [encoder.decode(value) for value in batch.values if value is not None]
        assert {(record["device"], record["hash"]) for record in records} == {(None, b"\xff")}


@pytest.mark.parametrize(("name", "factory"), CASES[:2], ids=IDS[:2])
@pytest.mark.parametrize(
    ("added", "types", "problem"),
    [
        ({"name": "device", "type": "string"}, {}, "no value and no default for device"),
        (DEVICE, {"order_id": "int", "log_id": "int"}, "integer is required"),
        (DEVICE, {"lines": STRINGS, "body": STRINGS}, "newest schema of"),
    ],
)
def test_a_newer_schema_that_can_not_be_written_is_one_clear_error(
    request: pytest.FixtureRequest,
    name: str,
    factory: GeneratorFactory,
    added: dict[str, Any],
    types: dict[str, Any],
    problem: str,
) -> None:
    newer = next_version(request.getfixturevalue(name), added, **types)
    with pytest.raises(ContractError, match=f"{problem}.*producers/datasets/{name}/generator.py"):
        next(batches(make(newer, factory)))


@pytest.mark.parametrize(("name", "factory"), CASES[:2], ids=IDS[:2])
@pytest.mark.parametrize("part", ["key", "identity"])
def test_a_key_or_identity_that_is_not_made_is_one_clear_error(
    request: pytest.FixtureRequest, name: str, factory: GeneratorFactory, part: str
) -> None:
    dataset: Stream = request.getfixturevalue(name)
    contract = dataset.contract
    keyed = {"topic": contract.topic.model_copy(update={"key": "device"})}
    changed = contract.model_copy(update=keyed if part == "key" else {"identity": ("device",)})
    newer = replace(next_version(dataset, DEVICE), contract=changed)
    with pytest.raises(ContractError, match=f"^{name}: no value is made for device.*datasets/{name}/generator.py"):
        next(batches(make(newer, factory)))
