"""What a run of a plan is, whether it sends records or documents."""

import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from tidegate.clients.audit import Action
from tidegate.contracts.dataset import Stream
from tidegate.dead_letters.ledger import Entry, State
from tidegate.redrive.pace import Pace
from tidegate.redrive.plan import RedrivePlan
from tidegate.redrive.planned import ledger_of
from tidegate.redrive.progress import Progress, progress
from tidegate.redrive.send import Sender, Step
from tidegate.settings import Settings

POLL_S = 0.2
Stop = Callable[[], bool]
Tell = Callable[["Running"], None]


@dataclass
class Running(ABC):
    """One run of a plan: what it has done so far, and what it was told.

    ``sent``: records or documents; ``not_sent``: letters by the reason; ``paused`` says why it sends no more.
    """

    settings: Settings
    stream: Stream
    plan: RedrivePlan
    actor: str
    pace: Pace = field(default_factory=Pace)
    stop: Stop = lambda: False
    tell: Tell = lambda _: None
    step: Step = lambda _: None
    action: Action | None = None
    ledger: dict[str, Entry] = field(default_factory=dict)
    sent: int = 0
    not_sent: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[State] = field(default_factory=Counter)
    paused: str = ""

    def __post_init__(self) -> None:
        self._sender = Sender(self.settings, self.plan.dataset, self.step, self.action)
        # Behind the fence: what the ledger says now, no other run of this dataset adds to.
        self.ledger = ledger_of(self.settings, self.plan)
        self._begun_s = time.monotonic()

    @abstractmethod
    def carry_out(self) -> Progress:
        """Sends what is left of the plan, within its pace.

        Raises:
            EndedError: the run was cancelled, or another one has begun.
            TransientError: a server does not answer; what was done is in the ledger.
        """

    @abstractmethod
    def line(self) -> str:
        """For people, while it runs."""

    @property
    def done(self) -> int:
        """How many letters of the plan this run has seen settled."""
        return self.outcomes[State.RESOLVED] + self.outcomes[State.FAILED_AGAIN]

    @property
    def unknown(self) -> int:
        """How many are in flight and have left no trace where there should be one."""
        return 0

    @property
    def told(self) -> dict[str, int]:
        """How many entries the audit names, for its record of the run's end."""
        return self._sender.told

    def progress(self) -> Progress:
        """The states of the plan's letters."""
        return progress(self.plan, self.ledger)

    def _pause_if_too_many_failed(self, what: str) -> None:
        failed = self.outcomes[State.FAILED_AGAIN]
        if not self.paused and self.pace.too_many_failed(failed, self.done):
            self.paused = f"{failed:,} of {self.done:,} {what} again"

    def _wait_until_due(self) -> None:
        """The rate counts from the first that this run sends."""
        if not self.sent:
            self._begun_s = time.monotonic()
        while not self._must_stop():
            due_s = self._begun_s + self.pace.due_s(self.sent) - time.monotonic()
            if due_s <= 0:
                return
            time.sleep(min(due_s, POLL_S))

    def _must_stop(self) -> bool:
        return bool(self.paused) or self.stop()
