"""What processes beside this one make: all of it, in the order of each, and their errors."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.polling import HANGS_S
from tidegate.errors import ContractError, TidegateError
from tidegate.redrive.beside import made_beside

MANY = 30
LARGE = 4 * 1024 * 1024
"""More than a pipe holds."""


def tens(first: int) -> Iterator[int]:
    yield from range(first, first + MANY)


def broken(_part: int) -> Iterator[int]:
    yield 1
    raise ContractError("the recipe is none.", remedy="Mend it.")


def killed(_part: int) -> Iterator[int]:
    yield 1
    os.kill(os.getpid(), signal.SIGKILL)


def killed_in_mid_value(_part: int) -> Iterator[bytes]:
    for _ in range(MANY):
        yield bytes(LARGE)
    os.kill(os.getpid(), signal.SIGKILL)


class While:
    """What makes ``tens``, but for what ``happens`` while a process reads what it shall make."""

    def __init__(self, happens: Callable[[], None]) -> None:
        self.happens = happens

    def __call__(self, first: int) -> Iterator[int]:
        return tens(first)

    def __reduce__(self) -> tuple[Any, ...]:
        return _while, (self.happens,)


def _while(happens: Callable[[], None]) -> While:
    happens()
    return While(happens)


def die() -> None:
    os._exit(1)


def hear_the_group() -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        os.kill(os.getpid(), number)


class Interrupting(While):
    """Is interrupted while its process is started."""

    def __reduce__(self) -> tuple[Any, ...]:
        os.kill(os.getpid(), signal.SIGINT)
        return super().__reduce__()


def nothing() -> None:
    pass


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


def test_a_process_that_is_killed_in_the_middle_of_a_value_is_no_end_of_its_part() -> None:
    with pytest.raises(TidegateError, match="was killed"):
        [*made_beside(killed_in_mid_value, [0])]


def test_a_process_that_dies_before_it_has_read_its_part_is_no_end_of_it() -> None:
    with pytest.raises(TidegateError, match="was killed"):
        [*made_beside(While(die), [LARGE * b"a"])]  # type: ignore[arg-type]


def test_signals_to_the_group_do_not_end_a_process_not_even_while_it_starts() -> None:
    assert [*made_beside(While(hear_the_group), [0])] == [*range(MANY)]


def test_an_interrupt_while_a_process_is_started_is_not_lost() -> None:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a suite in the background may ignore it
    try:
        with pytest.raises(KeyboardInterrupt):
            [*made_beside(Interrupting(nothing), [0])]
    finally:
        signal.signal(signal.SIGINT, before)


def test_who_takes_no_more_ends_the_processes() -> None:
    taken = made_beside(endless, [0])
    process = next(taken)
    assert isinstance(taken, Iterator)
    taken.close()  # type: ignore[attr-defined]

    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


def test_a_program_that_ends_while_it_takes_does_not_wait_for_the_processes() -> None:
    program = "from tests.unit.redrive import test_beside as t; taken = t.made_beside(t.endless, [0]); next(taken)"

    assert subprocess.run([sys.executable, "-c", program], timeout=HANGS_S, check=False).returncode == 0
