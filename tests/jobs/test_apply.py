"""A dataset comes, breaks, is mended and goes under the others' traffic: their jobs, lag and proof don't notice."""

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest
import yaml

from tests.contracts import PLATFORM, SCHEMAS, spoil
from tests.pipeline import Pipeline, produce, prove_window, run_tidegate, tidegate
from tests.polling import wait_for
from tidegate.clients.kafka_offsets import topic_spans
from tidegate.clients.kafka_topics import existing_topics
from tidegate.job_names import REFINE
from tidegate.jobs.live import LiveJob, live_jobs
from tidegate.measure.child import Child
from tidegate.measure.lag import LagReader

RATE = 100
"""Enough to show a job that stands still, and few: all that tests behind this one read of clicks is read with it."""
pytestmark = pytest.mark.long
LAG_S = 30
"""Of traffic: a client of Flink that plans a job takes one of two cores for ten seconds."""
SHIPPED = (*PLATFORM, "products", "clicks", "orders", "app_logs")
SAMPLES = "".join(
    json.dumps({"pump_id": f"p-{number}", "read_at": f"2026-11-21T09:00:0{number}Z", "kWh": 1.5 + number}) + "\n"
    for number in range(3)
)


@pytest.fixture
def folder(pipeline: Pipeline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Contracts of a user's own: the shipped ones and, once it is made, that of pumps, of which nothing is left."""
    for name in SHIPPED:
        (tmp_path / "schemas").mkdir(exist_ok=True)
        (tmp_path / "schemas" / name).symlink_to(SCHEMAS / name)
    monkeypatch.setenv("TIDEGATE_SCHEMAS_DIR", str(tmp_path / "schemas"))
    (tmp_path / "pumps.jsonl").write_text(SAMPLES)
    tidegate("contract", "new", "pumps", "--sample", str(tmp_path / "pumps.jsonl"))
    yield tmp_path / "schemas" / "pumps"
    run_tidegate("remove", "pumps", "--purge", "--yes")


@dataclass
class Scene:
    """Clicks under way, and how all stood before pumps came."""

    pipeline: Pipeline
    folder: Path
    traffic: Child
    others: dict[str, LiveJob]
    failures: dict[str, int]
    lag: LagReader
    starts: dict[str, int]
    first: dict[str, LiveJob] = field(default_factory=dict)


@pytest.fixture
def scene(pipeline: Pipeline, folder: Path) -> Iterator[Scene]:
    log = pipeline.settings.home / "logs" / "apply-produce.log"
    starts = ends_of_clicks(pipeline)
    child = Child(pipeline.settings, log, "produce", "clicks", "--rate", str(RATE), "--seconds", "600", "--seed", "161")
    try:
        wait_for("traffic", lambda: ends_of_clicks(pipeline) != starts)
        lag = LagReader(pipeline.settings, pipeline.clicks.contract)
        yield Scene(pipeline, folder, child, others(pipeline), pipeline.failures(), lag, starts)
    finally:
        child.stop()


def ends_of_clicks(pipeline: Pipeline) -> dict[str, int]:
    return {str(number): end for number, (_, end) in topic_spans(pipeline.settings, "raw.clicks").items()}


def others(pipeline: Pipeline) -> dict[str, LiveJob]:
    return {job.name: job for job in live_jobs(pipeline.settings) if "pumps" not in job.fingerprints}


def own(pipeline: Pipeline) -> dict[str, LiveJob]:
    """The jobs of pumps, by their kind."""
    return {job.job: job for job in live_jobs(pipeline.settings) if "pumps" in job.fingerprints}


def test_a_dataset_comes_breaks_is_mended_and_goes_and_no_other_notices(scene: Scene) -> None:
    it_comes(scene)
    it_breaks(scene)
    it_is_mended(scene)
    it_goes(scene)
    no_other_has_noticed(scene)
    nothing_is_left_of_it(scene)


def it_comes(scene: Scene) -> None:
    settings = scene.pipeline.settings
    assert "start refine, lake, index beside what runs" in tidegate("apply", "pumps", "--dry-run")
    assert "raw.pumps" not in existing_topics(settings)
    assert "create topic raw.pumps" in tidegate("apply", "pumps")
    scene.first = own(scene.pipeline)
    assert scene.first.keys() == {"refine", "lake", "index"}
    assert "Nothing to do" in tidegate("apply", "pumps")
    sent = produce("--count", "500", "--rate", "500", dataset="pumps")
    assert prove_window(sent["offsets"], "--wait", "60", dataset="pumps")["holds"]


def it_breaks(scene: Scene) -> None:
    """First so that it can't be read, then so that only the registry can tell; the jobs go on by the last good one."""
    contract, schema = scene.folder / "contract.yaml", scene.folder / "v1.avsc"
    good = {path: path.read_text() for path in (contract, schema)}
    contract.write_text("dataset: [")
    broken = run_tidegate("apply", "pumps", "products")
    assert broken.returncode == 3
    assert re.search(r"^not applied: pumps: ", broken.stderr, re.MULTILINE), broken.stderr
    contract.write_text(good[contract])
    spoil(schema, '"double"', '"long"')
    broken = run_tidegate("apply", "pumps", "--no-jobs", "--json")
    assert json.loads(broken.stdout)["problems"].keys() == {"pumps"}, broken.stdout
    schema.write_text(good[schema])
    assert own(scene.pipeline) == scene.first
    assert "Nothing to do" in tidegate("apply", "pumps")


def it_is_mended(scene: Scene) -> None:
    """A new rule is refine's alone: its job is restarted, lake and index go on."""
    contract = scene.folder / "contract.yaml"
    rule = {"name": "not_zero", "field": "kWh", "check": "kWh > 0", "severity": "reject", "description": "more than 0"}
    contract.write_text(yaml.safe_dump(yaml.safe_load(contract.read_text()) | {"rules": [rule]}, sort_keys=False))
    assert "restart refine.pumps from a savepoint" in tidegate("apply", "pumps")
    again = own(scene.pipeline)
    assert again["refine"].job_id != scene.first["refine"].job_id
    assert (again["lake"], again["index"]) == (scene.first["lake"], scene.first["index"])
    sent = produce("--count", "300", "--rate", "300", "--bad-ratio", "0.1", dataset="pumps")
    report = prove_window(sent["offsets"], "--wait", "60", dataset="pumps")
    assert report["holds"], report
    assert report["datasets"]["pumps"]["dead_letter"] > 0


def it_goes(scene: Scene) -> None:
    assert "raw.pumps" in tidegate("remove", "pumps", "--dry-run")
    tidegate("remove", "pumps", "--yes")
    assert own(scene.pipeline) == {}
    assert "raw.pumps" in existing_topics(scene.pipeline.settings), "what was written stays"


def no_other_has_noticed(scene: Scene) -> None:
    assert others(scene.pipeline) == scene.others, "no job of another dataset was touched"
    assert scene.pipeline.failures() == scene.failures
    lags = scene.lag.lags(scene.lag.raw_ends(), scene.lag.silver_ends())
    assert lags[REFINE] < LAG_S * RATE
    scene.traffic.stop()
    window = {number: [scene.starts[number], end] for number, end in ends_of_clicks(scene.pipeline).items()}
    report = prove_window(window, "--wait", "90")
    assert report["holds"], report


def nothing_is_left_of_it(scene: Scene) -> None:
    """Also where its folder is gone already."""
    shutil.rmtree(scene.folder)
    assert "raw.pumps" in tidegate("remove", "pumps", "--purge", "--yes")
    there = partial(existing_topics, scene.pipeline.settings)
    wait_for("its topics to go", lambda: not [topic for topic in there() if "pumps" in topic])
