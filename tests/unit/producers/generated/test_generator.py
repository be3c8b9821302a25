"""Generators are paced by schedule, count or time."""

import numpy as np
import pytest
from numpy.typing import NDArray

from producers.generated.generator import UNPACED_BATCH, Mix, Pace, paced, unpaced
from producers.sending.batch import Batch
from producers.sending.rate import OpenLoop
from tidegate.errors import TidegateError


class Echo:
    """A generator whose records are their times."""

    def batch(self, times_ms: NDArray[np.int64]) -> Batch:
        texts = [str(time_ms).encode() for time_ms in times_ms]
        return Batch([*texts], [*texts])


def test_paced_batches_are_due_when_their_last_record_is() -> None:
    schedule = OpenLoop(100, start_s=1000.0)
    batches = list(paced(Echo(), schedule, 12))
    assert [len(batch) for batch in batches] == [10, 2]
    assert [batch.due_s for batch in batches] == [schedule.due_s(9), schedule.due_s(11)]
    assert batches[-1].values[-1] == str(int(schedule.due_s(11) * 1000)).encode()


def test_unpaced_batches_end_with_the_count() -> None:
    batches = list(unpaced(Echo(), lambda: 5.0, UNPACED_BATCH + 1, None))
    assert [len(batch) for batch in batches] == [UNPACED_BATCH, 1]
    assert {batch.due_s for batch in batches} == {None}


def test_unpaced_batches_end_with_the_time() -> None:
    ticks = iter(range(100))
    assert len(list(unpaced(Echo(), lambda: float(next(ticks)), None, 5.0))) < 10


@pytest.mark.parametrize(
    ("asked", "pace"),
    [
        ((100.0, 2.5, None), Pace(100.0, 250)),
        ((100.0, None, None), Pace(100.0, 1000)),
        ((100.0, None, 7), Pace(100.0, 7)),
        ((0.0, 3.0, None), Pace(0.0, None, 3.0)),
        ((0.0, None, 7), Pace(0.0, 7)),
    ],
)
def test_a_pace_is_made_from_what_the_command_was_given(
    asked: tuple[float, float | None, int | None], pace: Pace
) -> None:
    assert Pace.of(*asked) == pace


@pytest.mark.parametrize("ratios", [(-0.1, 0, 0), (0.5, 0.6, 0), (0, 1, 0.1)])
def test_a_mix_that_cannot_be_met_is_refused(ratios: tuple[float, float, float]) -> None:
    with pytest.raises(TidegateError, match="together they are at most 1"):
        Mix(*ratios)
