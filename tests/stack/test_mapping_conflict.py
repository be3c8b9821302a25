"""A document that OpenSearch refuses is dead-lettered alone; the others of its bulk are indexed."""

from datetime import UTC, datetime
from functools import partial
from typing import Any

from opensearchpy import OpenSearch

from tests.clicks import click
from tests.pipeline import Pipeline
from tests.polling import wait_for
from tests.topics import read_committed, send, wait_for_records
from tidegate.clients.opensearch import connect

CONFLICT_DAY = datetime(2014, 2, 3, 12, tzinfo=UTC)
INDEX = "events-clicks-2014.02.03"


def test_only_the_refused_document_becomes_a_dead_letter(pipeline: Pipeline) -> None:
    settings = pipeline.settings
    client = connect(settings)
    client.indices.create(
        index=INDEX,
        body={"mappings": {"properties": {"currency": {"type": "integer"}}}},
    )
    refused, accepted, other = click(event_time=CONFLICT_DAY), click(event_time=CONFLICT_DAY, currency=None), click()
    accepted |= {"event_type": "view"}
    landed = send(
        settings,
        "raw.clicks",
        [pipeline.framed(row) for row in (refused, accepted, other)],
    )
    wait_for_records(settings, "silver.clicks", pipeline.silver, {place.offset for place in landed})

    def refusals() -> list[dict[str, object]]:
        letters = read_committed(settings, "dlq.clicks", pipeline.dead_letter)
        return [letter for letter in letters if letter["stage"] == "index"]

    [letter] = wait_for("the refused document's dead letter", refusals)
    source = letter["source"]
    assert isinstance(source, dict)
    assert source["offset"] == landed[0].offset
    assert letter["error_code"] == "DOCUMENT_REJECTED"
    assert letter["payload_encoding"] == "json"
    assert "currency" in str(letter["error_message"])
    for row, index in ((accepted, INDEX), (other, "events-clicks-*")):
        query = {"query": {"term": {"event_id": row["event_id"]}}}
        wait_for(f"{row['event_id']} in {index}", partial(_is_found, client, index, query))
    _mend(client)


def _mend(client: OpenSearch) -> None:
    """Makes the index again, with the mapping of its template, so that it is in no other test's way."""
    hits = client.search(index=INDEX, body={"size": 10})["hits"]["hits"]
    client.indices.delete(index=INDEX)
    for hit in hits:
        client.index(index=INDEX, id=hit["_id"], body=hit["_source"], params={"refresh": "true"})


def _is_found(client: OpenSearch, index: str, query: dict[str, Any]) -> bool:
    return bool(client.count(index=index, body=query)["count"] == 1)
