"""Metrics counted again from the lake are those of the running job; what the SQL counts no more is gone everywhere."""

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.pipeline import Pipeline, produce, run_tidegate, start_jobs, tidegate
from tests.polling import wait_for
from tidegate.clients.gold import gold_figures
from tidegate.clients.kafka_offsets import OffsetReader, reached, topic_spans
from tidegate.clients.opensearch import SearchClient
from tidegate.contracts.dataset import Metric
from tidegate.settings import get_settings

TODAY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
TOMORROW = TODAY + timedelta(days=1)
TIMES = (int(TODAY.timestamp() * 1000), int(TOMORROW.timestamp() * 1000))
ASKED = ("--target", "metrics", "--event-from", TODAY.isoformat(), "--event-to", TOMORROW.isoformat())


@pytest.fixture
def counted(healthy: Pipeline) -> Pipeline:
    """Clicks that the metrics job has counted."""
    produce("--count", "3000", "--rate", "3000", "--seed", "175")
    silver = healthy.clicks.contract.silver_topic

    for job, topic in (("refine", "raw.clicks"), ("metrics", silver)):
        wait_for(f"{job} to read them", partial(has_read, healthy, job, topic), timeout_s=180)
    healthy.wait_for_checkpoints("metrics", 1)
    return healthy


def has_read(pipeline: Pipeline, job: str, topic: str) -> bool:
    offsets = OffsetReader(pipeline.settings, timeout_s=30)
    positions = offsets.positions(job, "clicks").get(topic, {})
    return reached(offsets.ends(offsets.places([topic])), {(topic, number): at for number, at in positions.items()})


@pytest.fixture
def closed(counted: Pipeline, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pipeline]:
    """The metrics job leaves today alone."""
    tidegate("stop", "metrics")
    with monkeypatch.context() as environment:
        environment.setenv("TIDEGATE_METRICS_SINCE", f"{TOMORROW:%Y-%m-%d}")
        tidegate("run", "metrics", "--recover-from", "none")
    yield counted
    tidegate("stop", "metrics")
    tidegate("run", "metrics", "--recover-from", "none")
    start_jobs(get_settings())


@pytest.mark.long
def test_closed_days_are_counted_again_and_open_ones_refused(
    closed: Pipeline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = ("--event-from", TODAY.isoformat(), "--event-to", (TOMORROW + timedelta(seconds=1)).isoformat())
    refused = run_tidegate("replay", "plan", "clicks", "--target", "metrics", *later)
    assert "it would write over what is made now" in " ".join(refused.stderr.split()), refused.stderr
    before = {metric.name: (figures(closed, metric), documents(closed, metric)) for metric in closed.clicks.metrics}
    assert all(len(keys) for keys, _ in before.values())

    replayed()

    after = {metric.name: (figures(closed, metric), documents(closed, metric)) for metric in closed.clicks.metrics}
    assert [keys.keys() for keys, _ in after.values()] == [keys.keys() for keys, _ in before.values()]
    assert [found for _, found in after.values()] == [found for _, found in before.values()]

    folder = Path(shutil.copytree(closed.settings.schemas_dir, tmp_path / "schemas"))
    file = folder / "clicks" / "metrics" / "page_views.sql"
    file.write_text(file.read_text().replace("event_type = 'view'", "event_type = 'view' and country <> 'DE'"))
    with monkeypatch.context() as environment:
        environment.setenv("TIDEGATE_SCHEMAS_DIR", str(folder))
        replayed()
    (views,) = (metric for metric in closed.clicks.metrics if metric.name == "page_views")
    keys, found = before["page_views"]
    kept = {key for key in keys if key[1] not in ("DE", "unknown")}
    assert figures(closed, views).keys() == kept != keys.keys()
    assert {key for key in documents(closed, views) if key[1] == "DE"} == set()
    assert {key: found[key] for key in kept} == documents(closed, views)


def replayed() -> None:
    plan = json.loads(tidegate("replay", "plan", "clicks", *ASKED, "--json"))
    told = tidegate("replay", "run", plan["plan_id"], "--yes")
    assert "figures of" in told, told


def figures(pipeline: Pipeline, metric: Metric) -> dict[tuple[Any, ...], int]:
    """Where the newest record of each key lies."""
    assert topic_spans(pipeline.settings, metric.topic)
    found = gold_figures(pipeline.settings, metric, TIMES)
    return {tuple(each.columns[name] for name in metric.key): each.offset for each in found}


def documents(pipeline: Pipeline, metric: Metric) -> dict[tuple[Any, ...], dict[str, Any]]:
    search = SearchClient(pipeline.settings)
    search.refresh(metric.index)
    hits = search.search(metric.index, {"size": 10_000})["hits"]["hits"]
    return {tuple(hit["_source"][name] for name in metric.key): hit["_source"] for hit in hits}
