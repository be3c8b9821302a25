"""A document that OpenSearch refuses is dead-lettered alone, and redriven to the index when the mapping is mended.

Nothing is written to Kafka for that but the ledger, and the document is there once, however often a run dies.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from click.testing import CliRunner
from opensearchpy import OpenSearch

from tests.clicks import click
from tests.pipeline import Pipeline, prove_window
from tests.polling import wait_for
from tests.topics import read_committed, send, wait_for_records
from tidegate.cli.redrive import command
from tidegate.clients.kafka_offsets import topic_spans
from tidegate.clients.ledger import read_ledger
from tidegate.clients.opensearch import connect
from tidegate.dead_letters.ledger import Entry, Outcome, State
from tidegate.redrive.document_run import DocumentRun
from tidegate.redrive.plan import load
from tidegate.settings import Settings

pytestmark = pytest.mark.long

CONFLICT_DAY = datetime(2014, 2, 3, 12, tzinfo=UTC)
INDEX = "events-clicks-2014.02.03"
Letter = dict[str, Any]


@pytest.fixture(scope="module")
def client(pipeline: Pipeline) -> Iterator[OpenSearch]:
    """With an index that takes no currency; at the end it is as its template says, in no other test's way."""
    client = connect(pipeline.settings)
    client.indices.create(
        index=INDEX,
        body={"mappings": {"properties": {"currency": {"type": "integer"}}}},
    )
    yield client
    mend(client)


def test_only_the_refused_document_becomes_a_dead_letter_and_goes_to_the_mended_index_alone(
    pipeline: Pipeline, client: OpenSearch
) -> None:
    settings = pipeline.settings
    refused, accepted, other = click(event_time=CONFLICT_DAY), click(event_time=CONFLICT_DAY, currency=None), click()
    accepted |= {"event_type": "view"}
    landed = send(
        settings,
        "raw.clicks",
        [pipeline.framed(row) for row in (refused, accepted, other)],
    )
    wait_for_records(settings, "silver.clicks", pipeline.silver, {place.offset for place in landed})

    [letter] = wait_for("the refused document's dead letter", partial(letters_of_index, pipeline, landed[0].offset))
    assert letter["error_code"] == "DOCUMENT_REJECTED"
    assert letter["payload_encoding"] == "json"
    assert "currency" in str(letter["error_message"])
    for row, index in ((accepted, INDEX), (other, "events-clicks-*")):
        query = {"query": {"term": {"event_id": row["event_id"]}}}
        wait_for(f"{row['event_id']} in {index}", partial(_is_found, client, index, query))

    plan = planned(letter)
    topics = {topic: topic_spans(settings, topic) for topic in ("raw.clicks", "silver.clicks", "dlq.clicks")}
    refused_again(settings, plan, letter)
    mend(client)
    before_each_step_a_run_dies(pipeline, plan, letter)
    sent_once(client, settings, plan, letter, str(refused["event_id"]))
    assert {topic: topic_spans(settings, topic) for topic in topics} == topics
    the_proof_wants_it_from_now_on(
        client, {str(landed[0].partition): [landed[0].offset, landed[0].offset + 1]}, refused
    )


def planned(letter: Letter) -> str:
    made = typed("plan", "clicks", "--id", str(letter["dead_letter_id"]))
    assert (made["letters"], made["causes"]) == (1, [{"stage": "index", "code": "DOCUMENT_REJECTED", "letters": 1}])
    return str(made["plan"])


def refused_again(settings: Settings, plan: str, letter: Letter) -> None:
    """The dry run says so before; the letter is open, its attempt counted."""
    tried = typed("dry-run", plan)
    assert [(each["verdict"], each["cause"]) for each in tried["counts"]] == [("fails", "index DOCUMENT_REJECTED")]
    assert "currency" in tried["samples"][0]["detail"]

    found = typed("run", plan, "--no-prove")

    assert (found["sent"], found["failed_again"], found["resolved"]) == (1, 1, 0)
    assert found["causes"] == {"index/DOCUMENT_REJECTED": 1}
    entry = entry_of(settings, letter)
    assert (entry.state, entry.attempt) == (State.OPEN, 2)
    assert "currency" in str(entry.reason)


def before_each_step_a_run_dies(pipeline: Pipeline, plan: str, letter: Letter) -> None:
    settings = pipeline.settings
    assert [each["verdict"] for each in typed("dry-run", plan)["counts"]] == ["passes"]
    for at in ("documents", "written", "entries", "commit"):

        def die(step: str, at: str = at) -> None:
            if step == at:
                raise KeyboardInterrupt

        run = DocumentRun(settings, pipeline.clicks, load(settings, plan), "anna", step=die)
        with pytest.raises(KeyboardInterrupt):
            run.carry_out()
        assert entry_of(settings, letter).state is State.OPEN


def sent_once(client: OpenSearch, settings: Settings, plan: str, letter: Letter, event_id: str) -> None:
    """By a run before: the last one finds it, and says so in the ledger."""
    assert [each["verdict"] for each in typed("dry-run", plan)["counts"]] == ["there"]

    found = typed("run", plan, "--no-prove")

    assert (found["sent"], found["resolved"], found["outcomes"]) == (0, 1, {"index": 1})
    entry = entry_of(settings, letter)
    assert (entry.outcome, entry.reason) == (Outcome.INDEX, f"it is {INDEX}/{event_id}")
    held = client.get(index=INDEX, id=event_id)
    assert held["_source"] == json.loads(letter["payload"])
    assert held["_version"] == letter_ms(letter) * 1000
    assert not client.indices.get(index="tidegate-dry-run-*")


def the_proof_wants_it_from_now_on(client: OpenSearch, window: dict[str, list[int]], row: dict[str, Any]) -> None:
    held = client.get(index=INDEX, id=row["event_id"])["_source"]
    assert prove_window(window, "--no-lake")["holds"]
    client.delete(index=INDEX, id=row["event_id"], params={"refresh": "true"})
    assert not prove_window(window, "--no-lake", "--wait", "0")["holds"]
    client.index(index=INDEX, id=row["event_id"], body=held, params={"refresh": "true"})


def letters_of_index(pipeline: Pipeline, offset: int) -> list[Letter]:
    letters = read_committed(pipeline.settings, "dlq.clicks", pipeline.dead_letter)
    return [each for each in letters if each["stage"] == "index" and each["source"]["offset"] == offset]


def letter_ms(letter: Letter) -> int:
    at: datetime = letter["failed_at"]
    return round(at.timestamp() * 1000)


def entry_of(settings: Settings, letter: Letter) -> Entry:
    return read_ledger(settings, "clicks")[str(letter["dead_letter_id"])]


def typed(*arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(CliRunner().invoke(command, [*arguments, "--json"]).stdout)
    return found


def mend(client: OpenSearch) -> None:
    """Makes the index again, with the mapping of its template."""
    hits = client.search(index=INDEX, body={"size": 10})["hits"]["hits"]
    client.indices.delete(index=INDEX)
    for hit in hits:
        client.index(index=INDEX, id=hit["_id"], body=hit["_source"], params={"refresh": "true"})


def _is_found(client: OpenSearch, index: str, query: dict[str, Any]) -> bool:
    return bool(client.count(index=index, body=query)["count"] == 1)
