"""Nothing that waits for somebody is ever in a purge."""

import pytest

from tests.contracts import SCHEMAS
from tests.letters import letter
from tests.unit.dlq.served import Served
from tidegate.contracts.load import load_stream
from tidegate.dead_letters.ledger import State
from tidegate.dlq.purge import Purge, plan_purge
from tidegate.errors import TidegateError

DONE = (State.RESOLVED, State.FAILED_AGAIN, State.DISCARDED)


@pytest.fixture
def filled(served: Served) -> Served:
    """Partition 0: three that are done with, then one that waits and one that is done with; 1: all done with."""
    served.send(*(letter(number) for number in range(5)))
    served.send(letter(9), partition=1)
    for number, state in enumerate(DONE):
        served.enter(letter(number), state)
    served.enter(letter(4), State.DISCARDED)
    served.enter(letter(9), State.DISCARDED)
    return served


def _plan(served: Served, **before: int) -> Purge:
    with served.index() as index:
        return plan_purge(index, load_stream(SCHEMAS, "clicks"), {int(name[1:]): end for name, end in before.items()})


def test_of_each_partition_it_goes_up_to_the_first_that_waits(filled: Served) -> None:
    assert _plan(filled) == Purge("dlq.clicks", {0: 3, 1: 1}, 4)


@pytest.mark.parametrize("state", [State.OPEN, State.IN_FLIGHT, State.PARKED])
def test_one_that_waits_stands_in_the_way_and_is_named(filled: Served, state: State) -> None:
    filled.enter(letter(3), state)

    with pytest.raises(TidegateError, match=f"1 {state} \\(first: {letter(3)['dead_letter_id']}\\)"):
        _plan(filled, p0=5)


def test_an_offset_that_is_asked_for_is_taken_up_to_the_end_of_the_topic(filled: Served) -> None:
    assert _plan(filled, p0=2).before == {0: 2}
    assert _plan(filled, p1=99).before == {1: 1}


def test_there_is_nothing_to_do_where_the_first_waits(served: Served) -> None:
    served.send(letter(1))

    assert _plan(served) == Purge("dlq.clicks", {}, 0)
