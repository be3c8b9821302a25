"""The plan of a folder of contracts: what is wrong with one is told of that one, the others are planned."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.contracts import SCHEMAS, spoil
from tidegate.apply import prepare as module
from tidegate.apply.look import Found
from tidegate.apply.plan import Lacking, Plan
from tidegate.apply.prepare import prepare
from tidegate.contracts.dataset import Dataset, Stream
from tidegate.contracts.load import dataset_names
from tidegate.contracts.problem import Problem
from tidegate.errors import ContractError, TidegateError
from tidegate.job_names import NAMES
from tidegate.jobs.live import LiveJob
from tidegate.settings import Settings


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A copy of the contracts, servers that lack everything, and a Flink without jobs."""

    def look(_settings: Settings, datasets: Sequence[Dataset], _streams: Sequence[Stream]) -> Found:
        return Found(tuple(Lacking(each.name, (f"raw.{each.name}",)) for each in datasets), {}, ())

    shutil.copytree(SCHEMAS, tmp_path / "schemas")
    monkeypatch.setattr(module, "look", look)
    monkeypatch.setattr(module, "unswitched", lambda _settings, _contracts: dict[str, TidegateError]())
    monkeypatch.setattr(module, "live_jobs", lambda _settings: list[LiveJob]())
    monkeypatch.setattr(module, "has_flink", lambda: True)
    monkeypatch.setattr(module, "flink_problems", lambda _settings, _names: list[Problem]())
    return Settings(schemas_dir=tmp_path / "schemas", lake_catalog_uri="http://127.0.0.1:1")


def planned(plan: Plan) -> tuple[list[str], list[tuple[str, ...]]]:
    return [each.dataset for each in plan.lacking], [step.datasets for step in plan.jobs]


def test_all_are_planned_reference_data_and_files_without_jobs(settings: Settings) -> None:
    registered, started = planned(prepare(settings, (), jobs=NAMES))
    assert registered == dataset_names(settings.schemas_dir)
    assert {"products", "transactions"} <= {*registered}
    assert started == [("app_logs", "clicks", "orders")]
    assert planned(prepare(settings, (), jobs=()))[1] == []


def test_a_dataset_brings_the_reference_data_that_it_needs(settings: Settings) -> None:
    assert planned(prepare(settings, ["clicks"], jobs=NAMES)) == (["products", "clicks"], [("clicks",)])


def test_one_that_can_not_work_is_a_problem_and_stops_no_other(settings: Settings) -> None:
    spoil(settings.schemas_dir / "orders" / "refine.sql", "validated", "nowhere")
    (settings.schemas_dir / "app_logs" / "contract.yaml").write_text("dataset: [")
    plan = prepare(settings, (), jobs=NAMES)
    assert "app_logs" in plan.problems
    assert "clicks" in planned(plan)[0] and "app_logs" not in planned(plan)[0]
    assert prepare(settings, ["clicks"], jobs=NAMES).problems == {}, "of a name only its own problems are told"


def test_no_job_is_stopped_that_could_not_start_again_with_its_version_of_silver(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = [
        LiveJob("refine", "1", "refine", {"orders": "older", "clicks": "older"}),
        LiveJob("lake", "2", "lake", {"clicks": "x"}),
    ]
    monkeypatch.setattr(module, "live_jobs", lambda _settings: live)
    refused = TidegateError("clicks: its jobs were not switched.", remedy="Switch them.")
    monkeypatch.setattr(module, "unswitched", lambda _settings, _contracts: {"clicks": refused})
    plan = prepare(settings, (), jobs=NAMES)
    assert plan.problems["clicks"] == refused
    assert "together with clicks, which can't be started again" in plan.problems["orders"].problem
    assert [step.stops for step in plan.jobs if step.stops] == []
    assert "clicks" not in planned(plan)[0]
    assert prepare(settings, ["products"], jobs=NAMES).problems == {}


def test_no_job_is_stopped_for_what_flink_can_not_compile(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    live = [LiveJob("refine.orders", "1", "refine", {"orders": "older"}), LiveJob("lake", "2", "lake", {"clicks": "x"})]
    monkeypatch.setattr(module, "live_jobs", lambda _settings: live)
    asked = list[Sequence[str]]()

    def flink_problems(_settings: Settings, names: Sequence[str]) -> list[Problem]:
        asked.append(names)
        return [Problem("orders/refine.sql", "line 3", "no column x", "Mend it.")]

    monkeypatch.setattr(module, "flink_problems", flink_problems)
    plan = prepare(settings, (), jobs=NAMES)
    assert asked == [["clicks", "orders"]], "what is only started needs no look beforehand"
    assert str(plan.problems["orders"]) == "orders/refine.sql: line 3: no column x. Mend it."
    assert [step.stops for step in plan.jobs if step.stops] == ["lake"]


def test_a_kind_of_job_that_is_not_to_run_is_left_alone(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "live_jobs", lambda _settings: [LiveJob("index", "1", "index", {"clicks": "older"})])
    (step,) = prepare(settings, (), jobs=("refine", "lake")).jobs
    assert (step.jobs, step.stops) == (("refine", "lake"), "")


def test_without_a_lake_its_job_is_left_out_with_a_word(settings: Settings) -> None:
    plan = prepare(Settings(schemas_dir=settings.schemas_dir), (), jobs=NAMES)
    assert [step.jobs for step in plan.jobs] == [("refine", "index", "metrics")]
    assert plan.notes == ("The job lake is left out: TIDEGATE_LAKE_CATALOG_URI is not set.",)


def test_an_unknown_name_is_one_error(settings: Settings) -> None:
    with pytest.raises(ContractError, match="no dataset 'clik'"):
        prepare(settings, ["clik"], jobs=NAMES)
