"""What processes beside this one make: all of it, in the order of each, and their errors."""

import os
import signal
from collections.abc import Iterator

import pytest

from tidegate.errors import ContractError, TidegateError
from tidegate.redrive.beside import made_beside

MANY = 30


def tens(first: int) -> Iterator[int]:
    yield from range(first, first + MANY)


def broken(_part: int) -> Iterator[int]:
    yield 1
    raise ContractError("the recipe is none.", remedy="Mend it.")


def killed(_part: int) -> Iterator[int]:
    yield 1
    os.kill(os.getpid(), signal.SIGKILL)


def endless(_part: int) -> Iterator[int]:
    while True:
        yield os.getpid()


def test_all_that_is_made_is_taken_of_each_part_in_its_order() -> None:
    found = [*made_beside(tens, [0, 100])]

    assert sorted(found) == [*range(MANY), *range(100, 100 + MANY)]
    assert [each for each in found if each < 100] == [*range(MANY)]


def test_an_error_is_raised_here_whole() -> None:
    with pytest.raises(ContractError, match="the recipe is none") as caught:
        [*made_beside(broken, [0])]
    assert caught.value.remedy == "Mend it."


def test_a_process_that_is_killed_is_no_end_of_its_part() -> None:
    with pytest.raises(TidegateError, match="was killed"):
        [*made_beside(killed, [0])]


def test_who_takes_no_more_ends_the_processes() -> None:
    taken = made_beside(endless, [0])
    process = next(taken)
    assert isinstance(taken, Iterator)
    taken.close()  # type: ignore[attr-defined]

    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
