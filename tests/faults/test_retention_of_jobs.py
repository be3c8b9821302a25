"""Retention beside running jobs: what they wrote goes by the contract of clicks, they go on, and content is proved."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.clicks import click
from tests.pipeline import Pipeline, called, prove_window
from tests.topics import send
from tidegate.cli import retention as cli_retention
from tidegate.clients.lake import open_catalog
from tidegate.clients.opensearch import SearchClient

pytestmark = pytest.mark.long
AGES_DAYS = (800, 500, 200, 60, 0)
"""Older than rows, than ``user_id``, than documents, and than ``ip`` are kept; and of today."""


def clicks_of(pipeline: Pipeline, *ages: int) -> tuple[dict[str, int], dict[str, list[int]]]:
    """Sends three clicks of each age; their ages by id, and the window of their offsets."""
    sent = {}
    values = []
    for age in ages * 3:
        record = click(event_time=datetime.now(UTC) - timedelta(days=age))
        sent[record["event_id"]] = age
        values.append(pipeline.framed(record))
    landed = send(pipeline.settings, pipeline.clicks.contract.topic.name, values)
    offsets = [place.offset for place in landed]
    return sent, {str(landed[0].partition): [min(offsets), max(offsets) + 1]}


def rows_of(pipeline: Pipeline, sent: dict[str, int]) -> list[dict[str, Any]]:
    table = open_catalog(pipeline.settings).load_table("silver.clicks")
    return [row for row in table.scan().to_arrow().to_pylist() if row["event_id"] in sent]


def documents_of(pipeline: Pipeline, sent: dict[str, int]) -> dict[str, dict[str, Any]]:
    client = SearchClient(pipeline.settings)
    client.refresh("events-clicks")
    found = client.search("events-clicks", {"query": {"ids": {"values": [*sent]}}, "size": len(sent)})
    return {hit["_id"]: hit["_source"] for hit in found["hits"]["hits"]}


def test_what_jobs_wrote_goes_by_the_contract_and_they_go_on(pipeline: Pipeline) -> None:
    sent, window = clicks_of(pipeline, *AGES_DAYS)
    assert prove_window(window, "--wait", "90")["holds"]
    failures = pipeline.failures()

    result = called(cli_retention.command, "apply", "clicks", "--yes", "--json")

    assert result.exit_code == 0, result.output
    assert {each["place"] for each in json.loads(result.stdout)[0]["done"]} >= {"silver.clicks", "events-clicks"}
    rows = rows_of(pipeline, sent)
    assert sorted(sent[row["event_id"]] for row in rows) == sorted([*AGES_DAYS[1:]] * 3)
    for row in rows:
        age = sent[row["event_id"]]
        assert (row["ip"] is None, row["user_id"] is None) == (age > 30, age > 400), age
        assert row["page_url"] == "/checkout"
    documents = documents_of(pipeline, sent)
    assert sorted(sent[each] for each in documents) == [0] * 3 + [60] * 3
    assert all(("ip" in document) == (sent[each] == 0) for each, document in documents.items())

    proof = prove_window(window, "--recompute")
    assert proof["holds"], proof
    assert [note for note in proof["notes"] if "3 rows of lake silver" in note]
    assert [note for note in proof["notes"] if "personal values that may be gone" in note and "ip before" in note]
    _, later = clicks_of(pipeline, 0, 60)
    assert prove_window(later, "--wait", "90")["holds"]
    assert pipeline.failures() == failures
