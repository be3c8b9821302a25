"""Records that are sent again were sent before, and not too long ago."""

import numpy as np

from producers.generated.past import Past
from producers.sending.batch import Batch

MINUTE_MS = 60_000


def batch(name: str, size: int = 3) -> Batch:
    return Batch([f"{name}{number}".encode() for number in range(size)], [name.encode()] * size)


def picked(past: Past, times: int = 300) -> set[bytes | None]:
    return {past.pick()[1] for _ in range(times)}


def test_it_is_empty_until_something_was_sent() -> None:
    past = Past(np.random.default_rng(1))
    assert not past
    past.remember(batch("a"), np.array([], dtype=np.intp), 0)
    assert not past
    past.remember(batch("a"), np.array([1]), 0)
    assert past.pick() == (b"a1", b"a")


def test_what_was_sent_ten_minutes_ago_is_forgotten() -> None:
    past = Past(np.random.default_rng(1))
    for minute, name in ((0, "old"), (5, "middle"), (11, "new")):
        past.remember(batch(name), np.arange(3), minute * MINUTE_MS)

    assert picked(past) == {b"middle", b"new"}


def test_of_a_large_batch_only_some_are_kept() -> None:
    past = Past(np.random.default_rng(1))
    past.remember(batch("a", 1000), np.arange(1000), 0)

    assert 10 < len({past.pick()[0] for _ in range(2000)}) <= 101
