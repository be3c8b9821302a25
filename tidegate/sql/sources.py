"""Tables that jobs read: raw records decoded or as bytes, committed silver rows, reference data as of a time."""

from dataclasses import dataclass, replace

from tidegate.avro.types import AvroSchema
from tidegate.contracts.dataset import Reference, Stream
from tidegate.contracts.envelope import (
    HEADERS,
    INGESTED_AT,
    KEY,
    RESCUED,
    SCHEMA_ID,
    SOURCE_OFFSET,
    SOURCE_PARTITION,
    SOURCE_TOPIC,
    VALUE,
)
from tidegate.contracts.json_topics import unknown_fields
from tidegate.contracts.naming import lake_table
from tidegate.contracts.topics import DERIVED_MAX_BYTES
from tidegate.dead_letters.record import PAYLOAD_LIMIT_BYTES
from tidegate.sql.connections import Connections, Options, prefixed
from tidegate.sql.ddl import column_lines, contract_avro, contract_json, create, kafka_source, lake_catalog_options
from tidegate.sql.job_sql import Table
from tidegate.sql.scope import Spans

RAW_METADATA = (
    f"`{KEY}` BYTES",
    f"`{SOURCE_TOPIC}` STRING METADATA FROM 'topic' VIRTUAL",
    f"`{SOURCE_PARTITION}` INT METADATA FROM 'partition' VIRTUAL",
    f"`{SOURCE_OFFSET}` BIGINT METADATA FROM 'offset' VIRTUAL",
    f"`{INGESTED_AT}` TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL",
    f"`{HEADERS}` MAP<STRING, BYTES> METADATA FROM 'headers' VIRTUAL",
)
ERROR_CODE = "`_error_code` STRING METADATA FROM 'value.error-code' VIRTUAL"
DECODE_METADATA = (
    ERROR_CODE,
    "`_error_message` STRING METADATA FROM 'value.error-message' VIRTUAL",
    "`_payload` BYTES METADATA FROM 'value.raw' VIRTUAL",
    "`_payload_sha256` STRING METADATA FROM 'value.raw-sha256' VIRTUAL",
    "`_payload_bytes` INT METADATA FROM 'value.raw-length' VIRTUAL",
    f"`{SCHEMA_ID}` INT METADATA FROM 'value.schema-id' VIRTUAL",
    "`_proc_time` AS PROCTIME()",
)
RESCUED_METADATA = f"`{RESCUED}` STRING METADATA FROM 'value.rescued' VIRTUAL"
SILVER_METADATA = (
    ERROR_CODE,
    "`_error_message` STRING METADATA FROM 'value.error-message' VIRTUAL",
    "`_silver_topic` STRING METADATA FROM 'topic' VIRTUAL",
    "`_silver_partition` INT METADATA FROM 'partition' VIRTUAL",
    "`_silver_offset` BIGINT METADATA FROM 'offset' VIRTUAL",
    "`_silver_time` TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL",
    "`_silver_headers` MAP<STRING, BYTES> METADATA FROM 'headers' VIRTUAL",
    "`_silver_value` BYTES METADATA FROM 'value.raw' VIRTUAL",
    "`_silver_sha256` STRING METADATA FROM 'value.raw-sha256' VIRTUAL",
    "`_silver_bytes` INT METADATA FROM 'value.raw-length' VIRTUAL",
    "`_silver_schema_id` INT METADATA FROM 'value.schema-id' VIRTUAL",
)
"""Of the record in the silver topic; the row's own columns say where its raw record lies."""
COPIED_METADATA = (
    f"`{VALUE}` BYTES METADATA FROM 'value.raw' VIRTUAL",
    f"`{HEADERS}` MAP<STRING, BYTES> METADATA FROM 'headers' VIRTUAL",
    "`_appended_at` TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL",
)
_VERSIONS_KEPT_HOURS = 168
"""At least so long after its arrival a version is kept that is not the newest, though Kafka might remove it earlier."""
SCHEMA_ID_HEADERS = {"properties.interceptor.classes": "io.tidegate.connectors.avro.SchemaIdHeaders"}
"""Lets the decoder see the header in which a record of somebody else may name its schema."""
_KEY_OPTIONS = {"key.format": "raw", "key.fields": KEY}


@dataclass(frozen=True, slots=True)
class Copied:
    """Records of a topic: those at the offsets of ``spans``, of which every partition is named.

    ``place``: the fields of ``schema`` that say where the raw record is: partition, and offset.
    """

    topic: str
    schema: AvroSchema
    place: tuple[str, str]
    spans: Spans


def raw_source(stream: Stream, connections: Connections, group: str, spans: Spans | None = None) -> Table:
    """``raw_records``: the decoded columns, the record's coordinates, and what the decoder says of it.

    ``spans``: only these offsets, and then the source ends; every partition is named.
    """
    options = {
        **kafka_source(stream.contract.topic.name, connections, group),
        **SCHEMA_ID_HEADERS,
        **_KEY_OPTIONS,
        "value.fields-include": "EXCEPT_KEY",
        **_raw_format("value.", stream, connections),
        **(_bounds(spans) if spans is not None else {}),
    }
    return resumable("raw_records", _raw_body(stream), options)


def bronze_source(stream: Stream, connections: Connections, spans: Spans) -> Table:
    """``raw_records`` as :func:`raw_source` has them of these offsets, out of the bytes that the lake has kept."""
    options = {
        "connector": "bronze",
        "table": lake_table("bronze", stream.name),
        "spans": ";".join(f"{partition}:{start}-{end}" for partition, (start, end) in spans.items()),
        **prefixed("lake.", lake_catalog_options(connections.lake_catalog)),
        **_raw_format("value.", stream, connections),
    }
    return create("raw_records", _raw_body(stream), options)


def bytes_source(stream: Stream, connections: Connections, group: str) -> Table:
    """``raw_records``: the record's bytes, untouched, with its coordinates."""
    options = {
        **kafka_source(stream.contract.topic.name, connections, group),
        **_KEY_OPTIONS,
        "value.format": "raw",
        "value.fields-include": "EXCEPT_KEY",
    }
    return resumable("raw_records", [f"`{VALUE}` BYTES", *RAW_METADATA], options)


def silver_source(stream: Stream, connections: Connections, group: str, table: str = "silver") -> Table:
    """The committed silver rows of the contract's version; ``_error_code`` is set where one can not be read, beside
    what a dead letter needs.
    """
    options = {
        **kafka_source(stream.contract.silver_topic, connections, group),
        **contract_avro("value.", stream.silver, connections),
        # As much as the topic takes: a row may be larger than the raw record.
        "value.contract-avro.max-record-bytes": str(DERIVED_MAX_BYTES),
        "value.contract-avro.raw.max-bytes": str(PAYLOAD_LIMIT_BYTES),
    }
    made = resumable(table, [*column_lines(stream.silver_columns), *SILVER_METADATA], options)
    return replace(made, version=stream.contract.silver_version)


def copied_source(table: str, read: Copied, connections: Connections, group: str) -> Table:
    """Records of a topic of rows as they are, for :func:`~tidegate.sql.sinks.copied_sink`, and where their raw one is.

    It ends with the last offset of its spans. ``_error_code`` is set where it can't be read of which raw record one is:
    nothing else of it has to be readable.
    """
    fields = [field for field in read.schema["fields"] if field["name"] in read.place]
    options = {
        **kafka_source(read.topic, connections, group),
        **_KEY_OPTIONS,
        "value.fields-include": "EXCEPT_KEY",
        **contract_avro("value.", {**read.schema, "fields": fields}, connections),
        "value.contract-avro.max-record-bytes": str(DERIVED_MAX_BYTES),
        "value.contract-avro.raw.max-bytes": str(DERIVED_MAX_BYTES),
        **_bounds(read.spans),
    }
    columns = [f"`{KEY}` BYTES", f"`{read.place[0]}` INT", f"`{read.place[1]}` BIGINT"]
    return create(table, [*columns, *COPIED_METADATA, ERROR_CODE], options)


def reference_table(reference: Reference, connections: Connections) -> Table:
    """``ref_<name>``: all versions of the reference data, answering as of a time."""
    contract = reference.contract
    options = {
        "connector": "versioned-kafka",
        "topic": contract.topic.name,
        **prefixed("properties.", connections.kafka),
        **SCHEMA_ID_HEADERS,
        "key": reference.key,
        "version-time": contract.event_time.field,
        "as-of": "_as_of",
        "lookup.versions-kept": f"{max(contract.topic.min_compaction_lag_hours, _VERSIONS_KEPT_HOURS)} h",
        **contract_avro("", reference.latest, connections),
    }
    body = [*column_lines(reference.raw_columns), "`_as_of` TIMESTAMP_LTZ(3)"]
    return create(f"ref_{reference.name}", body, options)


def _raw_body(stream: Stream) -> list[str]:
    body = [*column_lines(stream.raw_columns), *RAW_METADATA, *DECODE_METADATA]
    return [*body, RESCUED_METADATA] if stream.contract.rescues else body


def _raw_format(prefix: str, dataset: Stream, connections: Connections) -> Options:
    """Options of the format that the dataset's raw records are written in."""
    contract = dataset.contract
    limit = {f"{prefix}contract-{contract.topic.format}.raw.max-bytes": str(PAYLOAD_LIMIT_BYTES)}
    if contract.is_json:
        return {**contract_json(prefix, dataset.latest, unknown_fields(contract)), **limit}
    return {**contract_avro(prefix, dataset.latest, connections), **limit}


def resumable(name: str, body: list[str], options: Options) -> Table:
    """A table of :func:`kafka_source`; a partition of which no offset is committed is read from its beginning."""
    committed = {"scan.startup.mode": "group-offsets", "properties.auto.offset.reset": "earliest"}
    return replace(create(name, body, options), resumed=create(name, body, {**options, **committed}).sql)


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
