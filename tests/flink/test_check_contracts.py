"""What Flink finds in a contract: rules and queries that do not compile, examples that do not behave."""

import shutil
from pathlib import Path

import pytest

from tests import odd_names
from tests.contracts import SCHEMAS, copy_of_clicks, spoil
from tests.odd_names import write_odd_names
from tidegate.contracts.problem import Problem
from tidegate.jobs.check_contracts import flink_problems
from tidegate.settings import Settings

Found = dict[str, list[Problem]]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Found:
    """The problems of each dataset, all from one run of Flink."""
    schemas = tmp_path_factory.mktemp("schemas")
    spoilers = {
        "sound": lambda folder: None,
        "bad_sql": _spoil_sql,
        "bad_values": _spoil_values,
        "bad_functions": _spoil_functions,
        "null_metrics": _spoil_metrics,
        "risky": _spoil_risks,
        "batch_only": _spoil_streams,
    }
    for name, spoiler in spoilers.items():
        spoiler(copy_of_clicks(schemas, name))
    write_odd_names(schemas)
    names = [*spoilers, odd_names.STREAM]
    problems = flink_problems(Settings.model_validate({"schemas_dir": schemas}), names)
    return {name: [p for p in problems if p.file.startswith(f"{name}/")] for name in names}


def _spoil_sql(folder: Path) -> None:
    contract = folder / "contract.yaml"
    spoil(contract, "quantity BETWEEN", "quantiti BETWEEN")
    spoil(contract, "unit_price >= 0", "unit_price >= >= 0")
    spoil(contract, "CHAR_LENGTH(country) = 2", "CHAR_LENGTH(country)")
    spoil(folder / "refine.sql", "upper(country)", "upper(quantity)")


def _spoil_values(folder: Path) -> None:
    spoil(folder / "refine.sql", "    session_id,", "    user_id as session_id,")
    spoil(folder / "examples/valid.jsonl", '"quantity": 1000', '"quantity": 1001')
    spoil(folder / "examples/invalid.jsonl", '["event_id_is_uuid"]', '["known_event_type"]')


def _spoil_functions(folder: Path) -> None:
    spoil(folder / "refine.sql", "upper(country) as country", "parse_user_agent(quantity).os as country")
    metrics = folder / "metrics"
    metrics.mkdir()
    for file in SCHEMAS.glob("clicks/metrics/browsers.*"):
        shutil.copy(file, metrics)
    score = "cast(error_rate_score(clicks, clicks, array[cast(0.5 as double)]) as bigint)"
    twice = f"clicks,\n        {score} as `views`,\n        {score} + 1 as purchases\n    from counted"
    spoil(metrics / "browsers.sql", "clicks,\n        `views`,\n        purchases\n    from counted", twice)


def _spoil_streams(folder: Path) -> None:
    spoil(folder / "refine.sql", "    session_id,", "    min(session_id) over (order by unit_price) as session_id,")


def _spoil_metrics(folder: Path) -> None:
    metrics = folder / "metrics"
    metrics.mkdir()
    for file in [*SCHEMAS.glob("clicks/metrics/page_views.*"), *SCHEMAS.glob("clicks/metrics/funnel.*")]:
        shutil.copy(file, metrics)
    spoil(metrics / "page_views.sql", "coalesce(country, 'unknown') as country", "country")
    spoil(metrics / "funnel.sql", "    purchased,\n", "    nullif(purchased, 0) as purchased,\n")


def _spoil_risks(folder: Path) -> None:
    contract = folder / "contract.yaml"
    spoil(contract, "CHAR_LENGTH(country) = 2", "CAST(COALESCE(country, 'none') AS INT) > 0 AND quantity * 2000 > 0")
    metrics = folder / "metrics"
    metrics.mkdir()
    for file in [*SCHEMAS.glob("clicks/metrics/page_views.*"), *SCHEMAS.glob("clicks/metrics/funnel.*")]:
        shutil.copy(file, metrics)
    risky = "cast(session_id as bigint) + 7 / quantity + cast(round(cast(unit_price as double)) as bigint)"
    spoil(metrics / "page_views.sql", "        session_id\n", f"        {risky} as session_id\n")
    guarded = "7 / nullif(quantity, 0) + 9 / 2 + case when quantity <> 0 then 1 / quantity end"
    spoil(metrics / "funnel.sql", "        session_id\n", f"        {guarded} as session_id\n")
    spoil(metrics / "funnel.sql", "    viewed,\n", "    viewed / purchased as viewed,\n")


def test_any_legal_name_works_as_identity_time_key_array_reference_and_metric(found: Found) -> None:
    assert found[odd_names.STREAM] == []


def test_a_sound_contract_has_no_problem(found: Found) -> None:
    assert found["sound"] == []


def test_each_rule_that_does_not_compile_is_named_with_its_place(found: Found) -> None:
    unknown, syntax, no_condition = found["bad_sql"][:3]
    assert unknown.place == "rules.2 (quantity_is_positive) line 1 column 1"
    assert "'quantiti' not found" in unknown.problem
    assert syntax.place == "rules.3 (price_is_not_negative) line 1 column 12"
    assert no_condition.place == "rules.5 (country_is_iso_code)"
    assert "not a condition" in no_condition.problem


def test_a_query_that_does_not_compile_is_named(found: Found) -> None:
    problem = found["bad_sql"][3]
    assert problem.file == "bad_sql/refine.sql"
    assert "UPPER" in problem.problem


def test_a_null_where_silver_allows_none_is_found(found: Found) -> None:
    problem = found["bad_values"][0]
    assert (problem.file, problem.place) == ("bad_values/refine.sql", "session_id")


def test_an_example_that_behaves_otherwise_is_named_with_both_verdicts(found: Found) -> None:
    accepted, refused = found["bad_values"][1:]
    assert (accepted.file, accepted.place) == ("bad_values/examples/valid.jsonl", "line 5")
    assert accepted.problem == "expects silver, but gets dead_letter RULE_VIOLATED [quantity_is_positive]"
    assert (refused.file, refused.place) == ("bad_values/examples/invalid.jsonl", "line 1")
    assert refused.problem.endswith("gets dead_letter RULE_VIOLATED [event_id_is_uuid]")


def test_a_python_function_with_wrong_arguments_is_named(found: Found) -> None:
    problem = found["bad_functions"][0]
    assert problem.file == "bad_functions/refine.sql"
    assert "Data type STRING expected but INT passed" in problem.problem


def test_a_python_function_that_would_run_twice_is_named(found: Found) -> None:
    [problem] = [each for each in found["bad_functions"][1:] if "more than once" in each.problem]
    assert problem.file == "bad_functions/metrics/browsers.sql"
    assert problem.place.startswith("error_rate_score(clicks, clicks, ")


def test_a_null_where_a_metric_allows_none_is_found_in_its_key_and_in_its_figures(found: Found) -> None:
    figure, key = found["null_metrics"]
    assert (figure.file, figure.place) == ("null_metrics/metrics/funnel.sql", "purchased")
    assert (key.file, key.place) == ("null_metrics/metrics/page_views.sql", "country")
    assert key.problem == "may come out null, which page_views.avsc does not allow"


def test_what_can_fail_is_refused_in_a_metric_where_no_record_could_become_a_dead_letter(found: Found) -> None:
    risky = [p for p in found["risky"] if p.file.endswith("page_views.sql")]

    assert [(p.place, p.remedy) for p in risky] == [
        ("CAST of VARCHAR AS BIGINT", "Write TRY_CAST."),
        ("a division (/) of INTEGER", "Use NULLIF(…, 0)."),
        ("ROUND of DOUBLE", "Put it into CASE WHEN value > -1E15 AND value < 1E15 THEN … END."),
    ]


def test_what_is_guarded_is_not_and_a_count_of_some_rows_can_be_zero(found: Found) -> None:
    funnel = [p.place for p in found["risky"] if p.file.endswith("funnel.sql")]

    assert funnel == ["a division (/) of BIGINT"]


def test_a_product_that_can_wrap_around_is_refused_everywhere(found: Found) -> None:
    [wrapping] = [p for p in found["risky"] if "wraps around" in p.problem]

    assert wrapping.place == "rules.5 (country_is_iso_code) INTEGER * INTEGER"
    assert wrapping.remedy == "CAST one to BIGINT."


def test_a_rule_that_fails_for_a_record_without_values_is_refused(found: Found) -> None:
    [nulls] = [p for p in found["risky"] if "fields are all null" in p.problem]

    assert nulls.place == "rules"


def test_a_query_that_no_stream_can_run_is_named_with_its_job(found: Found) -> None:
    [problem] = found["batch_only"]
    assert problem.place == "job refine"
    assert problem.problem.startswith("Table sink 'default_catalog.batch_only.silver' doesn't support consuming update")
    assert "\tat " not in problem.problem
