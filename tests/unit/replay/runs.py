"""A replay on a real table of this machine's disk, whose command may be killed anywhere."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.unit.replay.lake import Lake
from tidegate.clients.lake_branch import drop_branch
from tidegate.replay.lake_run import run_lake
from tidegate.replay.range_plan import RangePlan
from tidegate.replay.store import INDEXED, PLANNED, WRITING, WRITTEN, Status, store_status
from tidegate.settings import Settings


class Killed(BaseException):
    """The command ends here."""


class Replay:
    """A replay on a real table, whose command is killed at a call of a step: before or after it."""

    def __init__(self, lake: Lake, settings: Settings, made: RangePlan) -> None:
        self.lake = lake
        self.settings = settings
        self.plan = made
        self.kill: tuple[str, int, str] | None = None
        self.calls: dict[str, int] = {}
        self.indexed: list[list[tuple[int, str]]] = []
        self.lettered: list[int] = []

    def run(self) -> Status:
        return run_lake(self.settings, self.plan, "ann@host")

    def step(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            self.calls[name] = self.calls.get(name, 0) + 1
            if self.kill == (name, self.calls[name], "before"):
                raise Killed
            result = real(*given, **named)
            if self.kill == (name, self.calls[name], "after"):
                raise Killed
            return result

        return call

    def write_aside(self, settings: Settings, made: RangePlan, status: Status, _tell: object) -> Status:
        if status.state not in (PLANNED, WRITING):
            return status
        self.clear_aside(settings, made)
        self.lake.aside(made, [(10, "e10", "new"), (11, "e5", "new")], dict.fromkeys(range(12, 20), "rejected"))
        return store_status(settings, made.plan_id, replace(status, state=WRITTEN))

    def clear_branch(self, _settings: Settings, made: RangePlan) -> None:
        drop_branch(self.lake.catalog.load_table(made.table), made.aside.branch)

    def clear_aside(self, settings: Settings, made: RangePlan) -> None:
        self.clear_branch(settings, made)
        self.lake.catalog.tables.pop(made.aside.table, None)

    def write_documents(self, settings: Settings, made: RangePlan, status: Status) -> Status:
        self.indexed.append(self.lake.content())
        return store_status(settings, made.plan_id, replace(status, state=INDEXED, documents={"written": 3}))

    def settle_letters(self, *_: object) -> dict[str, int]:
        self.lettered.append(self.commits())
        is_first = len(self.lettered) == 1
        return {"lettered": 8 * is_first, "resolved": 1 * is_first, "reopened": 0}

    def commits(self) -> int:
        table = self.lake.catalog.load_table(self.plan.table)
        summaries = [snapshot.summary for snapshot in table.metadata.snapshots]
        return sum("tidegate.replay-id" in each.additional_properties for each in summaries if each is not None)
