"""What a start tells Flink's client, and what becomes of it where some of it fails."""

import json
from collections.abc import Sequence
from typing import cast

import pytest

from tidegate.clients.flink import Failure, FlinkClient, FlinkJob
from tidegate.errors import TidegateError
from tidegate.jobs import start as module
from tidegate.jobs.plan_start import GroupStart, Planned, Start
from tidegate.jobs.start import program, start
from tidegate.settings import Settings

SETTINGS = Settings.model_construct()
READINGS, REST = GroupStart("refine", "readings", ("readings",)), GroupStart("lake", "", ("clicks", "orders"))
PROBLEM = TidegateError("refine is started without readings: no such table.", remedy="Make it.")


def line(event: str, job: str | None, **fields: object) -> str:
    return json.dumps(
        {"timestamp": "t", "level": "info", "event": event, "dataset": None, "job": job, "run_id": "r", **fields}
    )


FAILED = line("failed", None, error=PROBLEM.problem, remedy=PROBLEM.remedy, transient=False)


class Client:
    """What Flink's client says, and the jobs that it has started."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.said: list[str] = []
        self.error: TidegateError | None = None
        self.refuses_to_run: set[str] = set()
        monkeypatch.setattr(module, "live_jobs", lambda _settings: [])
        monkeypatch.setattr(module, "FlinkClient", lambda _settings: None)
        monkeypatch.setattr(module, "plan_start", lambda *_: Planned((READINGS, REST), ("index",)))
        monkeypatch.setattr(module, "submitted", lambda *_: ("\n".join(["from Flink", *self.said]), self.error))
        monkeypatch.setattr(module, "wait_until_running", self.wait)

    def wait(self, _client: object, name: str, _timeout_s: float) -> FlinkJob:
        if name in self.refuses_to_run:
            raise TidegateError(f"{name} has not run.", remedy="-")
        return FlinkJob(name, name, "RUNNING", 0)

    def started(self) -> tuple[list[str], list[str]]:
        """The names of the jobs that run, and the problems of the others."""
        done = start(SETTINGS, Start(("refine", "lake")))
        return [job.name for job in done.jobs], [failure.problem for failure in done.failures]


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Client:
    return Client(monkeypatch)


def test_an_unknown_job_is_refused_before_anything_is_asked() -> None:
    with pytest.raises(TidegateError, match=r"no job 'refin'\. Known: index, lake, metrics, refine\."):
        start(SETTINGS, Start(("refin",)))


def test_one_job_is_a_file_of_its_own_and_several_are_started_together() -> None:
    options: Sequence[str] = ("--recover-from", "none", "--forget-removed")
    what = Start(("refine",), recover_from="none", forget_removed=True)
    assert program([READINGS], what) == [
        *("flink_jobs/refine.py", *options, "--group", "readings", "--dataset", "readings")
    ]
    assert program([REST], Start(("lake",))) == [
        *("flink_jobs/lake.py", "--recover-from", "latest", "--dataset", "clicks", "--dataset", "orders")
    ]
    assert program([READINGS, REST], what) == [
        *("flink_jobs/together.py", "refine.readings=readings", "lake=clicks,orders", *options)
    ]


def test_what_the_cluster_has_taken_runs_beside_what_is_left_running(client: Client) -> None:
    client.said = [line("job_submitted", "refine.readings"), line("job_submitted", "lake")]
    assert client.started() == (["index", "refine.readings", "lake"], [])


def test_a_dataset_or_a_job_that_cannot_be_started_stops_no_other(client: Client) -> None:
    client.said, client.error = [FAILED, line("job_submitted", "lake")], PROBLEM
    assert client.started() == (["index", "lake"], [PROBLEM.problem])

    client.said, client.error = [line("job_submitted", "refine.readings"), line("job_submitted", "lake")], None
    client.refuses_to_run = {"lake"}
    assert client.started() == (["index", "refine.readings"], ["lake has not run."])


def test_a_client_that_ends_without_a_word_of_ours_is_told_by_flinks(client: Client) -> None:
    client.said, client.error = [line("job_submitted", "refine.readings")], TidegateError("out of memory.", remedy="-")
    assert client.started() == (["index", "refine.readings"], ["out of memory."])


def test_where_nothing_is_started_the_reason_is_the_error(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "plan_start", lambda *_: Planned((REST,), ()))
    client.said, client.error = [FAILED], PROBLEM
    with pytest.raises(TidegateError, match="no such table"):
        client.started()


def test_what_a_job_says_of_its_state_is_passed_on(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    client.said = [line("state_not_used", "metrics", message="metrics computes all again."), line("other", None)]
    client.started()
    assert capsys.readouterr().err == "metrics computes all again.\n"


def test_a_job_that_passes_its_error_budget_at_once_says_what_to_type() -> None:
    class Ended:
        def jobs(self) -> list[FlinkJob]:
            return [FlinkJob("1", "refine.clicks", "FAILED", 0)]

        def live_job(self, _name: str) -> None:
            return None

        def newest_failure(self, _job_id: str) -> Failure:
            return Failure(1, "BudgetPassed: The error budget of clicks is passed: 4 dead letters in a row")

    with pytest.raises(TidegateError, match="The error budget of clicks is passed") as ended:
        module.wait_until_running(cast(FlinkClient, Ended()), "refine.clicks", timeout_s=1)
    assert "tidegate run refine --dataset clicks --budget-reset" in ended.value.remedy
