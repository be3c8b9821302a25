"""Which replays into the lake are known of a dataset: by their tables, once they are published."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyiceberg.exceptions import NoSuchNamespaceError

from tests.unit.clients.strict_catalog import PLACES, StrictCatalog, append, rows
from tidegate.clients import replay_evidence
from tidegate.clients.replay_evidence import REPLAY_ID, REPLAYED_AT, SPANS, about, published_evidence, replay_tables
from tidegate.settings import Settings

SETTINGS = Settings.model_construct()
SIDE = pa.schema([("verdict", pa.string())])


@pytest.fixture
def catalog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StrictCatalog:
    made = StrictCatalog(tmp_path)
    monkeypatch.setattr(replay_evidence, "find_table", lambda _, name: made.tables.get(name))
    made.create("silver.clicks", PLACES)
    return made


def replayed(catalog: StrictCatalog, token: str, dataset: str = "clicks", **properties: str) -> str:
    plan_id = f"20260102t030405-{token}"
    name = f"replays.{dataset}__{plan_id.replace('-', '_')}"
    catalog.create(name, SIDE, properties=about(plan_id, {0: (1, 9)}, {"column": "at"}) | properties)
    return plan_id


def test_the_newest_is_the_first(catalog: StrictCatalog) -> None:
    older, newer = replayed(catalog, "aa", **{REPLAYED_AT: "5"}), replayed(catalog, "bb", **{REPLAYED_AT: "7"})
    found = published_evidence(SETTINGS, catalog, "clicks")
    assert [(each.plan_id, each.replayed_at, each.spans) for each in found] == [
        (newer, 7, {0: (1, 9)}),
        (older, 5, {0: (1, 9)}),
    ]


def test_a_commit_that_was_not_noted_is_found_among_the_snapshots(catalog: StrictCatalog) -> None:
    plan_id = replayed(catalog, "aa")
    assert published_evidence(SETTINGS, catalog, "clicks") == []
    append(catalog, rows([(0, 1)]), **{REPLAY_ID: plan_id})
    append(catalog, rows([(0, 9)]))
    (found,) = published_evidence(SETTINGS, catalog, "clicks")
    committed = catalog.tables["silver.clicks"].metadata.snapshots[0]
    assert (found.plan_id, found.replayed_at) == (plan_id, committed.timestamp_ms)


def test_other_datasets_and_tables_that_say_nothing_are_others(catalog: StrictCatalog) -> None:
    replayed(catalog, "aa", "clicks__more", **{REPLAYED_AT: "5"})
    catalog.create("replays.clicks__20260102t030405_cc", SIDE, properties={REPLAYED_AT: "5"})
    catalog.create("replays.clicks__notes", SIDE, properties={SPANS: "{}", REPLAYED_AT: "5"})
    assert published_evidence(SETTINGS, catalog, "clicks") == []


def test_where_nobody_has_replayed_anything_there_is_no_namespace(
    catalog: StrictCatalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_: Any) -> Any:
        raise NoSuchNamespaceError("replays")

    monkeypatch.setattr(catalog, "list_tables", refused)
    assert published_evidence(SETTINGS, catalog, "clicks") == []


def test_what_is_left_of_a_dataset_is_named_though_it_was_not_published(catalog: StrictCatalog) -> None:
    replayed(catalog, "aa")
    replayed(catalog, "bb", "clicks__more")
    assert replay_tables(SETTINGS, catalog, "clicks") == ["replays.clicks__20260102t030405_aa"]
