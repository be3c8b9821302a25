"""An access log through the whole pipeline: every request accounted for, searchable under its own date."""

import json

from tests.pipeline import Pipeline, prove_window, tidegate
from tests.project import ACCESS_LOG, ACCESS_LOG_LINES
from tidegate.clients.opensearch import connect


def test_every_request_is_accounted_for_and_searchable_in_2015(pipeline: Pipeline) -> None:
    summary = json.loads(tidegate("produce", "clicks", "--from", str(ACCESS_LOG), "--json"))
    again = json.loads(tidegate("produce", "clicks", "--from", str(ACCESS_LOG), "--json"))
    report = prove_window(summary["offsets"], "--wait", "60")
    assert report["holds"], report
    facts = report["datasets"]["clicks"]
    outcomes = ("silver", "dead_letter", "dropped", "duplicate")
    assert facts["produced"] == sum(facts[outcome] for outcome in outcomes)
    assert facts["produced"] + summary["rejected"] == ACCESS_LOG_LINES
    repeated = prove_window(again["offsets"], "--wait", "60")["datasets"]["clicks"]
    assert (repeated["silver"], repeated["duplicate"]) == (0, facts["silver"] + facts["duplicate"])
    found = connect(pipeline.settings).count(index="events-clicks-2015.05.*")["count"]
    assert found == facts["silver"]
