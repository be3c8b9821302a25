"""A whole run of generated traffic, with its ledger; several processes are met in tests/stack/test_produce.py."""

import json
from pathlib import Path

import pytest

from producers.generated import run
from producers.generated.generator import Mix, Pace
from producers.generated.run import Options, produce_generated
from tests.broker import Broker
from tests.contracts import SCHEMAS
from tidegate.contracts.dataset import Stream

COUNT = 300


@pytest.fixture(autouse=True)
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "registered_id", lambda *_: 7)


def test_the_summary_counts_what_lies_in_the_topic_and_the_ledger_names_what_is_special(
    broker: Broker, clicks: Stream, tmp_path: Path
) -> None:
    broker.send(clicks.contract.topic.name, [(0, b"before")])
    settings = broker.settings.model_copy(update={"schemas_dir": SCHEMAS})
    ledger = tmp_path / "ledger.jsonl"

    summary = produce_generated(settings, clicks, Mix(bad_ratio=0.1), Pace(0, COUNT), Options(5, 1, ledger))

    assert (summary["sent"], summary["delivered"], summary["failed"]) == (COUNT, COUNT, 0)
    assert sum(end - start for start, end in summary["offsets"].values()) == COUNT
    assert sum(summary["expected"].values()) == COUNT
    *special, last = map(json.loads, ledger.read_text().splitlines())
    assert sum(entry["kind"] == "bad" for entry in special) == sum(each["count"] for each in summary["bad"].values())
    assert (last["kind"], last["sent"]) == ("summary", COUNT)
    assert [path.name for path in tmp_path.iterdir()] == [ledger.name], "the workers' parts are gone"
