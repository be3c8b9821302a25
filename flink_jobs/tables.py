"""From a contract to Flink tables: the only builder of DDL text.

Every function returns one CREATE statement and does nothing else. Names of options are those of the connectors.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from tidegate.avro.types import AvroSchema, Column, columns
from tidegate.contracts.dataset import Metric, Reference, Stream
from tidegate.settings import Settings
from tidegate.sql.rules import text

Options = Mapping[str, str]
Spans = Mapping[int, tuple[int, int]]
PAYLOAD_LIMIT_BYTES = 900 * 1024
"""A dead letter keeps this much of its record; its hash is always of the whole."""

RAW_METADATA = (
    "`_key` BYTES",
    "`_source_topic` STRING METADATA FROM 'topic' VIRTUAL",
    "`_source_partition` INT METADATA FROM 'partition' VIRTUAL",
    "`_source_offset` BIGINT METADATA FROM 'offset' VIRTUAL",
    "`_ingested_at` TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL",
    "`_headers` MAP<STRING, BYTES> METADATA FROM 'headers' VIRTUAL",
)
DECODE_METADATA = (
    "`_error_code` STRING METADATA FROM 'value.error-code' VIRTUAL",
    "`_error_message` STRING METADATA FROM 'value.error-message' VIRTUAL",
    "`_payload` BYTES METADATA FROM 'value.raw' VIRTUAL",
    "`_payload_sha256` STRING METADATA FROM 'value.raw-sha256' VIRTUAL",
    "`_payload_bytes` INT METADATA FROM 'value.raw-length' VIRTUAL",
    "`_schema_id` INT METADATA FROM 'value.schema-id' VIRTUAL",
    "`_proc_time` AS PROCTIME()",
)


@dataclass(frozen=True, slots=True)
class Sink:
    """Where and how a Kafka sink writes; ``name`` is the transactional prefix, fixed for the life of the job."""

    name: str
    topic: str
    schema: AvroSchema
    key: str | None = None
    headers: bool = False


def raw_source(dataset: Stream, settings: Settings, group: str, spans: Spans | None = None) -> str:
    """``raw_records``: the decoded columns, the record's coordinates, and what the decoder says of it.

    ``spans``: only offsets [start, end) by partition, and then the source ends; every partition is named.
    """
    body = [*_column_lines(columns(dataset.latest)), *RAW_METADATA, *DECODE_METADATA]
    options = {
        **_kafka_source(dataset.contract.topic.name, settings, group),
        "key.format": "raw",
        "key.fields": "_key",
        "value.fields-include": "EXCEPT_KEY",
        **_contract_avro("value.", dataset.latest, settings),
        "value.contract-avro.raw.max-bytes": str(PAYLOAD_LIMIT_BYTES),
        **(_bounds(spans) if spans is not None else {}),
    }
    return _create("raw_records", body, options)


def _bounds(spans: Spans) -> Options:
    starts, ends = (
        ";".join(f"partition:{partition},offset:{span[side]}" for partition, span in spans.items()) for side in (0, 1)
    )
    return {
        "scan.startup.mode": "specific-offsets",
        "scan.startup.specific-offsets": starts,
        "scan.bounded.mode": "specific-offsets",
        "scan.bounded.specific-offsets": ends,
    }


def bytes_source(dataset: Stream, settings: Settings, group: str) -> str:
    """``raw_records``: the record's bytes, untouched, with its coordinates."""
    body = ["`_value` BYTES", *RAW_METADATA]
    options = {
        **_kafka_source(dataset.contract.topic.name, settings, group),
        "key.format": "raw",
        "key.fields": "_key",
        "value.format": "raw",
        "value.fields-include": "EXCEPT_KEY",
    }
    return _create("raw_records", body, options)


def silver_source(dataset: Stream, settings: Settings, group: str, table: str = "silver") -> str:
    """The committed silver rows; ``_error_code`` is set where a record is none of ours."""
    schema = dataset.silver
    options = {
        **_kafka_source(dataset.contract.silver_topic, settings, group),
        **_contract_avro("value.", schema, settings),
    }
    body = [*_column_lines(columns(schema)), "`_error_code` STRING METADATA FROM 'value.error-code' VIRTUAL"]
    return _create(table, body, options)


def kafka_sink(table: str, sink: Sink, settings: Settings) -> str:
    """A transactional sink: rows become visible to readers at the next checkpoint."""
    body = _column_lines(columns(sink.schema))
    if sink.headers:
        body.append("`_headers` MAP<STRING, BYTES> METADATA FROM 'headers'")
    options = {
        "connector": "kafka",
        "topic": sink.topic,
        "properties.bootstrap.servers": settings.kafka_bootstrap_servers,
        "properties.transaction.timeout.ms": str(settings.transaction_timeout_s * 1000),
        "properties.compression.type": "lz4",
        "properties.linger.ms": "50",
        "properties.batch.size": str(256 * 1024),
        "properties.max.request.size": str(4 * 1024 * 1024),
        # The client registers some hundred metrics again with every transaction; Flink counts records itself.
        "properties.flink.disable-metrics": "true",
        "sink.delivery-guarantee": "exactly-once",
        "sink.transactional-id-prefix": sink.name,
        **_contract_avro("value.", sink.schema, settings),
        "value.contract-avro.subject": f"{sink.topic}-value",
    }
    if sink.key:
        options |= {"key.format": "raw", "key.fields": sink.key}
    return _create(table, body, options)


def reference_table(reference: Reference, settings: Settings) -> str:
    """``ref_<name>``: all versions of the reference data, answering as of a time."""
    contract = reference.contract
    body = [*_column_lines(columns(reference.latest)), "`_as_of` TIMESTAMP_LTZ(3)"]
    options = {
        "connector": "versioned-kafka",
        "topic": contract.topic.name,
        "properties.bootstrap.servers": settings.kafka_bootstrap_servers,
        "key": contract.identity[0],
        "version-time": contract.event_time.field,
        "as-of": "_as_of",
        **_contract_avro("", reference.latest, settings),
    }
    return _create(f"ref_{reference.name}", body, options)


def index_sink(dataset: Stream, dead_letter: AvroSchema, settings: Settings) -> str:
    """``documents``: the dataset's documents, one per identity."""
    contract = dataset.contract
    if contract.index is None:
        raise ValueError(f"{dataset.name} has no index section")
    options = {
        **_opensearch(dataset, dead_letter, settings),
        "index": contract.index.pattern,
        "document-id.fields": ";".join(contract.row_identity),
        "sink.bulk-flush.max-actions": "2000",
        "sink.max-buffered-requests": "6000",
        # The documents of a commit come all at once: what waits is the last request, which nothing will fill.
        "sink.bulk-flush.interval": "200 ms",
    }
    return _create("documents", _column_lines(columns(dataset.silver)), options)


def metric_topic(metric: Metric, settings: Settings) -> str:
    """``<metric>_topic``: the newest figure of each key, in a compacted topic."""
    options = {
        "connector": "upsert-kafka",
        "topic": metric.topic,
        "properties.bootstrap.servers": settings.kafka_bootstrap_servers,
        "properties.compression.type": "lz4",
        "key.format": "json",
        "key.json.timestamp-format.standard": "ISO-8601",
        **_contract_avro("value.", metric.schema, settings),
        "value.contract-avro.subject": f"{metric.topic}-value",
    }
    return _create(f"{metric.name}_topic", _keyed_lines(metric), options)


def metric_index(dataset: Stream, metric: Metric, dead_letter: AvroSchema, settings: Settings) -> str:
    """``<metric>_documents``: one document per key, in the index of its month; later figures replace earlier ones."""
    options = {
        **_opensearch(dataset, dead_letter, settings),
        "index": f"{metric.index}-{{{metric.key[0]}|yyyy.MM}}",
        "dead-letter.processor": "metrics",
    }
    return _create(f"{metric.name}_documents", _keyed_lines(metric), options)


def lake_catalog(settings: Settings) -> str:
    """Name and options of the Iceberg REST catalog ``lake``, for CREATE CATALOG."""
    secret = settings.s3_secret_key.get_secret_value() if settings.s3_secret_key else ""
    options = {
        "type": "iceberg",
        "catalog-type": "rest",
        "uri": settings.lake_catalog_uri,
        "warehouse": settings.lake_warehouse,
        "io-impl": "org.apache.iceberg.aws.s3.S3FileIO",
        "s3.endpoint": settings.s3_endpoint,
        "s3.path-style-access": "true",
        # Asked for signatures too, SeaweedFS answers with an endpoint of its own, which would replace the settings'.
        "header.X-Iceberg-Access-Delegation": "vended-credentials",
        "client.region": settings.s3_region,
    }
    if settings.s3_access_key:
        options |= {
            "credential": f"{settings.s3_access_key}:{secret}",
            "s3.access-key-id": settings.s3_access_key,
            "s3.secret-access-key": secret,
        }
    return f"lake WITH (\n{_option_lines(options)}\n)"


def bronze_table(dataset: Stream) -> str:
    """``lake.bronze.<dataset>``: the raw bytes and their coordinates, by day of arrival."""
    body = [
        "`_source_topic` STRING",
        "`_source_partition` INT",
        "`_source_offset` BIGINT",
        "`_ingested_at` TIMESTAMP_LTZ(6)",
        "`_key` BYTES",
        "`_headers` MAP<STRING, BYTES>",
        "`_value` BYTES",
    ]
    return _lake_table("bronze", dataset.name, body)


def silver_table(dataset: Stream) -> str:
    """``lake.silver.<dataset>``: the silver rows, by day of the event."""
    body = [f"`{column.name}` {lake_type(column)}" for column in columns(dataset.silver)]
    return _lake_table("silver", dataset.name, body)


def lake_type(column: Column) -> str:
    """The column's type in Iceberg, which knows timestamps in microseconds only."""
    return column.sql_type.replace("TIMESTAMP_LTZ(3)", "TIMESTAMP_LTZ(6)")


def _lake_table(layer: str, name: str, body: list[str]) -> str:
    parts = ("year", "month", "day")
    lines = ",\n".join(f"  {line}" for line in (*body, *(f"`{part}` INT" for part in parts)))
    options = {
        "format-version": "2",
        "write.format.default": "parquet",
        "write.parquet.compression-codec": "zstd",
        "write.distribution-mode": "none",
        "write.metadata.delete-after-commit.enabled": "true",
        "write.metadata.previous-versions-max": "20",
    }
    return (
        f"CREATE TABLE IF NOT EXISTS lake.`{layer}`.`{name}` (\n{lines}\n)\n"
        f"PARTITIONED BY (`year`, `month`, `day`) WITH (\n{_option_lines(options)}\n)"
    )


def _kafka_source(topic: str, settings: Settings, group: str) -> Options:
    return {
        "connector": "kafka",
        "topic": topic,
        "properties.bootstrap.servers": settings.kafka_bootstrap_servers,
        "properties.group.id": group,
        "properties.isolation.level": "read_committed",
        "properties.max.partition.fetch.bytes": str(16 * 1024 * 1024),
        "properties.fetch.max.bytes": str(64 * 1024 * 1024),
        "properties.max.poll.records": "5000",
        "scan.startup.mode": "earliest-offset",
        "scan.topic-partition-discovery.interval": "1 min",
    }


def _contract_avro(prefix: str, schema: AvroSchema, settings: Settings) -> Options:
    return {
        f"{prefix}format": "contract-avro",
        f"{prefix}contract-avro.registry.url": settings.registry_url,
        f"{prefix}contract-avro.schema": json.dumps(schema),
    }


def _opensearch(dataset: Stream, dead_letter: AvroSchema, settings: Settings) -> Options:
    topic = dataset.contract.dead_letter_topic
    options = {
        "connector": "opensearch-bulk",
        "hosts": settings.opensearch_url,
        "dead-letter.topic": topic,
        "dead-letter.properties.bootstrap.servers": settings.kafka_bootstrap_servers,
        "dead-letter.registry.url": settings.registry_url,
        "dead-letter.subject": f"{topic}-value",
        "dead-letter.schema": json.dumps(dead_letter),
        "dead-letter.dataset": dataset.name,
        # Two at a time could overtake each other, which figures must not, and would be two threads of OpenSearch with
        # a segment each, for a fifth more of its CPU.
        "sink.max-in-flight-requests": "1",
    }
    if settings.opensearch_user and settings.opensearch_password:
        options["username"] = settings.opensearch_user
        options["password"] = settings.opensearch_password.get_secret_value()
    return options


def _keyed_lines(metric: Metric) -> list[str]:
    key = ", ".join(f"`{name}`" for name in metric.key)
    return [*_column_lines(columns(metric.schema)), f"PRIMARY KEY ({key}) NOT ENFORCED"]


def _column_lines(table_columns: list[Column]) -> list[str]:
    return [f"`{column.name}` {column.sql_type}" for column in table_columns]


def _create(name: str, body: list[str], options: Options) -> str:
    lines = ",\n".join(f"  {line}" for line in body)
    return f"CREATE TEMPORARY TABLE `{name}` (\n{lines}\n) WITH (\n{_option_lines(options)}\n)"


def _option_lines(options: Options) -> str:
    return ",\n".join(f"  '{key}' = {text(value)}" for key, value in options.items())
