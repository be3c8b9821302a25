"""Visits go from page to page by their odds; all slots of a batch move at once."""

import numpy as np
import pytest

from producers.datasets.clicks.visits import CHECKOUT, EVENT_TYPES, HEARTBEAT, PURCHASE, VIEW, Visits
from tidegate.avro.codec import Encoder
from tidegate.contracts.dataset import Stream

NOW_MS = 1_795_000_000_000
SLOTS = 500


@pytest.fixture
def visits(clicks: Stream) -> Visits:
    return Visits(Encoder(clicks.latest, 7), SLOTS, NOW_MS, np.random.default_rng(3))


def test_every_slot_gets_its_turn_before_one_comes_again(visits: Visits) -> None:
    taken = np.concatenate([visits.take(100) for _ in range(SLOTS // 100)])
    assert sorted(taken.tolist()) == [*range(SLOTS)]


def test_a_purchase_follows_a_checkout_of_the_same_product(visits: Visits) -> None:
    slots, still = np.arange(SLOTS), np.zeros(SLOTS, np.bool_)
    before = visits.step(slots, still, NOW_MS)
    keys = visits.keys.copy()
    after = visits.step(slots, still, NOW_MS)
    same_visit = visits.keys == keys
    bought = (after.event_type == PURCHASE) & same_visit
    assert bought.any()
    assert set(before.event_type[bought].tolist()) == {CHECKOUT}
    assert (before.product[bought] == after.product[bought]).all()


def test_a_heartbeat_changes_nothing_of_a_visit(visits: Visits) -> None:
    slots = np.arange(SLOTS)
    visits.step(slots, np.zeros(SLOTS, np.bool_), NOW_MS)
    keys = visits.keys.copy()
    step = visits.step(slots, np.ones(SLOTS, np.bool_), NOW_MS)
    assert set(step.event_type.tolist()) == {HEARTBEAT}
    assert (visits.keys == keys).all()
    assert (step.referrer == -1).all()


def test_a_visit_that_ended_makes_room_for_another_that_begins_with_a_view(visits: Visits) -> None:
    slots, still = np.arange(SLOTS), np.zeros(SLOTS, np.bool_)
    keys = visits.keys.copy()
    step = visits.step(slots, still, NOW_MS)
    begun = visits.keys != keys
    assert begun.any()
    assert {EVENT_TYPES[number] for number in step.event_type[begun].tolist()} == {EVENT_TYPES[VIEW]}
    assert (step.referrer[begun] >= 0).all()
