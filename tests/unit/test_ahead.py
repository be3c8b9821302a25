"""What is made ahead is all of it, in its order, and nothing more once nobody takes it."""

import threading
from collections.abc import Generator

import pytest

from tidegate.ahead import made_ahead
from tidegate.errors import ContractError

DEADLINE_S = 20


def test_all_that_is_made_is_taken_in_its_order() -> None:
    assert [*made_ahead(each for each in range(100))] == [*range(100)]


def test_the_next_is_made_before_it_is_asked_for() -> None:
    made = threading.Event()

    def items() -> Generator[int, None, None]:
        yield 1
        made.set()
        yield 2

    taken = made_ahead(items())

    assert next(taken) == 1
    assert made.wait(DEADLINE_S)
    assert [*taken] == [2]


def test_an_error_comes_behind_what_was_made_before_it() -> None:
    def items() -> Generator[int, None, None]:
        yield 1
        raise ContractError("the recipe is none.", remedy="Mend it.")

    taken = made_ahead(items())

    assert next(taken) == 1
    with pytest.raises(ContractError, match="the recipe is none"):
        next(taken)


def test_who_takes_no_more_ends_the_thread_and_closes_what_makes() -> None:
    closed = threading.Event()
    before = threading.active_count()

    def items() -> Generator[int, None, None]:
        try:
            number = 0
            while True:
                yield (number := number + 1)
        finally:
            closed.set()

    taken = made_ahead(items())
    next(taken)
    taken.close()

    assert closed.is_set()
    assert threading.active_count() == before
