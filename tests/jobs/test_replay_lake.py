"""A bug in ``refine.sql``, mended: a range is made again in lake and index, beside the live jobs, and proved."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.pipeline import Pipeline, produce, run_tidegate, tidegate
from tests.polling import wait_for
from tests.project import PROJECT
from tests.replays import assert_lettered, assert_proved_by, letters_of
from tests.runbook import blocks
from tests.shell import run_shell
from tidegate.clients.audit import read_actions
from tidegate.clients.kafka_offsets import topic_spans
from tidegate.clients.lake import open_catalog
from tidegate.clients.ledger_some import read_states
from tidegate.clients.opensearch import SearchClient, connect
from tidegate.contracts.load import load_stream
from tidegate.dead_letters.ledger import State
from tidegate.replay.row_range import RowRange
from tidegate.replay.settled import refined_up_to, wait_until_settled
from tidegate.replay.store import load_status
from tidegate.settings import Settings

EVENTS = 2000


class Sent(NamedTuple):
    """Raw offsets of a range by partition, some of duplicates, and the times between which they arrived."""

    spans: dict[int, tuple[int, int]]
    begin: str
    end: str


class Found(NamedTuple):
    """A document."""

    name: str
    document_id: str
    version: int
    country: str
    source: dict[str, Any]


NO_FRENCH = """  - name: no_french
    field: country
    check: "coalesce(country, '') <> 'FR'"
    severity: reject
    description: nobody comes from there
"""


@pytest.fixture(scope="module")
def sent(pipeline: Pipeline) -> Sent:
    """Some clicks, a range of them, and some more: lake and index have rows of them by the code as it was."""
    settings = pipeline.settings
    produce("--count", "200", "--rate", "1000", "--seed", "169")
    spans, times = topic_spans(settings, "raw.clicks"), [_now()]
    produce("--count", str(EVENTS), "--rate", str(EVENTS), "--seed", "170", "--duplicate-ratio", "0.1")
    ends = {number: end for number, (_, end) in topic_spans(settings, "raw.clicks").items()}
    times.append(_now())
    produce("--count", "200", "--rate", "1000", "--seed", "168")
    written = {number: end for number, (_, end) in topic_spans(settings, "raw.clicks").items()}
    wait_for("refine to read them", lambda: refined_up_to(settings, pipeline.clicks) == written)
    wait_until_settled(settings, pipeline.clicks, written, with_index=True)
    return Sent({number: (spans[number][1], end) for number, end in ends.items()}, times[0], times[1])


@pytest.fixture
def mended(pipeline: Pipeline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A reader's own project; the running jobs go on with their contracts."""
    shutil.copytree(pipeline.settings.schemas_dir, tmp_path / "schemas")
    (tmp_path / "flink_jobs").symlink_to(PROJECT / "flink_jobs")
    with monkeypatch.context() as environment:
        environment.setenv("TIDEGATE_SCHEMAS_DIR", str(tmp_path / "schemas"))
        yield tmp_path


def test_a_bug_in_refine_sql_is_mended_as_the_runbook_says_though_the_replay_is_killed(
    pipeline: Pipeline, sent: Sent, mended: Path
) -> None:
    """And a rule that is new takes rows and documents away: each has a dead letter then, and the proof holds."""
    settings, asked = pipeline.settings, sent.spans
    contract = mended / "schemas" / "clicks" / "contract.yaml"
    contract.write_text(contract.read_text().replace("rules:\n", f"rules:\n{NO_FRENCH}", 1))
    before, found = countries(settings), documents(settings, asked)
    assert {place for place in before if within(place, asked)} == found.keys()

    plan, said = follow_the_page(mended, sent, settings)

    after, now = countries(settings), documents(settings, asked)
    gone = before.keys() - after.keys()
    assert f"the index has {len(found):,} of the range now" in said["replay plan"], said
    shown = json.loads(tidegate("replay", "show", plan, "--json"))["status"]
    assert (shown["state"], shown["proof_holds"]) == ("done", True), said
    assert shown["documents"] == {"rows": len(now), "written": len(now), "removed": len(gone)}
    assert_lettered(settings, shown["letters"], gone)
    assert gone and all(within(place, asked) for place in gone)
    assert_accounted(shown["counts"], len(gone))
    kept = {place: country for place, country in after.items() if place in before}
    assert [at for at, country in kept.items() if country != cased(country, within(at, asked))] == []
    assert {place: row.country for place, row in now.items()} == {at: after[at] for at in after if within(at, asked)}
    assert {row.document_id for row in now.values()} < {row.document_id for row in found.values()}
    assert sent_late(settings, [found[place] for place in sorted(now)[:3]]) == [409] * 3
    phases = [action.phase for action in read_actions(settings) if action.plan_id == plan]
    assert phases == ["begun", "begun", "begun", "ended"]
    assert run_tidegate("replay", "run", plan).returncode == 1
    assert_proved_by(plan, asked)


def test_what_was_rejected_comes_back_with_the_rules_of_before(pipeline: Pipeline, sent: Sent) -> None:
    settings, lettered = pipeline.settings, letters_of(pipeline.settings, "no_french")
    plan = planned(sent.spans, "--target", "lake,index")

    assert "The proof holds" in tidegate("replay", "run", plan["plan_id"], "--yes")

    rows = {place: country for place, country in countries(settings).items() if within(place, sent.spans)}
    found = documents(settings, sent.spans)
    assert {place: row.country for place, row in found.items()} == rows
    assert [country for country in rows.values() if country != country.upper()] == []
    assert status_of(plan["plan_id"])["counts"]["now_passed"] > 0
    states = read_states(settings, "clicks")
    assert {states[letter] for letter in lettered} == {State.RESOLVED}
    assert status_of(plan["plan_id"])["letters"] == {"lettered": 0, "resolved": len(lettered), "reopened": 0}
    assert_proved_by(plan["plan_id"], sent.spans)


def assert_accounted(counts: dict[str, int], gone: int) -> None:
    """Each raw record has one verdict, and so many have another one than before."""
    assert counts["now_rejected"] == counts["now_gone"] == gone
    assert counts["passed"] + counts["duplicates"] + counts["rejected"] + counts["dropped"] == counts["raw"]
    assert counts["duplicates"] > 0


def follow_the_page(folder: Path, sent: Sent, settings: Settings) -> tuple[str, dict[str, str]]:
    """Every file and command in order, but for those that stop the job which all tests share."""
    plan, said = "", {}
    for language, file, text in blocks("Walk-through: `refine.sql` had a bug, and yesterday's rows are wrong"):
        if language == "diff":
            change(folder / file, text)
            continue
        for line in text.splitlines():
            if line in ("tidegate stop refine", "tidegate run refine"):
                continue
            begin, end = re.findall(r"20\d\d-\S+Z", line) or ("", "")
            command = line.replace("PLAN", plan).replace(begin or "-", sent.begin if begin else "-")
            command = command.replace(end, sent.end) if end else command
            if command.startswith("tidegate replay run"):
                kill_the_command_when_its_job_runs(settings, plan, "job_id")
                produce("--count", "500", "--rate", "500", "--seed", "171")  # the live jobs go on
                kill_the_command_when_its_job_runs(settings, plan, "index_job_id")
            printed = said[" ".join(command.split()[1:3])] = run_shell(command, folder)
            if found := re.search(r"^Replay (\S+) of", printed, re.MULTILINE):
                plan = found[1]
    return plan, said


def change(file: Path, diff: str) -> None:
    """The lines of a diff, of which each is in the file once."""
    [old], [new] = ([line[1:] for line in diff.splitlines() if line[0] == sign] for sign in "-+")
    assert file.read_text().count(old) == 1
    file.write_text(file.read_text().replace(old, new))


def documents(settings: Settings, spans: dict[int, tuple[int, int]]) -> dict[tuple[int, int], Found]:
    """By place, the documents of the range; one twice is a mistake."""
    client = SearchClient(settings)
    client.refresh("events-clicks")
    body = {"query": RowRange(spans).documents, "size": 10_000, "version": True}
    hits = client.search("events-clicks", body)["hits"]["hits"]
    found = {
        (hit["_source"]["_source_partition"], hit["_source"]["_source_offset"]): Found(
            hit["_index"], hit["_id"], hit["_version"], hit["_source"].get("country") or "-", hit["_source"]
        )
        for hit in hits
    }
    assert len(found) == len(hits)
    return found


def sent_late(settings: Settings, rows: list[Found]) -> list[int]:
    """What OpenSearch answers to documents as the live job sends them: with the time of arrival as their version."""
    lines: list[dict[str, Any]] = []
    for row in rows:
        arrived = datetime.fromisoformat(row.source["_ingested_at"])
        version = {"version": round(arrived.timestamp() * 1000) * 1000, "version_type": "external_gte"}
        lines += [{"index": {"_index": row.name, "_id": row.document_id, **version}}, row.source]
    return [item["index"]["status"] for item in connect(settings).bulk(body=lines)["items"]]


def planned(asked: dict[int, tuple[int, int]], *options: str) -> dict[str, Any]:
    ranges = ",".join(f"{number}:{start}-{end}" for number, (start, end) in asked.items() if start < end)
    plan: dict[str, Any] = json.loads(tidegate("replay", "plan", "clicks", "--offsets", ranges, "--json", *options))
    return plan


def status_of(plan_id: str) -> dict[str, Any]:
    status: dict[str, Any] = json.loads(tidegate("replay", "show", plan_id, "--json"))["status"]
    return status


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


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def cased(country: str, is_mended: bool) -> str:
    return country.lower() if is_mended else country.upper()


def kill_the_command_when_its_job_runs(settings: Settings, plan_id: str, job: str) -> None:
    """kill -9 of ``replay run`` once this one of its Flink jobs is known to be there."""
    command = [sys.executable, "-m", "tidegate", "replay", "run", plan_id, "--yes"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        wait_for("the replay's job", lambda: getattr(load_status(settings, plan_id), job), timeout_s=240)
        assert process.poll() is None, "it was to be killed while it works"
        os.kill(process.pid, signal.SIGKILL)


def test_where_nothing_has_changed_each_row_is_the_same_out_of_raw_and_out_of_bronze(pipeline: Pipeline) -> None:
    """Of orders: one record stands for several rows, which are enriched; the range is one of event times."""
    since = datetime.now(UTC)
    produce("--count", "600", "--rate", "600", "--seed", "172", "--duplicate-ratio", "0.1", dataset="orders")
    ends = {number: end for number, (_, end) in topic_spans(pipeline.settings, "raw.orders").items()}
    orders = load_stream(pipeline.settings.schemas_dir, "orders")
    wait_for("refine to read them", lambda: refined_up_to(pipeline.settings, orders) == ends)
    bounds = ("--event-from", since.isoformat(), "--event-to", (since + timedelta(days=1)).isoformat())
    plan = json.loads(tidegate("replay", "plan", "orders", *bounds, "--json", "--target", "index", "--target", "lake"))
    before = whole_rows(pipeline.settings, "silver.orders")
    found = whole_documents(pipeline.settings, "events-orders", since)

    told = tidegate("replay", "run", plan["plan_id"], "--yes")

    assert plan["overwritten"]["rows"] > 600
    assert "The proof holds" in told, told
    assert whole_rows(pipeline.settings, "silver.orders") == before
    assert whole_documents(pipeline.settings, "events-orders", since) == found
    assert status_of(plan["plan_id"])["documents"]["removed"] == 0
    from_bronze = json.loads(tidegate("replay", "plan", "orders", *bounds, "--source", "bronze", "--json"))
    told = tidegate("replay", "run", from_bronze["plan_id"], "--rate", "400", "--yes")
    assert "Against bronze the range holds" in told, told
    assert "The proof holds" in told, told
    assert whole_rows(pipeline.settings, "silver.orders") == before
    account, of_raw = (status_of(each["plan_id"])["counts"] for each in (from_bronze, plan))
    assert account == of_raw


def test_metrics_that_the_running_job_still_counts_are_refused(pipeline: Pipeline) -> None:
    """The job tells with what its state was begun; drills of days that are closed: ``tests/faults``."""
    now = datetime.now(UTC)
    bounds = ("--event-from", (now - timedelta(hours=1)).isoformat(), "--event-to", now.isoformat())
    refused = run_tidegate("replay", "plan", "clicks", "--target", "metrics", *bounds)
    assert refused.returncode == 1
    assert "it would write over what is made now" in " ".join(refused.stderr.split()), refused.stderr


def whole_documents(settings: Settings, alias: str, since: datetime) -> list[str]:
    client = SearchClient(settings)
    client.refresh(alias)
    arrived = {"range": {"_ingested_at": {"gte": since.isoformat(timespec="milliseconds")}}}
    hits = client.search(alias, {"size": 10_000, "query": arrived})["hits"]["hits"]
    assert len(hits) > 600
    return sorted(f"{hit['_index']}/{hit['_id']} {json.dumps(hit['_source'], sort_keys=True)}" for hit in hits)


def whole_rows(settings: Settings, name: str) -> list[str]:
    rows = open_catalog(settings).load_table(name).scan().to_arrow().to_pylist()
    return sorted(str(row) for row in rows)
