"""Each dataset has topics of its own."""

import shutil
from pathlib import Path

import pytest

from tests.contracts import SCHEMAS, spoil
from tidegate.contracts.check_topics import topic_problems
from tidegate.contracts.load import load_drafts


@pytest.fixture
def schemas(tmp_path: Path) -> Path:
    """A copy of the contracts to spoil."""
    return Path(shutil.copytree(SCHEMAS, tmp_path / "schemas"))


def test_the_projects_own_topics_are_apart() -> None:
    drafts = {draft.name: draft for draft in load_drafts(SCHEMAS)}
    assert [topic_problems(draft, drafts) for draft in drafts.values()] == [[]] * len(drafts)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("raw.orders", "raw.orders is a topic of orders"),
        ("raw_orders", "raw_orders differs only by . and _ from raw.orders, which is a topic of orders"),
        ("silver.orders", "silver.orders is a topic of orders"),
        ("gold.orders.sales", "gold.orders.sales is a topic of orders"),
        ("ref.products", "ref.products is a topic of products"),
        ("silver.clicks", "silver.clicks is what the dataset's jobs write"),
        ("dlq_clicks", "dlq_clicks differs only by . and _ from dlq.clicks, which is what the dataset's jobs write"),
        ("silver.orders.v2", "silver.orders.v2 is what a later version of silver of orders is called"),
        ("dropped_clicks.v3", "dropped_clicks.v3 is what a later version of silver of clicks is called"),
        ("..", ".. is no name of a topic"),
    ],
)
def test_a_topic_that_is_anothers_is_refused(schemas: Path, name: str, found: str) -> None:
    spoil(schemas / "clicks/contract.yaml", "name: raw.clicks", f"name: {name}")
    drafts = {draft.name: draft for draft in load_drafts(schemas)}
    (problem,) = topic_problems(drafts["clicks"], drafts)
    assert (problem.place, problem.problem) == ("topic.name", found)


def test_a_later_version_of_silver_is_not_called_like_another_dataset(schemas: Path) -> None:
    shutil.copytree(schemas / "clicks", schemas / "clicks_v2")
    for old, new in (("dataset: clicks", "dataset: clicks_v2"), ("name: raw.clicks", "name: raw.clicks_v2")):
        spoil(schemas / "clicks_v2/contract.yaml", old, new)
    drafts = {draft.name: draft for draft in load_drafts(schemas)}
    assert topic_problems(drafts["clicks"], drafts) == []
    spoil(schemas / "clicks/contract.yaml", "owner:", "silver: {version: 2}\nowner:")
    drafts = {draft.name: draft for draft in load_drafts(schemas)}
    (problem,) = topic_problems(drafts["clicks"], drafts)
    assert problem.place == "silver.version"
    assert problem.problem == "silver.clicks.v2 differs only by . and _ from silver.clicks_v2, a topic of clicks_v2"
