SET 'table.exec.iceberg.use-v2-sink' = 'true'
;

SET 'table.exec.state.ttl' = '3600000 ms'
;

CREATE CATALOG IF NOT EXISTS lake WITH (
  'type' = 'iceberg',
  'catalog-type' = 'rest',
  'uri' = 'http://catalog:8181',
  'warehouse' = 's3://warehouse',
  'io-impl' = 'org.apache.iceberg.aws.s3.S3FileIO',
  's3.endpoint' = 'http://s3:8333',
  's3.path-style-access' = 'true',
  'header.X-Iceberg-Access-Delegation' = 'vended-credentials',
  'client.region' = 'us-east-1',
  'credential' = 'access:secret',
  's3.access-key-id' = 'access',
  's3.secret-access-key' = 'secret'
)
;

CREATE DATABASE IF NOT EXISTS lake.`silver`
;

CREATE DATABASE IF NOT EXISTS lake.`replays`
;

CREATE TABLE IF NOT EXISTS lake.`silver`.`app_logs` (
  `_source_partition` INT,
  `_source_offset` BIGINT,
  `log_id` STRING,
  `event_time` TIMESTAMP_LTZ(6),
  `severity_number` INT,
  `severity_text` STRING,
  `body` STRING,
  `service_name` STRING,
  `host_name` STRING,
  `trace_id` STRING,
  `span_id` STRING,
  `duration_ms` DOUBLE,
  `status_code` INT,
  `is_error` BOOLEAN,
  `attributes` MAP<STRING, STRING>,
  `_source_topic` STRING,
  `_ingested_at` TIMESTAMP_LTZ(6),
  `_schema_id` INT,
  `_warnings` ARRAY<STRING>,
  `year` INT,
  `month` INT,
  `day` INT
)
PARTITIONED BY (`year`, `month`, `day`) WITH (
  'format-version' = '2',
  'write.format.default' = 'parquet',
  'write.parquet.compression-codec' = 'zstd',
  'write.distribution-mode' = 'none',
  'write.metadata.delete-after-commit.enabled' = 'true',
  'write.metadata.previous-versions-max' = '20'
)
;

CREATE TABLE IF NOT EXISTS lake.`replays`.`app_logs__20260102T030405_abcd` (
  `_source_partition` INT,
  `_source_offset` BIGINT,
  `verdict` STRING,
  `code` STRING,
  `source_row` BIGINT
)
PARTITIONED BY (`verdict`) WITH (
  'format-version' = '2',
  'write.format.default' = 'parquet',
  'write.parquet.compression-codec' = 'zstd',
  'write.distribution-mode' = 'none',
  'write.metadata.delete-after-commit.enabled' = 'true',
  'write.metadata.previous-versions-max' = '20'
)
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
)
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

INSERT INTO lake.`silver`.`app_logs` /*+ OPTIONS('branch' = 'replay-20260102T030405-abcd') */ (`_source_partition`, `_source_offset`, `log_id`, `event_time`, `severity_number`, `severity_text`, `body`, `service_name`, `host_name`, `trace_id`, `span_id`, `duration_ms`, `status_code`, `is_error`, `attributes`, `_source_topic`, `_ingested_at`, `_schema_id`, `_warnings`, `year`, `month`, `day`)
SELECT `_source_partition`, `_source_offset`, `log_id`, CAST(`event_time` AS TIMESTAMP_LTZ(3)) AS `event_time`, `severity_number`, `severity_text`, `body`, `service_name`, `host_name`, `trace_id`, `span_id`, `duration_ms`, `status_code`, `is_error`, `attributes`, `_source_topic`, CAST(`_ingested_at` AS TIMESTAMP_LTZ(3)) AS `_ingested_at`, `_schema_id`, `_warnings`, CAST(EXTRACT(YEAR FROM `event_time`) AS INT), CAST(EXTRACT(MONTH FROM `event_time`) AS INT), CAST(EXTRACT(DAY FROM `event_time`) AS INT)
FROM refined
;

INSERT INTO lake.`replays`.`app_logs__20260102T030405_abcd`
SELECT _source_partition, _source_offset, 'rejected', CAST(COALESCE(_error_code, CASE WHEN _rejected >= 32 THEN 'EVENT_TIME_OUT_OF_RANGE' ELSE 'RULE_VIOLATED' END) AS STRING), CAST(NULL AS BIGINT) FROM judged WHERE _error_code IS NOT NULL OR _rejected <> 0
UNION ALL
SELECT _source_partition, _source_offset, 'dropped', first_rule_name(_dropped, 'no_traces'), CAST(NULL AS BIGINT)
FROM judged WHERE _error_code IS NULL AND _rejected = 0 AND _dropped <> 0
;
