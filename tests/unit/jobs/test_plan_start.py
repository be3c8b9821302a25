"""What a start has to start beside the jobs that run."""

from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest

from tests.contracts import SCHEMAS
from tidegate.contracts.load import load_stream
from tidegate.contracts.model import Contract
from tidegate.errors import TidegateError
from tidegate.job_names import INDEX, LAKE, METRICS, REFINE
from tidegate.jobs import plan_start as module
from tidegate.jobs.live import LiveJob
from tidegate.jobs.plan_start import GroupStart, Planned, Start, ends_alone, plan_start
from tidegate.jobs.registered import Missing
from tidegate.settings import Settings

ALL = ("app_logs", "clicks", "orders")
SETTINGS = Settings(schemas_dir=SCHEMAS)
EACH = SETTINGS.model_copy(update={"job_groups": "each"})


def live(name: str, *datasets: str) -> LiveJob:
    return LiveJob(name, f"id of {name}", name.partition(".")[0], dict.fromkeys(datasets, "sign"))


@pytest.fixture
def lacking(monkeypatch: pytest.MonkeyPatch) -> Callable[[Missing], None]:
    """Says what lacks topics; nothing does at first."""
    found: list[Missing] = []

    def startable(_settings: Settings, _jobs: object, names: tuple[str, ...]) -> tuple[list[str], list[Missing]]:
        lost = {each.dataset for each in found}
        return [name for name in names or ALL if name not in lost], found

    monkeypatch.setattr(module, "datasets_to_start", startable)
    return found.append


@pytest.fixture(autouse=True)
def unswitched(monkeypatch: pytest.MonkeyPatch) -> dict[str, TidegateError]:
    """Why datasets have a version of silver that their jobs were not switched to."""
    found: dict[str, TidegateError] = {}

    def asked(_settings: Settings, contracts: Iterable[Contract], _jobs: object) -> dict[str, TidegateError]:
        return {each.dataset: found[each.dataset] for each in contracts if each.dataset in found}

    monkeypatch.setattr(module, "unswitched", asked)
    return found


@pytest.fixture(autouse=True)
def _registered(lacking: Callable[[Missing], None]) -> None:
    """All of them are."""


def planned(what: Start, *running: LiveJob, settings: Settings = SETTINGS) -> Planned:
    return plan_start(settings, what, running)


def names(found: Planned) -> dict[str, tuple[str, ...]]:
    return {each.name: each.datasets for each in found.starts}


def test_all_share_a_job_unless_the_setting_says_otherwise() -> None:
    assert planned(Start((REFINE, LAKE))).starts == (GroupStart(REFINE, "", ALL), GroupStart(LAKE, "", ALL))
    assert names(planned(Start((REFINE,)), settings=EACH)) == {f"refine.{name}": (name,) for name in ALL}


def test_a_job_starts_what_it_has_something_to_do_for() -> None:
    assert names(planned(Start((METRICS,), ("clicks",)))) == {"metrics.clicks": ("clicks",)}
    assert names(planned(Start((INDEX,)))) == {"index": ALL}


def test_a_job_that_has_nothing_to_do_for_a_dataset_says_so_and_the_others_start(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(module, "works_on", lambda job, _stream: job != METRICS)
    found = planned(Start((REFINE, METRICS), ("orders",)), live("metrics", "clicks"))
    assert names(found) == {"refine.orders": ("orders",)}
    assert capsys.readouterr().err == "metrics has nothing to do for orders.\n"


def test_a_dataset_is_started_beside_what_runs() -> None:
    found = planned(Start((REFINE,), ("orders",)), live("refine", "clicks", "app_logs"))
    assert (names(found), found.running) == ({"refine.orders": ("orders",)}, ())


def test_a_start_of_all_starts_what_does_not_run() -> None:
    found = planned(Start((REFINE,)), live("refine.orders", "orders"))
    assert (names(found), found.running) == ({"refine": ("app_logs", "clicks")}, ("refine.orders",))
    assert names(planned(Start((REFINE,)), live("refine", "clicks", "orders"))) == {"refine.app_logs": ("app_logs",)}


def test_what_runs_already_is_no_start() -> None:
    with pytest.raises(TidegateError, match=r"refine runs already with orders .*stop refine --dataset orders`"):
        planned(Start((REFINE,), ("orders", "app_logs")), live("refine", "clicks", "orders"))
    with pytest.raises(TidegateError, match=r"refine runs already \(id .*tidegate stop refine`"):
        planned(Start((REFINE,)), live("refine", *ALL))


def test_a_job_of_an_older_version_may_have_every_dataset() -> None:
    with pytest.raises(TidegateError, match="refine runs already with orders"):
        planned(Start((REFINE,), ("orders",)), live("refine"))


def test_what_runs_may_be_left_running() -> None:
    found = planned(Start((REFINE, LAKE), leave_running=True), live("refine", *ALL))
    assert (names(found), found.running) == ({"lake": ALL}, ("refine",))
    found = planned(Start((REFINE,), ("orders",), leave_running=True), live("refine", *ALL))
    assert (names(found), found.running) == ({}, ("refine",))


def test_one_that_was_never_registered_is_left_out_and_one_that_lacks_a_part_is_a_failure(
    lacking: Callable[[Missing], None], capsys: pytest.CaptureFixture[str]
) -> None:
    lacking(Missing("orders", ("raw.orders",), (), True, ("orders",)))
    lacking(Missing("clicks", ("silver.clicks",), (), False, ("clicks",)))
    found = planned(Start((REFINE,)))
    assert names(found) == {"refine": ("app_logs",)}
    assert [str(each) for each in found.failures] == [
        "clicks has no topic silver.clicks. Run `tidegate contract register clicks`, then this again."
    ]
    assert capsys.readouterr().err.startswith("Left out: orders has no topic raw.orders.")


def test_one_whose_jobs_were_not_switched_to_its_version_of_silver_is_no_start_and_needs_no_topics(
    unswitched: dict[str, TidegateError], lacking: Callable[[Missing], None]
) -> None:
    refused = TidegateError("clicks: its jobs were not switched.", remedy="Switch them.")
    unswitched["clicks"] = refused
    lacking(Missing("clicks", ("silver.clicks.v2",), (), False, ("clicks",)))
    found = planned(Start((REFINE,)))
    assert names(found) == {"refine": ("app_logs", "orders")}
    assert found.failures == (refused,)
    assert names(planned(Start((REFINE,), ("orders",)))) == {"refine.orders": ("orders",)}
    with pytest.raises(TidegateError, match="were not switched"):
        planned(Start((REFINE,), ("clicks", "orders")))
    unswitched.update(dict.fromkeys(ALL, refused))
    with pytest.raises(TidegateError, match="were not switched"):
        planned(Start((REFINE,)))


def test_a_dataset_whose_budget_stops_its_job_has_refine_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ends_alone", lambda job, stream: job == REFINE and stream.name == "clicks")
    assert names(planned(Start((REFINE, LAKE)))) == {
        "refine": ("app_logs", "orders"),
        "refine.clicks": ("clicks",),
        "lake": ALL,
    }


def test_only_a_contract_that_says_stop_ends_its_job() -> None:
    stream = load_stream(SCHEMAS, "clicks")
    stops = stream.contract.dead_letters.model_copy(update={"action": "stop"})
    stopping = replace(stream, contract=stream.contract.model_copy(update={"dead_letters": stops}))
    assert [ends_alone(job, each) for job in (REFINE, LAKE) for each in (stream, stopping)] == [
        False,
        True,
        False,
        False,
    ]
