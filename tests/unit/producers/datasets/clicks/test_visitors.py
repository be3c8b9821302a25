"""Visitors are drawn by their shares."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from producers.datasets.clicks.visitors import COUNTRIES, USER_AGENTS, Choice


def test_what_is_drawn_often_is_what_has_the_larger_share() -> None:
    drawn = Choice.of(COUNTRIES).draw(np.random.default_rng(1), 20_000)

    shares = np.bincount(drawn, minlength=len(COUNTRIES)) / len(drawn)
    wanted = np.array(list(COUNTRIES.values())) / sum(COUNTRIES.values())
    assert np.abs(shares - wanted).max() < 0.02


@given(
    st.lists(st.floats(0, 10), min_size=1, max_size=20).filter(lambda weights: sum(weights) > 0.1), st.integers(0, 99)
)
def test_a_place_without_weight_is_never_drawn(weights: list[float], seed: int) -> None:
    drawn = Choice.weighted(np.array(weights)).draw(np.random.default_rng(seed), 50)

    assert all(weights[place] > 0 for place in drawn)


def test_some_browsers_are_robots_and_some_send_no_name() -> None:
    assert None in USER_AGENTS
    assert any("bot" in name.lower() for name in USER_AGENTS if name)
