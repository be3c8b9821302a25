"""Producers that do everything wrong: only damaged records, clocks that go wrong, the same events twice at once."""

import json
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.clicks import click
from tests.faults.conftest import StartDrill
from tests.faults.servers import server_process
from tests.pipeline import Pipeline, produce, prove_window, run_tidegate, tidegate
from tests.topics import send, wait_for_records
from tidegate.clients.kafka_offsets import topic_spans
from tidegate.stack import process

GROWTH_MB = 100
LINES = 5000


@pytest.mark.long
def test_nothing_but_poison_takes_no_memory(healthy: Pipeline, start_drill: StartDrill) -> None:
    only_poison = ("--bad-ratio", "1")
    warm = produce("--rate", "2000", "--seconds", "20", *only_poison)
    assert prove_window(warm["offsets"], "--wait", "60")["holds"]
    before = healthy.failures()
    taskmanager = server_process(healthy.settings, "taskmanager")
    before_mb = process.rss_bytes(taskmanager) / 2**20
    drill = start_drill("nothing but poison for 60 s")
    drill.send(*only_poison, seconds=60)
    drill.prove()
    assert healthy.failures() == before
    assert process.rss_bytes(taskmanager) / 2**20 - before_mb < GROWTH_MB


def test_clocks_that_go_wrong_and_partitions_without_events_hold_nothing_up(healthy: Pipeline) -> None:
    """All events go to one partition; the others are idle."""
    now = datetime.now(UTC).replace(microsecond=0)
    minutes = [timedelta(minutes=minutes) for minutes in (-10, 10, 0, -10, 10)]
    events = [click(event_time=now + shift, event_type="view") for shift in minutes * 200]
    events += [click(event_time=now - timedelta(hours=5), event_type="view") for _ in range(20)]
    landed = send(healthy.settings, "raw.clicks", [_framed(healthy, event) for event in events])
    rows = wait_for_records(healthy.settings, "silver.clicks", healthy.silver, {place.offset for place in landed})
    assert Counter(row["event_time"] for row in rows.values()) == Counter(event["event_time"] for event in events)
    spans = topic_spans(healthy.settings, "raw.clicks")
    window = {str(number): [end, end] for number, (_, end) in spans.items()}
    window["0"] = [landed[0].offset, landed[-1].offset + 1]
    report = prove_window(window, "--wait", "60")
    assert report["holds"], report
    assert report["datasets"]["clicks"]["silver"] == len(events)


def test_two_producers_of_the_same_events_leave_each_once(healthy: Pipeline, tmp_path: Path) -> None:
    source = tmp_path / "events.jsonl"
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    with source.open("w") as lines:
        for _ in range(LINES):
            event = click(event_time=now, unit_price="9.99", event_type="view")
            lines.write(json.dumps(event) + "\n")
    summaries: list[dict[str, Any]] = []

    def send_all(number: int) -> None:
        rejects = ("--rejects", str(tmp_path / f"rejects{number}.jsonl"))  # two runs may not share one
        sent = run_tidegate("produce", "clicks", "--from", str(source), "--json", *rejects)
        assert sent.returncode == 0, sent.stderr
        summaries.append(json.loads(sent.stdout))

    threads = [threading.Thread(target=send_all, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    window = {
        number: [
            min(each["offsets"][number][0] for each in summaries),
            max(each["offsets"][number][1] for each in summaries),
        ]
        for number in summaries[0]["offsets"]
    }
    assert [summary["rejected"] for summary in summaries] == [0, 0]
    report = prove_window(window, "--wait", "60")
    assert report["holds"], report
    facts = report["datasets"]["clicks"]
    assert (facts["produced"], facts["silver"], facts["duplicate"]) == (2 * LINES, LINES, LINES)


@pytest.mark.long
def test_a_job_goes_on_at_another_parallelism(
    healthy: Pipeline, start_drill: StartDrill, monkeypatch: pytest.MonkeyPatch
) -> None:
    drill = start_drill("savepoint and restart at parallelism 1 → 2 → 1")
    drill.send()
    for parallelism in ("2", "1"):
        monkeypatch.setenv("TIDEGATE_PARALLELISM", parallelism)
        tidegate("stop", "refine")
        tidegate("run", "refine")
        healthy.wait_for_checkpoints("refine", 2)
    drill.healed()
    drill.prove()


def _framed(pipeline: Pipeline, event: dict[str, Any]) -> bytes:
    return pipeline.framed(event)
