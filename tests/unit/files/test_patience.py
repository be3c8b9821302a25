"""A job that fails again and again is given up, one that gets on never is."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.unit.files.versions import version
from tidegate.clients.flink import Failure
from tidegate.files.patience import (
    AT_LEAST_S,
    FAILURES,
    STANDSTILL_S,
    GivenUpError,
    Patience,
    Waited,
    behind_load,
    culprits,
    named,
    of_load,
    remedy,
)
from tidegate.files.run import Run

RUN = Run("visits", "feed", (version(1), version(2)))
LOAD = of_load(RUN)
JOB: Any = type("Job", (), {"job_id": "1"})()


@dataclass
class Flink:
    """A cluster whose clock is another one: it remembers the newest failures, as Flink does."""

    completed: int = 0
    remembered: list[Failure] = field(default_factory=list)

    def fail(self, trace: str = "") -> None:
        at_ms = 1 + max((each.at_ms for each in self.remembered), default=0)
        self.remembered = [Failure(at_ms, "IOException: no", trace), *self.remembered][:16]

    def recent_failures(self, _job_id: str) -> list[Failure]:
        return self.remembered

    def checkpoints(self, _job_id: str) -> dict[str, Any]:
        return {"counts": {"completed": self.completed}}


class Waiting:
    """Somebody who waits; the job is looked at after each of the steps."""

    def __init__(self, flink: Flink, *, checkpoints: bool = True, waited: Waited = LOAD) -> None:
        self._now_s = 1000.0
        self._patience = Patience(flink, waited, checkpoints=checkpoints, clock=lambda: self._now_s)  # type: ignore[arg-type]
        self._patience(JOB)

    def pass_s(self, seconds: float) -> None:
        self._now_s += seconds
        self._patience(JOB)


@pytest.fixture
def flink() -> Flink:
    return Flink()


def failing(flink: Flink, waiting: Waiting, times: int, each_s: float, trace: str = "") -> None:
    for _ in range(times):
        flink.fail(trace)
        waiting.pass_s(each_s)


@pytest.mark.parametrize("checkpoints", [True, False])
def test_it_is_given_up_once_it_has_failed_often_and_for_long(flink: Flink, checkpoints: bool) -> None:
    waiting = Waiting(flink, checkpoints=checkpoints)
    failing(flink, waiting, FAILURES + 5, 6)
    assert (FAILURES + 6) * 6 < AT_LEAST_S

    with pytest.raises(GivenUpError, match=r"the load feed has failed 30 times in 180 s .*: IOException: no\."):
        failing(flink, waiting, FAILURES + 5, 6)


def test_who_gets_on_is_waited_for(flink: Flink) -> None:
    waiting = Waiting(flink)
    for _ in range(9):
        failing(flink, waiting, FAILURES - 1, AT_LEAST_S)
        flink.completed += 1
        waiting.pass_s(AT_LEAST_S)


def test_failures_of_before_somebody_waited_do_not_count(flink: Flink) -> None:
    for _ in range(16):
        flink.fail()
    waiting = Waiting(flink)

    failing(flink, waiting, FAILURES - 1, AT_LEAST_S)


def test_one_that_stands_still_is_given_up_only_if_it_would_tell_how_far_it_is(flink: Flink) -> None:
    silent, batch = Waiting(flink), Waiting(flink, checkpoints=False)

    batch.pass_s(STANDSTILL_S * 9)
    with pytest.raises(GivenUpError, match="no checkpoint for 30 min"):
        silent.pass_s(STANDSTILL_S)


def test_the_file_is_named_that_each_failure_tells_of(flink: Flink) -> None:
    waiting = Waiting(flink)
    at_second = f"java.io.IOException: bad\nCaused by: {version(2).stored} can't be read"

    with pytest.raises(GivenUpError, match=r"each time at file 2 \(file:///in/2\.csv\)") as raised:
        failing(flink, waiting, FAILURES + 1, AT_LEAST_S, at_second)
    assert "`tidegate files quarantine visits 2`" in raised.value.remedy


def test_where_failures_tell_of_several_files_none_is_blamed() -> None:
    failures = [Failure(1, "a", version(1).stored), Failure(2, "b", f"{version(1).stored} {version(2).stored}")]

    assert [each.number for each in culprits(RUN, failures)] == [1]
    assert culprits(RUN, [*failures, Failure(3, "c", "")]) == []
    assert culprits(RUN, []) == []
    assert named(RUN, []) == ""
    assert "`tidegate files quarantine visits NUMBER`" in remedy(RUN, [])


def test_what_follows_a_load_is_given_up_in_its_own_words(flink: Flink) -> None:
    waiting = Waiting(flink, checkpoints=False, waited=behind_load("the job that counts", "Load again."))
    with pytest.raises(GivenUpError) as caught:
        failing(flink, waiting, FAILURES, AT_LEAST_S / FAILURES)
    assert caught.value.problem.startswith(
        f"the job that counts has failed {FAILURES} times in 180 s without getting on: "
    )
    assert caught.value.remedy == "Load again."
