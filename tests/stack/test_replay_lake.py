"""A bug in ``refine.sql``, mended: a range is made again in the lake, beside the live jobs, and proved."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.pipeline import Pipeline, produce, prove_window, run_tidegate, tidegate
from tests.polling import wait_for
from tidegate.clients.audit import read_actions
from tidegate.clients.kafka_offsets import topic_spans
from tidegate.clients.lake import open_catalog
from tidegate.contracts.load import load_stream
from tidegate.replay.settled import refined_up_to
from tidegate.replay.store import load_status
from tidegate.settings import Settings

EVENTS = 2000
NO_SEARCH = """  - name: no_search
    field: event_type
    check: "event_type <> 'search'"
    severity: reject
    description: nobody searches
"""


@pytest.fixture(scope="module")
def sent(pipeline: Pipeline) -> dict[int, tuple[int, int]]:
    """Raw offsets, some of duplicates, that the lake has rows of by the code as it was."""
    before = topic_spans(pipeline.settings, "raw.clicks")
    produce("--count", str(EVENTS), "--rate", str(EVENTS), "--seed", "170", "--duplicate-ratio", "0.1")
    ends = {number: end for number, (_, end) in topic_spans(pipeline.settings, "raw.clicks").items()}
    wait_for("refine to read them", lambda: refined_up_to(pipeline.settings, pipeline.clicks) == ends)
    return {number: (before[number][1], end) for number, end in ends.items()}


@pytest.fixture
def mended(pipeline: Pipeline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The contracts with another ``refine.sql`` of clicks and one more rule; the running jobs go on with theirs."""
    folder = Path(shutil.copytree(pipeline.settings.schemas_dir, tmp_path / "schemas"))
    file = folder / "clicks" / "refine.sql"
    file.write_text(file.read_text().replace("upper(country) as country", "lower(country) as country"))
    with monkeypatch.context() as environment:
        environment.setenv("TIDEGATE_SCHEMAS_DIR", str(folder))
        yield folder


def test_a_range_is_made_again_by_the_mended_code_and_proved(
    pipeline: Pipeline, sent: dict[int, tuple[int, int]], mended: Path
) -> None:
    asked = middle(sent)
    plan = planned(asked)
    before = countries(pipeline.settings)
    assert plan["events"] == sum(end - start for start, end in asked.values())
    assert plan["overwritten"]["rows"] == len([place for place in before if within(place, asked)])

    kill_the_command_when_its_job_runs(pipeline.settings, plan["plan_id"])
    produce("--count", "500", "--rate", "500", "--seed", "171")  # the live job goes on
    told = tidegate("replay", "run", plan["plan_id"], "--yes")

    assert "The proof holds" in told, told
    after = countries(pipeline.settings)
    assert before.keys() <= after.keys()
    assert not [place for place in after.keys() - before.keys() if within(place, asked)]
    ours = {place: country for place, country in after.items() if within(place, sent)}
    assert [place for place, country in ours.items() if country != cased(country, within(place, asked))] == []
    shown = json.loads(tidegate("replay", "show", plan["plan_id"], "--json"))
    assert shown["status"]["state"] == "done"
    assert shown["status"]["counts"]["now_rejected"] == shown["status"]["counts"]["now_passed"] == 0
    counts = shown["status"]["counts"]
    assert counts["passed"] + counts["duplicates"] + counts["rejected"] + counts["dropped"] == counts["raw"]
    assert counts["duplicates"] > 0
    phases = [action.phase for action in read_actions(pipeline.settings) if action.plan_id == plan["plan_id"]]
    assert phases == ["begun", "begun", "ended"]
    assert run_tidegate("replay", "run", plan["plan_id"]).returncode == 1
    wait_for("the live job to commit what came meanwhile", lambda: len(countries(pipeline.settings)) > len(after) - 1)
    assert prove_window({str(number): [*span] for number, span in sent.items()}, "--no-index")["holds"]


def test_what_new_rules_reject_leaves_the_lake_and_comes_back(
    pipeline: Pipeline, sent: dict[int, tuple[int, int]], mended: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    contract = mended / "clicks" / "contract.yaml"
    contract.write_text(contract.read_text().replace("rules:\n", f"rules:\n{NO_SEARCH}", 1))
    before = countries(pipeline.settings)
    plan = planned(sent)

    told = run_tidegate("replay", "run", plan["plan_id"], "--yes")

    now = countries(pipeline.settings)
    gone = before.keys() - now.keys()
    counts = status_of(plan["plan_id"])["counts"]
    assert gone and counts["now_rejected"] == len(gone)
    assert told.returncode == 1  # the topic of silver has them still
    assert f"{len(gone):,} missing" in told.stdout

    with monkeypatch.context() as environment:
        environment.delenv("TIDEGATE_SCHEMAS_DIR")
        again = planned(sent)
        assert "The proof holds" in tidegate("replay", "run", again["plan_id"], "--yes")
    restored = countries(pipeline.settings)
    assert restored.keys() >= before.keys()
    assert [place for place, country in restored.items() if within(place, sent) and country != country.upper()] == []


def planned(asked: dict[int, tuple[int, int]]) -> dict[str, Any]:
    ranges = ",".join(f"{number}:{start}-{end}" for number, (start, end) in asked.items() if start < end)
    plan: dict[str, Any] = json.loads(tidegate("replay", "plan", "clicks", "--offsets", ranges, "--json"))
    return plan


def status_of(plan_id: str) -> dict[str, Any]:
    status: dict[str, Any] = json.loads(tidegate("replay", "show", plan_id, "--json"))["status"]
    return status


def middle(spans: dict[int, tuple[int, int]]) -> dict[int, tuple[int, int]]:
    """The middle half of each partition, so that files lie across its ends."""
    return {number: (start + (end - start) // 4, end - (end - start) // 4) for number, (start, end) in spans.items()}


def within(place: tuple[int, int], asked: dict[int, tuple[int, int]]) -> bool:
    start, end = asked[place[0]]
    return start <= place[1] < end


def countries(settings: Settings) -> dict[tuple[int, int], str]:
    """By place, the country of each row of the lake, or a dash; a row twice is a mistake."""
    table = open_catalog(settings).load_table("silver.clicks")
    names = ("_source_partition", "_source_offset", "country")
    rows = [tuple(row.values()) for row in table.scan(selected_fields=names).to_arrow().select(names).to_pylist()]
    assert len({row[:2] for row in rows}) == len(rows)
    return {(row[0], row[1]): row[2] or "-" for row in rows}


def cased(country: str, is_mended: bool) -> str:
    return country.lower() if is_mended else country.upper()


def kill_the_command_when_its_job_runs(settings: Settings, plan_id: str) -> None:
    """kill -9 of ``replay run`` once its Flink job is known to be there."""
    command = [sys.executable, "-m", "tidegate", "replay", "run", plan_id, "--yes"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        wait_for("the replay's job", lambda: load_status(settings, plan_id).job_id is not None, timeout_s=240)
        os.kill(process.pid, signal.SIGKILL)


def test_where_nothing_has_changed_each_row_is_the_same_out_of_raw_and_out_of_bronze(pipeline: Pipeline) -> None:
    """Of orders: one record stands for several rows, which are enriched; the range is one of event times."""
    since = datetime.now(UTC)
    produce("--count", "600", "--rate", "600", "--seed", "172", "--duplicate-ratio", "0.1", dataset="orders")
    ends = {number: end for number, (_, end) in topic_spans(pipeline.settings, "raw.orders").items()}
    orders = load_stream(pipeline.settings.schemas_dir, "orders")
    wait_for("refine to read them", lambda: refined_up_to(pipeline.settings, orders) == ends)
    bounds = ("--event-from", since.isoformat(), "--event-to", (since + timedelta(days=1)).isoformat())
    plan = json.loads(tidegate("replay", "plan", "orders", *bounds, "--json"))
    before = whole_rows(pipeline.settings, "silver.orders")

    told = tidegate("replay", "run", plan["plan_id"], "--yes")

    assert plan["overwritten"]["rows"] > 600
    assert "The proof holds" in told, told
    assert whole_rows(pipeline.settings, "silver.orders") == before
    from_bronze = json.loads(tidegate("replay", "plan", "orders", *bounds, "--source", "bronze", "--json"))
    told = tidegate("replay", "run", from_bronze["plan_id"], "--rate", "400", "--yes")
    assert "Against bronze the range holds" in told, told
    assert "The proof holds" in told, told
    assert whole_rows(pipeline.settings, "silver.orders") == before
    account, of_raw = (status_of(each["plan_id"])["counts"] for each in (from_bronze, plan))
    assert account == of_raw


def whole_rows(settings: Settings, name: str) -> list[str]:
    rows = open_catalog(settings).load_table(name).scan().to_arrow().to_pylist()
    return sorted(str(row) for row in rows)
