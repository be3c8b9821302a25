"""Tables that jobs write to: Kafka topics, OpenSearch documents."""

import json
from dataclasses import dataclass

from tidegate.avro.types import AvroSchema, columns
from tidegate.contracts import naming
from tidegate.contracts.dataset import Metric, Stream
from tidegate.contracts.envelope import HEADERS, INGESTED_AT, KEY, VALUE
from tidegate.contracts.model import Index
from tidegate.contracts.topics import REQUEST_MAX_BYTES
from tidegate.job_names import METRICS
from tidegate.sql.connections import Connections, Options, prefixed
from tidegate.sql.ddl import column_lines, contract_avro, create
from tidegate.sql.delivery import Delivery
from tidegate.sql.job_sql import Table
from tidegate.sql.platform import Platform

WRITTEN_AT = "_written_at"
"""The record's time stamp, of tables that set it."""
HEADERS_WRITTEN = f"`{HEADERS}` MAP<STRING, BYTES> METADATA FROM 'headers'"
WRITTEN_AT_LINE = f"`{WRITTEN_AT}` TIMESTAMP_LTZ(3) METADATA FROM 'timestamp'"


@dataclass(frozen=True, slots=True)
class Sink:
    """Where and how a Kafka sink writes; ``name`` is the transactional prefix, fixed for the life of the job.

    ``headers`` and ``written_at``: rows bring the record's headers, or its time stamp.
    """

    name: str
    topic: str
    schema: AvroSchema
    key: str | None = None
    headers: bool = False
    written_at: bool = False


def kafka_sink(table: str, sink: Sink, connections: Connections, delivery: Delivery) -> Table:
    """A table whose rows become records of the sink's topic."""
    body = column_lines(columns(sink.schema))
    if sink.headers:
        body.append(HEADERS_WRITTEN)
    if sink.written_at:
        body.append(WRITTEN_AT_LINE)
    options = {
        **_written(sink.name, sink.topic, connections, delivery),
        **contract_avro("value.", sink.schema, connections),
        "value.contract-avro.subject": naming.subject(sink.topic),
    }
    if sink.key:
        options |= {"key.format": "raw", "key.fields": sink.key}
    return create(table, body, options)


def copied_sink(table: str, name: str, topic: str, connections: Connections, delivery: Delivery) -> Table:
    """A table whose rows are records of another topic as they were: key, value, headers and time stamp.

    ``name`` is the transactional prefix.
    """
    options = {
        **_written(name, topic, connections, delivery),
        "key.format": "raw",
        "key.fields": KEY,
        "value.format": "raw",
        "value.fields-include": "EXCEPT_KEY",
    }
    return create(table, [f"`{KEY}` BYTES", f"`{VALUE}` BYTES", HEADERS_WRITTEN, WRITTEN_AT_LINE], options)


def index_sink(stream: Stream, index: Index, platform: Platform, version: int | None = None) -> Table:
    """``documents``: the dataset's documents, one per identity.

    Their versions are when their records arrived, in microseconds since 1970: what is sent again late overwrites
    nothing that came after it. ``version``: one for all of them in its place, above those of what they are to replace.
    """
    options = {
        **_opensearch(stream, platform),
        "index": index.pattern,
        "document-id.fields": ";".join(stream.contract.row_identity),
        "sink.bulk-flush.max-actions": "2000",
        "sink.max-buffered-requests": "6000",
        # The documents of a commit come all at once: what waits is the last request, which nothing will fill.
        "sink.bulk-flush.interval": "200 ms",
        **({"sink.version-column": INGESTED_AT} if version is None else {"sink.version": str(version)}),
    }
    if stream.contract.explode:
        options["dead-letter.row-field"] = stream.contract.explode.position
    return create("documents", column_lines(stream.silver_columns), options)


def metric_topic(metric: Metric, connections: Connections) -> Table:
    """``<metric>_topic``: the newest values of each key, in a compacted topic."""
    options = {
        "connector": "upsert-kafka",
        "topic": metric.topic,
        **prefixed("properties.", connections.kafka),
        "properties.compression.type": "lz4",
        "properties.max.request.size": str(REQUEST_MAX_BYTES),
        "key.format": "json",
        "key.json.timestamp-format.standard": "ISO-8601",
        **contract_avro("value.", metric.schema, connections),
        "value.contract-avro.subject": naming.subject(metric.topic),
    }
    return create(f"{metric.name}_topic", _keyed_lines(metric), options)


def metric_index(stream: Stream, metric: Metric, platform: Platform) -> Table:
    """``<metric>_documents``: one document per key, in the index of its month; later values replace earlier ones."""
    options = {
        **_opensearch(stream, platform),
        "index": naming.index_pattern(metric.index, metric.key[0], "yyyy.MM"),
        "dead-letter.processor": METRICS,
        # A request that was given up may still be carried out: it must not put an older figure over a newer one.
        "sink.version-clock": "true",
    }
    return create(f"{metric.name}_documents", _keyed_lines(metric), options)


def _written(name: str, topic: str, connections: Connections, delivery: Delivery) -> Options:
    return {
        "connector": "kafka",
        "topic": topic,
        **prefixed("properties.", connections.kafka),
        "properties.transaction.timeout.ms": str(delivery.transaction_timeout_s * 1000),
        "properties.compression.type": "lz4",
        "properties.linger.ms": "50",
        "properties.batch.size": str(256 * 1024),
        "properties.max.request.size": str(REQUEST_MAX_BYTES),
        # The client registers some hundred metrics again with every transaction; Flink counts records itself.
        "properties.flink.disable-metrics": "true",
        "sink.delivery-guarantee": delivery.guarantee,
        "sink.transactional-id-prefix": name,
    }


def _opensearch(stream: Stream, platform: Platform) -> Options:
    topic, connections = stream.contract.dead_letter_topic, platform.connections
    return {
        "connector": "opensearch-bulk",
        **connections.opensearch,
        "dead-letter.topic": topic,
        **prefixed("dead-letter.properties.", connections.kafka),
        **prefixed("dead-letter.", connections.registry),
        "dead-letter.subject": naming.subject(topic),
        "dead-letter.schema": json.dumps(platform.dead_letter),
        "dead-letter.dataset": stream.name,
        # Two at a time could overtake each other, which metrics must not, and would be two threads of OpenSearch with
        # a segment each, for a fifth more of its CPU.
        "sink.max-in-flight-requests": "1",
        **connections.opensearch_login,
    }


def _keyed_lines(metric: Metric) -> list[str]:
    key = ", ".join(f"`{name}`" for name in metric.key)
    return [*column_lines(metric.columns), f"PRIMARY KEY ({key}) NOT ENFORCED"]
