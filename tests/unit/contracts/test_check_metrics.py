"""Metrics that can't work are refused before they are compiled: by name, by key, by columns."""

import shutil
from pathlib import Path

import pytest

from tests.contracts import SCHEMAS, copy_of_clicks, edit, spoil
from tidegate.avro.types import AvroSchema
from tidegate.contracts.check import read_drafts
from tidegate.contracts.check_metrics import metric_problems

VIEWS = "clicks/metrics/page_views"


@pytest.fixture
def schemas(tmp_path: Path) -> Path:
    """A copy of the contracts to spoil."""
    return Path(shutil.copytree(SCHEMAS, tmp_path / "schemas"))


def problems(schemas: Path) -> list[str]:
    drafts, _ = read_drafts(schemas)
    return [str(problem) for problem in metric_problems(drafts["clicks"], drafts)]


@pytest.mark.parametrize(
    "name",
    ["silver", "silver_records", "browsers_topic", "funnel_documents", "funnel_changes", "Views", "page-views", "1st"],
)
def test_a_name_that_cannot_be_a_table_a_topic_or_an_index_is_refused(schemas: Path, name: str) -> None:
    for suffix in ("avsc", "sql"):
        (schemas / f"{VIEWS}.{suffix}").rename(schemas / f"clicks/metrics/{name}.{suffix}")
    (problem,) = problems(schemas)
    assert problem.startswith(f"clicks/metrics/{name}.sql: file: {name} is ")


@pytest.mark.parametrize("avro", ["double", "bytes", {"type": "array", "items": "string"}, ["null", "string"]])
def test_a_key_without_a_text_of_its_own_is_refused(schemas: Path, avro: object) -> None:
    def change(schema: AvroSchema) -> None:
        next(field for field in schema["fields"] if field["name"] == "country")["type"] = avro

    edit(schemas / f"{VIEWS}.avsc", change)
    (problem,) = problems(schemas)
    assert problem.startswith(f"{VIEWS}.avsc: key.1: country ")


def test_a_key_that_names_a_column_twice_is_refused(schemas: Path) -> None:
    spoil(schemas / f"{VIEWS}.avsc", '"country", "device_family"]', '"country", "device_family", "country"]')
    (problem,) = problems(schemas)
    assert "key.3: country is named twice" in problem


def test_a_query_that_selects_a_column_twice_is_refused(schemas: Path) -> None:
    spoil(
        schemas / f"{VIEWS}.sql", "select\n    `minute`,\n    country,", "select\n    `minute`,\n    country, country,"
    )
    (problem,) = problems(schemas)
    assert "has columns twice: country" in problem


def test_a_name_that_makes_the_lake_table_of_another_datasets_metric_is_refused(schemas: Path) -> None:
    """``clicks`` with ``page_views`` is ``clicks_page`` with ``views``."""
    metrics = copy_of_clicks(schemas, "clicks_page") / "metrics"
    metrics.mkdir()
    for suffix in ("avsc", "sql"):
        shutil.copy(schemas / f"{VIEWS}.{suffix}", metrics / f"views.{suffix}")
    (problem,) = problems(schemas)
    assert problem.startswith(f"{VIEWS}.sql: file: gold.clicks_page_views_changes, its table in the lake, is that of ")
