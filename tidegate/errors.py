"""Errors that carry their facts and the remedy, so that the command line can print one clear line."""

from collections.abc import Callable
from functools import partial
from typing import Self


class TidegateError(Exception):
    """A problem a user can meet: what is wrong, and what to do about it."""

    def __init__(self, problem: str, *, remedy: str) -> None:
        super().__init__(f"{problem} {remedy}")
        self.problem = problem
        self.remedy = remedy

    def __reduce__(self) -> tuple[Callable[[], Self], tuple[()]]:
        """Lets an error of a worker process reach its parent whole."""
        return partial(type(self), self.problem, remedy=self.remedy), ()


class TransientError(TidegateError):
    """An outage: the same call may succeed later, nothing is wrong with the input."""


class ContractError(TidegateError):
    """A contract or its files are wrong; the remedy names the file and the place."""
