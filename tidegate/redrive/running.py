"""A run of a plan as those see it who follow it, whether it sends records or documents."""

from collections import Counter
from collections.abc import Callable
from typing import Protocol

from tidegate.dead_letters.ledger import Entry
from tidegate.redrive.plan import RedrivePlan
from tidegate.redrive.progress import Progress

Stop = Callable[[], bool]


class Running(Protocol):
    """``sent``: records or documents; ``not_sent``: letters by the reason; ``paused`` says why it sends no more."""

    plan: RedrivePlan
    ledger: dict[str, Entry]
    sent: int
    not_sent: Counter[str]
    paused: str

    @property
    def done(self) -> int:
        """How many letters of the plan this run has seen settled."""

    @property
    def unknown(self) -> int:
        """How many are in flight and have left no trace where there should be one."""

    @property
    def told(self) -> dict[str, int]:
        """How many entries the audit names, for its record of the run's end."""

    def line(self) -> str:
        """For people, while it runs."""

    def progress(self) -> Progress:
        """The states of the plan's letters."""


Tell = Callable[[Running], None]
