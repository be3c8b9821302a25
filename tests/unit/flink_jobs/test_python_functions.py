"""Which functions a query names."""

from pathlib import Path

from flink_jobs.python_functions import function_names, named_in

NAMES = ("parse_user_agent", "score")


def test_every_file_is_a_function_with_its_types() -> None:
    assert {"error_rate_score", "parse_user_agent"} <= set(function_names())


def test_files_that_begin_with_an_underscore_are_none(tmp_path: Path) -> None:
    for name in ("__init__.py", "_shared.py", "score.py"):
        (tmp_path / name).touch()

    assert function_names(tmp_path) == ["score"]


def test_calls_are_found_in_any_case_and_spacing() -> None:
    assert named_in(["select Parse_User_Agent (agent) from silver", "select 1"], NAMES) == ["parse_user_agent"]


def test_columns_comments_texts_and_longer_names_are_no_calls() -> None:
    query = """-- score(x)
    select score, my_score(x), 'score(''x'')', /* score(
    x) */ `parse_user_agent` from silver"""

    assert named_in([query], NAMES) == []


def test_without_functions_nothing_is_named() -> None:
    assert named_in(["select f(x)"], ()) == []
