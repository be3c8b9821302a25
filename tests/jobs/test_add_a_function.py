"""``docs/add-a-function.md`` as a reader follows it: every file and command, in order, in a folder of its own."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.pipeline import Pipeline, tidegate
from tests.polling import wait_for
from tests.project import PROJECT
from tests.search import buckets
from tests.shell import run_shell
from tests.topics import read_committed
from tidegate.clients.opensearch import SearchClient

pytestmark = pytest.mark.long
ENOUGH = 1000
"""Clicks with a referrer, of the 2,500 that the page has the reader send."""
BLOCK = re.compile(r"^```(\w+) ?(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def readers_folder(pipeline: Pipeline, tmp_path: Path) -> Iterator[Path]:
    """A project of the reader's own beside the running pipeline, which gets its own metrics back at the end."""
    shutil.copytree(PROJECT / "schemas", tmp_path / "schemas")
    shutil.copytree(PROJECT / "flink_jobs", tmp_path / "flink_jobs")
    yield tmp_path
    tidegate("stop", "metrics", "--no-savepoint")
    tidegate("run", "metrics", "--recover-from", "none")


def test_every_step_of_the_page_works(pipeline: Pipeline, readers_folder: Path) -> None:
    printed = ""
    for kind, file, text in BLOCK.findall((PROJECT / "docs" / "add-a-function.md").read_text()):
        if file:
            (readers_folder / file).write_text(text)
        elif kind == "sh":
            printed += run_shell(text, readers_folder)
    assert "All contracts hold" in printed

    def agree() -> bool:
        found = _indexed(pipeline)
        # All of silver is read, so not before; and again, as the last events may not have been there yet.
        return len(found) > 3 and sum(found.values()) > ENOUGH and found == _clicks_by_site(pipeline)

    wait_for("all sites in OpenSearch", agree, timeout_s=120)


def _clicks_by_site(pipeline: Pipeline) -> dict[str, int]:
    """Of all clicks in silver: with a new metric the job begins from nothing, and counts events of any age."""
    clicks: dict[str, int] = {}
    for row in read_committed(pipeline.settings, pipeline.clicks.contract.silver_topic, pipeline.silver):
        if row["referrer"] is not None:
            site = (urlsplit(row["referrer"]).hostname or "unknown").removeprefix("www.")
            clicks[site] = clicks.get(site, 0) + 1
    return clicks


def _indexed(pipeline: Pipeline) -> dict[str, int]:
    by_site = {"terms": {"field": "site", "size": 100}, "aggs": {"clicks": {"sum": {"field": "clicks"}}}}
    found = buckets(SearchClient(pipeline.settings), "metrics-clicks-referring_sites", by_site)
    return {each["key"]: int(each["clicks"]["value"]) for each in found}
