SET 'state.backend.type' = 'rocksdb'
;

SET 'execution.checkpointing.incremental' = 'true'
;

SET 'state.backend.rocksdb.use-bloom-filter' = 'true'
;

SET 'state.backend.rocksdb.memory.high-prio-pool-ratio' = '0.5'
;

SET 'state.backend.rocksdb.block.blocksize' = '32kb'
;

SET 'state.backend.rocksdb.compaction.level.target-file-size-base' = '8mb'
;

SET 'state.backend.rocksdb.compaction.style' = 'UNIVERSAL'
;

SET 'state.backend.rocksdb.compression.per.level' = 'LZ4_COMPRESSION'
;

SET 'table.exec.state.ttl' = '3600000 ms'
;

CREATE TEMPORARY TABLE `raw_records` (
  `log_id` STRING,
  `event_time` TIMESTAMP_LTZ(3),
  `severity_number` INT,
  `severity_text` STRING,
  `body` STRING,
  `service_name` STRING,
  `host_name` STRING,
  `trace_id` STRING,
  `span_id` STRING,
  `duration_ms` DOUBLE,
  `status_code` INT,
  `attributes` MAP<STRING, STRING>,
  `_key` BYTES,
  `_source_topic` STRING METADATA FROM 'topic' VIRTUAL,
  `_source_partition` INT METADATA FROM 'partition' VIRTUAL,
  `_source_offset` BIGINT METADATA FROM 'offset' VIRTUAL,
  `_ingested_at` TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL,
  `_headers` MAP<STRING, BYTES> METADATA FROM 'headers' VIRTUAL,
  `_error_code` STRING METADATA FROM 'value.error-code' VIRTUAL,
  `_error_message` STRING METADATA FROM 'value.error-message' VIRTUAL,
  `_payload` BYTES METADATA FROM 'value.raw' VIRTUAL,
  `_payload_sha256` STRING METADATA FROM 'value.raw-sha256' VIRTUAL,
  `_payload_bytes` INT METADATA FROM 'value.raw-length' VIRTUAL,
  `_schema_id` INT METADATA FROM 'value.schema-id' VIRTUAL,
  `_proc_time` AS PROCTIME()
) WITH (
  'connector' = 'kafka',
  'topic' = 'raw.app_logs',
  'properties.bootstrap.servers' = 'kafka:9092',
  'properties.group.id' = 'tidegate-replay-app_logs',
  'properties.isolation.level' = 'read_committed',
  'properties.max.partition.fetch.bytes' = '16777216',
  'properties.fetch.max.bytes' = '67108864',
  'properties.max.poll.records' = '5000',
  'scan.startup.mode' = 'specific-offsets',
  'scan.topic-partition-discovery.interval' = '1 min',
  'properties.interceptor.classes' = 'io.tidegate.connectors.avro.SchemaIdHeaders',
  'key.format' = 'raw',
  'key.fields' = '_key',
  'value.fields-include' = 'EXCEPT_KEY',
  'value.format' = 'contract-avro',
  'value.contract-avro.registry.url' = 'http://registry:8080/apis/ccompat/v7',
  'value.contract-avro.schema' = '{"type": "record", "name": "AppLog", "namespace": "tidegate.app_logs", "doc": "One log record of a service; names follow OpenTelemetry''s log data model.", "fields": [{"name": "log_id", "type": "string", "doc": "UUID of the record, given by the shipper"}, {"name": "event_time", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "when the service logged it, UTC (OpenTelemetry: Timestamp)"}, {"name": "severity_number", "type": "int", "doc": "1 to 24: trace 1-4, debug 5-8, info 9-12, warn 13-16, error 17-20, fatal 21-24"}, {"name": "severity_text", "type": "string", "doc": "the level as the service calls it"}, {"name": "body", "type": "string", "doc": "the message, with its stack trace"}, {"name": "service_name", "type": "string", "doc": "which service"}, {"name": "host_name", "type": ["null", "string"], "default": null, "doc": "which machine"}, {"name": "trace_id", "type": ["null", "string"], "default": null, "doc": "32 hexadecimal digits"}, {"name": "span_id", "type": ["null", "string"], "default": null, "doc": "16 hexadecimal digits"}, {"name": "duration_ms", "type": ["null", "double"], "default": null, "doc": "how long the logged request took"}, {"name": "status_code", "type": ["null", "int"], "default": null, "doc": "HTTP status of the logged request"}, {"name": "attributes", "type": {"type": "map", "values": "string"}, "default": {}, "doc": "anything else, by OpenTelemetry''s names where it has one"}]}',
  'value.contract-avro.raw.max-bytes' = '921600',
  'scan.startup.specific-offsets' = 'partition:0,offset:7;partition:1,offset:0;partition:2,offset:3;partition:3,offset:0',
  'scan.bounded.mode' = 'specific-offsets',
  'scan.bounded.specific-offsets' = 'partition:0,offset:8;partition:1,offset:0;partition:2,offset:1001;partition:3,offset:0'
)
;

CREATE TEMPORARY TABLE `dead_letters` (
  `dead_letter_id` STRING,
  `failed_at` TIMESTAMP_LTZ(3),
  `first_failed_at` TIMESTAMP_LTZ(3),
  `dataset` STRING,
  `stage` STRING,
  `error_code` STRING,
  `error_message` STRING,
  `violations` ARRAY<ROW<`rule` STRING, `field` STRING, `message` STRING>>,
  `retryable` BOOLEAN,
  `attempt` INT,
  `processor` ROW<`name` STRING, `version` STRING, `job_id` STRING>,
  `contract` ROW<`subject` STRING, `schema_id` INT>,
  `source` ROW<`topic` STRING, `partition` INT, `offset` BIGINT, `timestamp` TIMESTAMP_LTZ(3), `key` BYTES, `headers` MAP<STRING, BYTES>, `row` BIGINT>,
  `source_file` ROW<`uri` STRING, `row` BIGINT, `checksum` STRING>,
  `payload` BYTES,
  `payload_encoding` STRING,
  `payload_sha256` STRING,
  `payload_truncated` BOOLEAN,
  `replay_id` STRING,
  `_headers` MAP<STRING, BYTES> METADATA FROM 'headers'
) WITH (
  'connector' = 'kafka',
  'topic' = 'dlq.app_logs',
  'properties.bootstrap.servers' = 'kafka:9092',
  'properties.transaction.timeout.ms' = '600000',
  'properties.compression.type' = 'lz4',
  'properties.linger.ms' = '50',
  'properties.batch.size' = '262144',
  'properties.max.request.size' = '8323072',
  'properties.flink.disable-metrics' = 'true',
  'sink.delivery-guarantee' = 'exactly-once',
  'sink.transactional-id-prefix' = 'replay-dlq-app_logs',
  'value.format' = 'contract-avro',
  'value.contract-avro.registry.url' = 'http://registry:8080/apis/ccompat/v7',
  'value.contract-avro.schema' = '{"type": "record", "name": "DeadLetter", "namespace": "tidegate", "doc": "A record that did not fit its contract: its cause, its coordinates and its original bytes.", "fields": [{"name": "dead_letter_id", "type": "string", "doc": "first 32 hex digits of SHA-256 over topic/partition/offset/stage, and /row where source has one"}, {"name": "failed_at", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "when this attempt failed, UTC"}, {"name": "first_failed_at", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "when the first attempt failed, UTC"}, {"name": "dataset", "type": "string"}, {"name": "stage", "type": "string", "doc": "decode, contract, rule, enrich, index, lake or file"}, {"name": "error_code", "type": "string", "doc": "closed list in docs/dead-letters.md"}, {"name": "error_message", "type": "string"}, {"name": "violations", "type": {"type": "array", "items": {"type": "record", "name": "Violation", "fields": [{"name": "rule", "type": "string"}, {"name": "field", "type": "string"}, {"name": "message", "type": "string"}]}}, "default": [], "doc": "every rule the record breaks"}, {"name": "retryable", "type": "boolean", "doc": "true if the same bytes may pass later"}, {"name": "attempt", "type": "int", "doc": "1 for the first"}, {"name": "processor", "type": {"type": "record", "name": "Processor", "fields": [{"name": "name", "type": "string"}, {"name": "version", "type": "string"}, {"name": "job_id", "type": ["null", "string"], "default": null}]}}, {"name": "contract", "type": {"type": "record", "name": "ContractRef", "fields": [{"name": "subject", "type": "string"}, {"name": "schema_id", "type": ["null", "int"], "default": null, "doc": "id found in the record, if any"}]}}, {"name": "source", "type": ["null", {"type": "record", "name": "Source", "fields": [{"name": "topic", "type": "string"}, {"name": "partition", "type": "int"}, {"name": "offset", "type": "long"}, {"name": "timestamp", "type": {"type": "long", "logicalType": "timestamp-millis"}}, {"name": "key", "type": ["null", "bytes"], "default": null}, {"name": "headers", "type": {"type": "map", "values": ["null", "bytes"]}, "default": {}}, {"name": "row", "type": ["null", "long"], "default": null, "doc": "number of the row of an exploded event"}]}], "default": null, "doc": "coordinates of a record from a topic"}, {"name": "source_file", "type": ["null", {"type": "record", "name": "SourceFile", "fields": [{"name": "uri", "type": "string"}, {"name": "row", "type": "long"}, {"name": "checksum", "type": "string"}]}], "default": null, "doc": "coordinates of a record from a file"}, {"name": "payload", "type": ["null", "bytes"], "default": null, "doc": "the original bytes, never re-encoded"}, {"name": "payload_encoding", "type": "string", "doc": "avro-confluent or json"}, {"name": "payload_sha256", "type": ["null", "string"], "default": null, "doc": "of the whole payload, also where it was truncated"}, {"name": "payload_truncated", "type": "boolean"}, {"name": "replay_id", "type": ["null", "string"], "default": null, "doc": "the replay this attempt belongs to"}]}',
  'value.contract-avro.subject' = 'dlq.app_logs-value'
)
;

CREATE TEMPORARY VIEW judged AS
SELECT `log_id`, `event_time`, `severity_number`, `severity_text`, `body`, `service_name`, `host_name`, `trace_id`, `span_id`, `duration_ms`, `status_code`, `attributes`,
  _key, _source_topic, _source_partition, _source_offset, _appended_at AS _ingested_at, _headers, _error_code, _error_message, _payload, _payload_sha256, _payload_bytes, _schema_id, _proc_time,
  CASE WHEN (severity_number BETWEEN 1 AND 24) IS NOT FALSE THEN CAST(0 AS BIGINT) ELSE CAST(1 AS BIGINT) END
      + CASE WHEN (CHAR_LENGTH(body) > 0) IS NOT FALSE THEN CAST(0 AS BIGINT) ELSE CAST(2 AS BIGINT) END
      + CASE WHEN (CHAR_LENGTH(service_name) > 0) IS NOT FALSE THEN CAST(0 AS BIGINT) ELSE CAST(4 AS BIGINT) END
      + CASE WHEN (duration_ms >= 0) IS NOT FALSE THEN CAST(0 AS BIGINT) ELSE CAST(8 AS BIGINT) END
      + CASE WHEN (duration_ms < 1E15) IS NOT FALSE THEN CAST(0 AS BIGINT) ELSE CAST(16 AS BIGINT) END
      + CASE WHEN (`event_time` >= CAST(TIMESTAMP '2010-01-01 00:00:00' AS TIMESTAMP_LTZ(3)) AND `event_time` <= TIMESTAMPADD(SECOND, 600, _ingested_at)) IS NOT FALSE THEN CAST(0 AS BIGINT) ELSE CAST(32 AS BIGINT) END AS _rejected,
  CASE WHEN (CHAR_LENGTH(trace_id) = 32) IS NOT FALSE THEN CAST(0 AS BIGINT) ELSE CAST(1 AS BIGINT) END AS _warned,
  CASE WHEN (severity_number > 4) IS NOT FALSE THEN CAST(0 AS BIGINT) ELSE CAST(1 AS BIGINT) END AS _dropped
FROM (
  SELECT `log_id`, `event_time`, `severity_number`, `severity_text`, `body`, `service_name`, `host_name`, `trace_id`, `span_id`, `duration_ms`, `status_code`, `attributes`, _key, _source_topic, _source_partition, _source_offset, _headers, _error_code, _error_message, _payload, _payload_sha256, _payload_bytes, _schema_id, _proc_time,
    _ingested_at AS _appended_at,
    first_arrival(_ingested_at, _headers, _payload, _payload_sha256) AS _ingested_at
  FROM raw_records
) WHERE (_source_partition = 0 AND _source_offset BETWEEN 7 AND 7 AND is_among(_source_offset, 'Bw==')) OR (_source_partition = 2 AND _source_offset BETWEEN 3 AND 1000 AND is_among(_source_offset, 'AwHkBw=='))
;

CREATE TEMPORARY VIEW enriched AS
SELECT e.`log_id`, e.`event_time`, e.`severity_number`, e.`severity_text`, e.`body`, e.`service_name`, e.`host_name`, e.`trace_id`, e.`span_id`, e.`duration_ms`, e.`status_code`, e.`attributes`,
  FALSE AS _reference_missing,
  e._source_topic, e._source_partition, e._source_offset, e._ingested_at, e._schema_id, e._proc_time, e._warned
FROM (SELECT * FROM judged WHERE _error_code IS NULL AND _rejected = 0 AND _dropped = 0) AS e

;

CREATE TEMPORARY VIEW validated AS
SELECT `log_id`, `event_time`, `severity_number`, `severity_text`, `body`, `service_name`, `host_name`, `trace_id`, `span_id`, `duration_ms`, `status_code`, `attributes`,
  _source_partition, _source_offset, _source_topic, _ingested_at, _schema_id,
  rule_names(_warned, 'trace_id_is_hex') AS _warnings
FROM enriched WHERE NOT _reference_missing
;

CREATE TEMPORARY VIEW refined AS
SELECT `_source_partition`, `_source_offset`, `log_id`, `event_time`, `severity_number`, `severity_text`, `body`, `service_name`, `host_name`, `trace_id`, `span_id`, `duration_ms`, `status_code`, storable(`is_error`, '{"type": "record", "name": "Silver", "fields": [{"name": "is_error", "type": "boolean"}]}') AS `is_error`, `attributes`, `_source_topic`, `_ingested_at`, `_schema_id`, `_warnings`
FROM (
-- Grain: one silver row per log record.
select
    _source_partition,
    _source_offset,
    log_id,
    event_time,
    severity_number,
    severity_text,
    body,
    service_name,
    host_name,
    trace_id,
    span_id,
    duration_ms,
    status_code,
    severity_number >= 17 or coalesce(status_code, 0) >= 500 as is_error,
    attributes,
    _source_topic,
    _ingested_at,
    _schema_id,
    _warnings
from validated

)
;

INSERT INTO dead_letters
SELECT
  dead_letter_id(_source_topic, _source_partition, _source_offset, _stage, _row) AS dead_letter_id,
  _now AS failed_at, COALESCE(_redriven.first_failed_at, _now) AS first_failed_at,
  'app_logs' AS dataset, _stage AS stage, _code AS error_code, _message AS error_message,
  _violations AS violations,
  _code IN ('UNKNOWN_SCHEMA', 'REFERENCE_MISSING') AS retryable, COALESCE(_redriven.attempt + 1, 1) AS attempt,
  ROW('refine', '0.1.0', CAST(NULL AS STRING)) AS processor,
  ROW('raw.app_logs-value', _schema_id) AS contract,
  ROW(_source_topic, _source_partition, _source_offset, _ingested_at, dead_letter_key(_key), dead_letter_headers(_headers), _row) AS source,
  CAST(NULL AS ROW<`uri` STRING, `row` BIGINT, `checksum` STRING>) AS source_file,
  _payload AS payload, 'avro-confluent' AS payload_encoding,
  COALESCE(_payload_sha256, sha256_hex(_payload)) AS payload_sha256,
  COALESCE(_payload_bytes > 921600, FALSE) AS payload_truncated,
  _redriven.plan AS replay_id,
  connect_headers(_source_topic, _source_partition, _source_offset, _stage, _code, _message) AS _headers
FROM (
  SELECT _source_topic, _source_partition, _source_offset, _ingested_at, _key, _headers, _payload,
    _payload_sha256, _payload_bytes, _schema_id,
    CAST(CURRENT_TIMESTAMP AS TIMESTAMP_LTZ(3)) AS _now,
    redriven(_headers, _payload, _payload_sha256) AS _redriven,
    CASE WHEN _error_code = 'TRANSFORM_FAILED' THEN 'transform' WHEN _error_code IS NOT NULL THEN 'decode' WHEN _rejected >= 32 THEN 'contract' ELSE 'rule' END AS _stage,
    COALESCE(_error_code, CASE WHEN _rejected >= 32 THEN 'EVENT_TIME_OUT_OF_RANGE' ELSE 'RULE_VIOLATED' END) AS _code,
    dead_letter_message(COALESCE(_error_message, 'the record breaks the rules listed in violations'), _key, _headers, _payload_bytes) AS _message,
    CASE WHEN _error_code IS NULL THEN violations(_rejected, 'known_severity	severity_number	severity_number lies between 1 and 24
body_is_not_empty	body	a log record says something
service_is_named	service_name	service_name is not empty
duration_is_not_negative	duration_ms	duration_ms, where given, is not negative
duration_is_finite	duration_ms	duration_ms, where given, is a number below 1E15, so neither infinite nor NaN
event_time_in_range	event_time	event_time lies between 2010-01-01 and 600 s after its arrival') ELSE violations(CAST(0 AS BIGINT), '') END AS _violations,
    CAST(NULL AS BIGINT) AS _row
  FROM judged WHERE _error_code IS NOT NULL OR _rejected <> 0
)
;
