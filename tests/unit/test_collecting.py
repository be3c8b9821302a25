"""Python looks for cycles seldom, but it does."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from tidegate.collecting import KEPT, collect_seldom


class Cycle:
    """Held by itself alone."""

    def __init__(self) -> None:
        self.own = self


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


def test_a_cycle_stays_for_a_while_and_not_for_good() -> None:
    collect_seldom()
    gc.collect()
    held = weakref.ref(Cycle())
    few = [[number] for number in range(KEPT // 2)]
    assert held() is not None

    many = [[number] for number in range(KEPT)]
    assert held() is None
    assert (len(few), len(many)) == (KEPT // 2, KEPT)
