"""What jobs write to."""

import re
from dataclasses import replace

import pytest

from tests.unit.sql.visits import CONNECTIONS, DELIVERY, METRIC, PLATFORM, SILVER, stream
from tidegate.contracts.dataset import Stream
from tidegate.contracts.model import Index
from tidegate.contracts.topics import REQUEST_MAX_BYTES, plan_topics
from tidegate.sql.delivery import Delivery, Guarantee
from tidegate.sql.job_sql import Table
from tidegate.sql.sinks import WRITTEN_AT_LINE, Sink, copied_sink, index_sink, kafka_sink, metric_index, metric_topic

SINK = Sink("refine-silver-visits", "silver.visits", SILVER)


def options(table: Table) -> dict[str, str]:
    return dict(re.findall(r"^  '([^']+)' = '([^']*)'", table.sql, re.MULTILINE))


@pytest.mark.parametrize("guarantee", ["exactly-once", "at-least-once"])
def test_a_sink_has_the_guarantee_that_is_asked_for(guarantee: Guarantee) -> None:
    found = options(kafka_sink("silver", SINK, CONNECTIONS, Delivery(30, guarantee)))

    assert found["sink.delivery-guarantee"] == guarantee
    assert found["properties.transaction.timeout.ms"] == "30000"
    assert found["sink.transactional-id-prefix"] == "refine-silver-visits"


def test_a_guarantee_changes_nothing_else() -> None:
    exactly, at_least = (
        options(kafka_sink("silver", SINK, CONNECTIONS, Delivery(600, guarantee)))
        for guarantee in ("exactly-once", "at-least-once")
    )

    assert {name for name in exactly if exactly[name] != at_least[name]} == {"sink.delivery-guarantee"}


def test_a_sink_has_a_key_and_headers_only_where_it_is_told() -> None:
    plain = kafka_sink("silver", SINK, CONNECTIONS, DELIVERY)
    full = kafka_sink("silver", replace(SINK, key="id", headers=True), CONNECTIONS, DELIVERY)

    assert "key.fields" not in plain.sql and "_headers" not in plain.sql
    assert options(full)["key.fields"] == "id"
    assert "`_headers` MAP<STRING, BYTES> METADATA FROM 'headers'" in full.sql


def test_a_row_brings_its_time_stamp_only_where_the_sink_is_told() -> None:
    assert "timestamp'" not in kafka_sink("silver", SINK, CONNECTIONS, DELIVERY).sql
    assert WRITTEN_AT_LINE in kafka_sink("silver", replace(SINK, written_at=True), CONNECTIONS, DELIVERY).sql


def test_a_record_of_another_topic_is_written_as_it_was_in_transactions_of_a_name_of_its_own() -> None:
    table = copied_sink("silver_copied", "fill-silver-visits", "silver.visits.v2", CONNECTIONS, DELIVERY)

    found, usual = options(table), options(kafka_sink("silver", SINK, CONNECTIONS, DELIVERY))
    assert (found["key.format"], found["value.format"]) == ("raw", "raw")
    assert (found["sink.transactional-id-prefix"], found["topic"]) == ("fill-silver-visits", "silver.visits.v2")
    alike = {"properties.max.request.size", "sink.delivery-guarantee", "properties.transaction.timeout.ms"}
    assert {name: found[name] for name in alike} == {name: usual[name] for name in alike}


def test_documents_have_the_identity_of_their_rows() -> None:
    table = index_sink(stream(identity=["id", "page"]), Index(pattern="events-visits-{visited_at|yyyy}"), PLATFORM)
    found = options(table)

    assert table.name == "documents"
    assert found["index"] == "events-visits-{visited_at|yyyy}"
    assert found["document-id.fields"] == "id;page"
    assert (found["hosts"], found["username"], found["password"]) == ("https://opensearch:9200", "writer", "secret")


def test_a_document_has_the_time_of_its_records_arrival_as_its_version_or_one_that_is_given() -> None:
    index = Index(pattern="events-visits-{visited_at|yyyy}")
    live, replayed = options(index_sink(stream(), index, PLATFORM)), options(index_sink(stream(), index, PLATFORM, 7))

    assert (live["sink.version-column"], replayed["sink.version"]) == ("_ingested_at", "7")
    assert live.keys() - {"sink.version-column"} == replayed.keys() - {"sink.version"}


def test_what_opensearch_refuses_goes_to_the_datasets_dead_letters() -> None:
    found = options(index_sink(stream(), Index(pattern="events-visits-{visited_at|yyyy}"), PLATFORM))

    assert {name: value for name, value in found.items() if name.startswith("dead-letter.")} == {
        "dead-letter.topic": "dlq.visits",
        "dead-letter.properties.bootstrap.servers": "kafka:9092",
        "dead-letter.registry.url": "http://registry:8080",
        "dead-letter.subject": "dlq.visits-value",
        "dead-letter.schema": found["dead-letter.schema"],
        "dead-letter.dataset": "visits",
    }


def test_the_dead_letter_of_a_row_of_an_exploded_record_says_which_row(orders: Stream) -> None:
    assert orders.contract.index is not None
    found = options(index_sink(orders, orders.contract.index, PLATFORM))

    assert found["dead-letter.row-field"] == "line_number"


def test_a_metric_has_the_same_key_in_both_of_its_sinks() -> None:
    tables = metric_topic(METRIC, CONNECTIONS), metric_index(stream(), METRIC, PLATFORM)

    assert [table.name for table in tables] == ["page_visits_topic", "page_visits_documents"]
    assert all("PRIMARY KEY (`minute`, `page`) NOT ENFORCED" in table.sql for table in tables)
    assert options(tables[0])["topic"] == "gold.visits.page_visits"
    assert options(tables[1])["index"] == "metrics-visits-page_visits-{minute|yyyy.MM}"


def test_figures_have_an_order_and_events_need_none() -> None:
    """A figure is written again and again; an event is the same document each time."""
    events = index_sink(stream(), Index(pattern="events-visits-{visited_at|yyyy}"), PLATFORM)

    assert options(metric_index(stream(), METRIC, PLATFORM))["sink.version-clock"] == "true"
    assert "sink.version-clock" not in options(events)


def test_a_job_sends_what_its_topic_takes(clicks: Stream) -> None:
    """The producer counts before it compresses: random bytes grow by up to a half per cent."""
    tables = kafka_sink("silver", SINK, CONNECTIONS, DELIVERY), metric_topic(METRIC, CONNECTIONS)
    limits = {int(plan.config["max.message.bytes"]) for plan in plan_topics(clicks) if not plan.name.startswith("raw.")}

    assert {int(options(table)["properties.max.request.size"]) for table in tables} == {REQUEST_MAX_BYTES}
    assert min(limits) > REQUEST_MAX_BYTES * 1.005
