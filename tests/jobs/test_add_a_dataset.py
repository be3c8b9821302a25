"""``docs/add-a-dataset.md`` as a reader follows it: every file and command, in order, in a folder of its own."""

import re
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pipeline import Pipeline, run_tidegate
from tests.polling import wait_for
from tests.project import PROJECT
from tests.search import buckets
from tests.shell import run_shell
from tests.topics import read_committed
from tidegate.clients.kafka_offsets import topic_spans
from tidegate.clients.opensearch import SearchClient
from tidegate.contracts.dataset import Stream
from tidegate.contracts.load import load_stream, stream_datasets
from tidegate.jobs.live import live_jobs
from tidegate.settings import Settings

PAGE = PROJECT / "docs" / "add-a-dataset.md"
ENOUGH = 2000
"""Readings that are counted, of the 2,500 that the page has the reader send."""
BLOCK = re.compile(r"^```(\w+) ?(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def readers_folder(pipeline: Pipeline, tmp_path: Path) -> Iterator[Path]:
    """A project of the reader's own beside the running pipeline, from which its dataset is gone at the end."""
    shutil.copytree(PROJECT / "schemas", tmp_path / "schemas")
    (tmp_path / "flink_jobs").symlink_to(PROJECT / "flink_jobs")
    yield tmp_path
    run_tidegate("remove", "readings", "--yes")


def test_every_step_of_the_page_works(pipeline: Pipeline, readers_folder: Path) -> None:
    printed, before = "", live_jobs(pipeline.settings)
    for kind, file, text in BLOCK.findall(PAGE.read_text().partition("## Items of an array")[0]):
        if file:
            (readers_folder / file).write_text(text)
        elif kind == "sh":
            printed += run_shell(text, readers_folder)
        else:  # the rule that the reader adds at the end of the rules
            contract = readers_folder / "schemas" / "readings" / "contract.yaml"
            contract.write_text(contract.read_text().replace("\nindex:", f"{text}\nindex:"))
    assert "All contracts hold" in printed
    assert "The proof holds: 2,503 events of readings" in " ".join(printed.split())
    assert "metrics-readings-temperature" in printed

    readings = load_stream(readers_folder / "schemas", "readings")
    wanted = _readings_by_sensor(pipeline.settings, readings)  # the proof has waited for all of them
    assert wanted.total() > ENOUGH
    wait_for("the metric in OpenSearch", lambda: _indexed(pipeline.settings) == wanted, timeout_s=120)
    records = topic_spans(pipeline.settings, "gold.readings.temperature")
    assert sum(end for _, end in records.values()) > 0

    (commands,) = [text for _, _, text in BLOCK.findall(PAGE.read_text().partition("## Remove it again")[2])]
    assert "stop refine.readings with a savepoint" in run_shell(commands, readers_folder)
    assert live_jobs(pipeline.settings) == before, "no job of the others was touched"


def test_the_page_lists_every_metric_that_is_shipped() -> None:
    listed = re.findall(r"^\| `(\w+)` \| `(\w+)` \|", PAGE.read_text().partition("## Metrics")[2], re.MULTILINE)
    shipped = [
        (dataset.name, metric.name) for dataset in stream_datasets(PROJECT / "schemas") for metric in dataset.metrics
    ]
    assert sorted(listed) == sorted(shipped)


def _readings_by_sensor(settings: Settings, readings: Stream) -> Counter[str]:
    """Of all rows in silver: where metrics begin from nothing, events of any age count."""
    rows = read_committed(settings, readings.contract.silver_topic, readings.silver)
    return Counter(row["sensor"] for row in rows)


def _indexed(settings: Settings) -> Counter[str]:
    """What the metric says, over all minutes."""
    by_sensor = {"terms": {"field": "sensor"}, "aggs": {"readings": {"sum": {"field": "readings"}}}}
    found = buckets(SearchClient(settings), "metrics-readings-temperature", by_sensor)
    return Counter({each["key"]: int(each["readings"]["value"]) for each in found})
