"""A world in which jobs are switched: what runs, what topics hold, where readers are; its command may be killed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from tests.unit.replay.plans import plan
from tidegate.contracts.dataset import Stream
from tidegate.errors import TidegateError
from tidegate.jobs.live import LiveJob
from tidegate.jobs.plan_start import GroupStart
from tidegate.replay.range_plan import NextSilver, RangePlan
from tidegate.replay.silver_switch import go_back, switch_on
from tidegate.replay.store import FILLED, Status, load_status, store_status
from tidegate.settings import Settings

PLAN = plan(target="lake,index,silver", silver=NextSilver(2, 1, 10, 100))
JOBS = ("refine", "lake", "index", "metrics")


class Killed(BaseException):
    """The command ends here."""


class World:
    """Jobs, topics and groups. Refine writes a row whenever a step is called, to the topic that it was started with."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.contract = 2
        self.runs = dict.fromkeys(JOBS, 1)
        self.old = self.new = 0
        self.filled = 0
        self.taken = dict.fromkeys(JOBS[1:], 0)
        self.placed: dict[str, int] = {}
        self.kill: tuple[str, int, str] | None = None
        self.calls: dict[str, int] = {}
        self.said: list[str] = []
        self.audit: list[str] = []
        self.fails: TidegateError | None = None
        self.intrudes = False
        self.holds = True
        self.ended: list[dict[str, int]] = []

    def status(self) -> Status:
        return load_status(self.settings, PLAN.plan_id)

    def switch(self) -> Status:
        return switch_on(self.settings, PLAN, "ann@host", self.said.append)

    def back(self) -> Status:
        return go_back(self.settings, PLAN, "ann@host", self.said.append)

    def step(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            self.calls[name] = self.calls.get(name, 0) + 1
            self.old += self.runs.get("refine") == 1
            self.new += self.runs.get("refine") == 2
            if self.kill == (name, self.calls[name], "before"):
                raise Killed
            result = real(*given, **named)
            if self.kill == (name, self.calls[name], "after"):
                raise Killed
            return result

        return call

    def live_jobs(self, _settings: object) -> list[LiveJob]:
        return [LiveJob(job, job, job, {"clicks": "f", "orders": "f"}) for job in self.runs]

    def take_out(self, _settings: object, _dataset: str, homes: Sequence[GroupStart]) -> float:
        for home in homes:
            assert home.datasets == ("clicks", "orders")
            self.runs.pop(home.job, None)
        return 12.0

    def bring_back(self, _settings: object, _dataset: str, homes: Sequence[GroupStart]) -> float:
        """A reader of the new topic goes on where it was placed; of the old one, where it was."""
        if self.contract == 2:
            assert self.placed.keys() == self.taken.keys(), "the guard would refuse it"
        self.runs |= {home.job: self.contract for home in homes if home.job not in self.runs}
        return 14.0

    def wait_until_read(self, _settings: object, _old: Stream, jobs: Sequence[str], running: Sequence[str]) -> None:
        assert "refine" not in self.runs
        for job in jobs:
            assert job in running or self.taken[job] == self.old
            self.taken[job] = self.old

    def fill(
        self, settings: Settings, _plan: RangePlan, status: Status, ends: Mapping[str, Mapping[int, int]]
    ) -> Status:
        assert not self.runs or status.state == FILLED
        if self.fails:
            raise self.fails
        if self.intrudes:
            self.runs["refine"] = 1
        self.filled = self.new = ends["silver"][0]
        status = replace(status, filled_to={"silver": {"0": self.filled}, "dropped": {"0": 0}})
        return store_status(settings, PLAN.plan_id, status)

    def begin_at(self, _settings: object, _new: Stream, jobs: Sequence[str], places: Mapping[str, int]) -> None:
        for job in jobs:
            self.placed.setdefault(job, places["0"])
