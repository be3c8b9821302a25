"""A dataset's schemas, metrics and contract against those that others may use already."""

import copy
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.contracts import SCHEMAS, spoil
from tests.mapped import machines
from tidegate.contracts.history.against import against_problems, changes, differences
from tidegate.contracts.history.earlier import Earlier
from tidegate.contracts.load import load_stream

VIEWS = "metrics/page_views"
PAGE_URL = '"name": "page_url", "type": "string"'


@pytest.fixture
def schemas(tmp_path: Path) -> Path:
    """A copy of the contracts, to change."""
    return Path(shutil.copytree(SCHEMAS, tmp_path / "schemas"))


def earlier() -> Earlier:
    """Clicks as the project has them."""
    dataset = load_stream(SCHEMAS, "clicks")
    metrics = {metric.name: [metric.schema] for metric in dataset.metrics}
    return Earlier("git HEAD", [dataset.latest], [dataset.silver], metrics, dataset.contract, has_contracts=True)


def problems(schemas: Path) -> list[str]:
    return [str(problem) for problem in against_problems(load_stream(schemas, "clicks"), earlier())]


def shown(schemas: Path) -> dict[str, list[str]]:
    """The parts in which something differs."""
    parts = differences(load_stream(schemas, "clicks"), earlier())
    return {part: lines for part, lines in parts.items() if lines}


def add_version(schemas: Path, field: dict[str, object]) -> None:
    schema = json.loads((schemas / "clicks/v1.avsc").read_text())
    schema["fields"].append(field)
    (schemas / "clicks/v2.avsc").write_text(json.dumps(schema))


def test_what_did_not_change_is_no_problem(schemas: Path) -> None:
    assert problems(schemas) == []


def test_a_new_version_with_a_default_is_no_problem(schemas: Path) -> None:
    add_version(schemas, {"name": "device", "type": ["null", "string"], "default": None})
    assert problems(schemas) == []


def test_words_for_people_may_change(schemas: Path) -> None:
    spoil(schemas / "clicks/v1.avsc", "path and query of the page", "the page")
    assert problems(schemas) == []


def test_a_version_that_others_may_use_must_not_change(schemas: Path) -> None:
    spoil(schemas / "clicks/v1.avsc", PAGE_URL, PAGE_URL.replace("string", "bytes"))
    (problem,) = problems(schemas)
    assert problem.startswith("clicks/v1.avsc: against git HEAD: version 1 was event_id, event_time")
    assert "put the change into v2.avsc" in problem


def test_a_new_version_that_cannot_read_the_old_one_is_found(schemas: Path) -> None:
    add_version(schemas, {"name": "device", "type": "string"})
    (problem,) = problems(schemas)
    assert "breaks BACKWARD_TRANSITIVE: device is not written and has no default" in problem


def test_silver_keeps_its_promise_too(schemas: Path) -> None:
    spoil(schemas / "clicks/silver.avsc", PAGE_URL, PAGE_URL.replace("string", "long"))
    (problem,) = problems(schemas)
    assert problem.startswith("clicks/silver.avsc: against git HEAD: breaks BACKWARD_TRANSITIVE: page_url")


def test_a_new_dataset_has_nothing_to_be_held_against() -> None:
    dataset = load_stream(SCHEMAS, "clicks")
    assert against_problems(dataset, Earlier("the registry", [], [])) == []


def test_a_metric_keeps_its_promise_too(schemas: Path) -> None:
    spoil(schemas / f"clicks/{VIEWS}.avsc", '"name": "views", "type": "long"', '"name": "views", "type": "string"')
    (problem,) = problems(schemas)
    assert problem.startswith(f"clicks/{VIEWS}.avsc: against git HEAD: breaks BACKWARD_TRANSITIVE: views is written")
    assert shown(schemas) == {VIEWS: ["~ views BIGINT not null -> STRING not null"]}


def test_another_key_of_a_metric_is_found(schemas: Path) -> None:
    spoil(schemas / f"clicks/{VIEWS}.avsc", '["minute", "country", "device_family"]', '["minute", "country"]')
    (problem,) = problems(schemas)
    assert problem.startswith(f"clicks/{VIEWS}.avsc: against git HEAD: key was minute, country, device_family, is min")
    assert problem.endswith("give the metric a new name: its topic and index hold rows by the old key.")
    assert shown(schemas) == {VIEWS: ["~ key minute, country, device_family -> minute, country"]}


def test_a_registry_that_keeps_no_key_says_nothing_of_it(schemas: Path) -> None:
    dataset = load_stream(schemas, "clicks")
    metrics = copy.deepcopy(dict(earlier().metrics))
    for versions in metrics.values():
        del versions[0]["key"]
    registered = replace(earlier(), where="the registry", metrics=metrics)
    assert against_problems(dataset, registered) == []


def test_metrics_that_came_and_went_are_shown(schemas: Path) -> None:
    for suffix in ("avsc", "sql"):
        (schemas / f"clicks/{VIEWS}.{suffix}").rename(schemas / f"clicks/metrics/views.{suffix}")
    assert shown(schemas) == {
        "metrics/views": ["new, git HEAD has none"],
        VIEWS: ["removed, git HEAD has it"],
    }
    assert problems(schemas) == []


def test_the_contract_is_compared(schemas: Path) -> None:
    spoil(schemas / "clicks/contract.yaml", "identity: [event_id]", "identity: [session_id]")
    (problem,) = problems(schemas)
    assert problem.startswith("clicks/contract.yaml: against git HEAD: identity was event_id, is session_id")
    assert shown(schemas) == {"contract": ['~ identity ["event_id"] -> ["session_id"]']}


def test_where_contracts_are_not_held_that_is_told(schemas: Path) -> None:
    dataset = load_stream(schemas, "clicks")
    registered = replace(earlier(), where="the registry", contract=None, has_contracts=False)
    assert differences(dataset, registered)["contract"] == [
        "not compared: the registry holds schemas only, --against GIT-REF compares contracts"
    ]


def test_changes_are_told_field_by_field() -> None:
    def record(*fields: dict[str, object]) -> dict[str, object]:
        return {"type": "record", "name": "R", "fields": list(fields)}

    old = record({"name": "a", "type": "int"}, {"name": "b", "type": "string"}, {"name": "c", "type": "int"})
    new = record(
        {"name": "a", "type": "long"},
        {"name": "c", "type": "int"},
        {"name": "d", "type": ["null", "string"], "default": None},
    )
    assert changes(old, new) == [
        "+ d STRING default null",
        "- b STRING not null",
        "~ a INT not null -> BIGINT not null",
    ]


def test_changes_within_a_field_are_told() -> None:
    def record(*fields: dict[str, object]) -> dict[str, object]:
        inner = {"type": "record", "name": "Inner", "fields": list(fields)}
        names = [{"name": "of", "type": {"type": "array", "items": inner}}, {"name": "a", "type": "int"}]
        return {"type": "record", "name": "R", "fields": names}

    old = record({"name": "x", "type": "string"}, {"name": "tags", "type": {"type": "array", "items": "int"}})
    new = record(
        {"name": "x", "type": ["null", "string"], "default": None},
        {"name": "tags", "type": {"type": "array", "items": ["null", "int"]}},
    )
    assert changes(old, new) == [
        "~ of[].x STRING not null -> STRING default null",
        "~ of[].tags[] not null -> may be null",
    ]


def test_an_alias_that_is_gone_is_shown_and_a_problem(schemas: Path) -> None:
    add_version(schemas, {"name": "device", "type": ["null", "string"], "default": None})
    schema = json.loads((schemas / "clicks/v2.avsc").read_text())
    country = next(field for field in schema["fields"] if field["name"] == "country")
    country["name"], country["aliases"] = "land", ["country"]
    (schemas / "clicks/v2.avsc").write_text(json.dumps(schema))
    assert [problem for problem in problems(schemas) if "alias" in problem] == []
    del country["aliases"]
    (schemas / "clicks/v3.avsc").write_text(json.dumps(schema))
    found = [problem for problem in problems(schemas) if "land has lost the alias country" in problem]
    assert found and all(problem.startswith("clicks/v3.avsc: against git HEAD: ") for problem in found)


def test_a_promise_that_is_lowered_with_the_change_still_holds_for_it(schemas: Path) -> None:
    spoil(schemas / "clicks/contract.yaml", "compatibility: BACKWARD_TRANSITIVE", "compatibility: NONE")
    add_version(schemas, {"name": "device", "type": "string"})
    found = problems(schemas)
    assert any("breaks BACKWARD_TRANSITIVE: device is not written" in problem for problem in found)
    assert any("which promises less" in problem for problem in found)


def test_a_changed_mapping_is_told_and_another_source_of_the_identity_is_a_break() -> None:
    now = machines()
    assert now.map_sql is not None
    before = Earlier(
        "git v1",
        [now.latest],
        [now.silver],
        contract=now.contract,
        mapped=now.mapped,
        map_sql=now.map_sql.replace("meta.readingId", "meta.otherId").replace("as date", "as  timestamp"),
        has_contracts=True,
    )

    assert differences(now, before)["mapping"] == [
        "~ reading_id as meta.otherId -> meta.readingId",
        "~ built_on as cast(builtOn as timestamp) -> cast(builtOn as date)",
    ]
    [problem] = against_problems(now, before)
    assert problem.problem == "identity was meta.otherId of raw, is meta.readingId"
    assert "mapping" not in differences(now, replace(before, map_sql=now.map_sql))


def test_a_personal_field_of_a_mapping_keeps_its_privacy() -> None:
    now = machines()
    fewer = replace(now, contract=now.contract.model_copy(update={"privacy": []}))
    before = Earlier(
        "git v1", [now.latest], [now.silver], contract=now.contract, mapped=now.mapped, map_sql=now.map_sql
    )

    assert ["operator_name" in problem.problem for problem in against_problems(fewer, before)] == [True, False]
