"""Damage comes in turn by every kind, and each kind says which code its dead letter has."""

import numpy as np
import pytest

from producers.datasets.orders.generator import BREAKS
from producers.generated.poison import Poison, kinds_for
from tidegate.avro.codec import Encoder
from tidegate.contracts.dataset import Stream
from tidegate.contracts.examples import read_examples
from tidegate.dead_letters.codes import Code


@pytest.fixture
def encoder(orders: Stream) -> Encoder:
    return Encoder(orders.latest, 7)


@pytest.fixture
def good(orders: Stream, encoder: Encoder) -> bytes:
    examples, _ = read_examples(orders)
    return encoder.encode(examples[0].record)


def test_every_kind_has_its_turn_and_none_leaves_the_record_as_it_was(
    orders: Stream, encoder: Encoder, good: bytes
) -> None:
    poison = Poison(kinds_for(orders, encoder, BREAKS))
    rng = np.random.default_rng(1)

    spoiled = [poison.spoil(good, rng) for _ in range(2 * len(poison.kinds))]

    assert [each.name for each in spoiled] == [*poison.kinds, *poison.kinds]
    assert {each.name: each.error_code for each in spoiled} == poison.kinds
    assert all(each.value != good for each in spoiled)


def test_every_code_is_one_of_the_closed_list(orders: Stream, encoder: Encoder) -> None:
    assert set(Poison(kinds_for(orders, encoder, BREAKS)).kinds.values()) <= set(Code)


def test_each_reject_rule_that_can_be_broken_is_a_kind(orders: Stream, encoder: Encoder) -> None:
    without = {kind.name for kind in kinds_for(orders, encoder, {})}
    broken = {kind.name for kind in kinds_for(orders, encoder, {"has_lines": {"lines": []}})}

    assert broken - without == {"rule_has_lines"}
