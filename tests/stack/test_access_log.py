"""A real access log through the whole pipeline: every request accounted for, searchable under its own date."""

import json
from pathlib import Path

import pytest

from tests.pipeline import Pipeline, prove_window, tidegate
from tidegate.clients.opensearch import connect

LOG = Path("../shared/data/access.log")
REQUESTS = 10_000


@pytest.mark.skipif(not LOG.exists(), reason=f"the real log {LOG} is not part of the project")
def test_ten_thousand_real_requests_are_accounted_for_and_searchable_in_2015(pipeline: Pipeline) -> None:
    summary = json.loads(tidegate("produce", "clicks", "--from", str(LOG), "--json"))
    again = json.loads(tidegate("produce", "clicks", "--from", str(LOG), "--json"))
    report = prove_window(summary["offsets"], "--wait", "60")
    assert report["holds"], report
    facts = report["datasets"]["clicks"]
    outcomes = ("silver", "dead_letter", "dropped", "duplicate")
    assert facts["produced"] == sum(facts[outcome] for outcome in outcomes)
    assert facts["produced"] + summary["rejected"] == REQUESTS
    repeated = prove_window(again["offsets"], "--wait", "60")["datasets"]["clicks"]
    assert (repeated["silver"], repeated["duplicate"]) == (0, facts["silver"] + facts["duplicate"])
    found = connect(pipeline.settings).count(index="events-clicks-2015.05.*")["count"]
    assert found == facts["silver"]
