"""Orders move on as orders do; what chance adds is said."""

from collections import defaultdict
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from producers.datasets.orders.generator import BREAKS, Orders
from producers.datasets.products.catalogue import UNKNOWN_PRODUCT_ID
from producers.generated.records import Made
from tidegate.contracts.dataset import Stream

NOW_MS = 1_795_000_000_000
STEPS = {("placed", "paid"), ("placed", "cancelled"), ("paid", "shipped"), ("paid", "cancelled")}


@pytest.fixture(scope="module")
def made() -> list[Made]:
    orders = Orders(np.random.default_rng(4))
    return [each for second in range(20) for each in orders(np.full(500, NOW_MS + 1000 * second, np.int64))]


def test_every_order_is_placed_first_and_goes_on_step_by_step(made: list[Made]) -> None:
    statuses: dict[Any, list[Any]] = defaultdict(list)
    for each in made:
        statuses[each.record["order_id"]].append(each.record["status"])

    steps = {step for passed in statuses.values() for step in pairwise(passed)}
    assert {passed[0] for passed in statuses.values()} == {"placed"}
    assert steps == STEPS


def test_a_change_keeps_what_was_ordered_and_has_a_time_of_its_own(made: list[Made]) -> None:
    placed = {each.record["order_id"]: each.record for each in made if each.record["status"] == "placed"}
    changed = [each.record for each in made if each.record["status"] != "placed"]

    assert changed
    for record in changed:
        first = placed[record["order_id"]]
        assert record["lines"] == first["lines"]
        assert int(str(record["order_time"])) >= int(str(first["order_time"]))


def test_an_order_of_an_unknown_product_is_told(made: list[Made]) -> None:
    told = [each for each in made if each.kind == "unknown_reference"]
    unknown = [each for each in made if UNKNOWN_PRODUCT_ID in str(each.record["lines"])]

    assert told == unknown != []


def test_every_reject_rule_can_be_broken(orders: Stream) -> None:
    assert {rule.name for rule in orders.contract.rules_of("reject")} >= set(BREAKS) != set()
