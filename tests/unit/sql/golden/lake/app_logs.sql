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

CREATE DATABASE IF NOT EXISTS lake.`bronze`
;

CREATE DATABASE IF NOT EXISTS lake.`silver`
;

CREATE TABLE IF NOT EXISTS lake.`bronze`.`app_logs` (
  `_source_topic` STRING,
  `_source_partition` INT,
  `_source_offset` BIGINT,
  `_ingested_at` TIMESTAMP_LTZ(6),
  `_key` BYTES,
  `_headers` MAP<STRING, BYTES>,
  `_value` BYTES,
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

CREATE TEMPORARY TABLE `raw_records` (
  `_value` BYTES,
  `_key` BYTES,
  `_source_topic` STRING METADATA FROM 'topic' VIRTUAL,
  `_source_partition` INT METADATA FROM 'partition' VIRTUAL,
  `_source_offset` BIGINT METADATA FROM 'offset' VIRTUAL,
  `_ingested_at` TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL,
  `_headers` MAP<STRING, BYTES> METADATA FROM 'headers' VIRTUAL
) WITH (
  'connector' = 'kafka',
  'topic' = 'raw.app_logs',
  'properties.bootstrap.servers' = 'kafka:9092',
  'properties.group.id' = 'tidegate-lake-app_logs',
  'properties.isolation.level' = 'read_committed',
  'properties.max.partition.fetch.bytes' = '16777216',
  'properties.fetch.max.bytes' = '67108864',
  'properties.max.poll.records' = '5000',
  'scan.startup.mode' = 'earliest-offset',
  'scan.topic-partition-discovery.interval' = '1 min',
  'key.format' = 'raw',
  'key.fields' = '_key',
  'value.format' = 'raw',
  'value.fields-include' = 'EXCEPT_KEY'
)
;

CREATE TEMPORARY TABLE `silver` (
  `_source_partition` INT,
  `_source_offset` BIGINT,
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
  `is_error` BOOLEAN,
  `attributes` MAP<STRING, STRING>,
  `_source_topic` STRING,
  `_ingested_at` TIMESTAMP_LTZ(3),
  `_schema_id` INT,
  `_warnings` ARRAY<STRING>,
  `_error_code` STRING METADATA FROM 'value.error-code' VIRTUAL
) WITH (
  'connector' = 'kafka',
  'topic' = 'silver.app_logs',
  'properties.bootstrap.servers' = 'kafka:9092',
  'properties.group.id' = 'tidegate-lake-app_logs',
  'properties.isolation.level' = 'read_committed',
  'properties.max.partition.fetch.bytes' = '16777216',
  'properties.fetch.max.bytes' = '67108864',
  'properties.max.poll.records' = '5000',
  'scan.startup.mode' = 'earliest-offset',
  'scan.topic-partition-discovery.interval' = '1 min',
  'value.format' = 'contract-avro',
  'value.contract-avro.registry.url' = 'http://registry:8080/apis/ccompat/v7',
  'value.contract-avro.schema' = '{"type": "record", "name": "AppLogSilver", "namespace": "tidegate.app_logs", "doc": "One valid, deduplicated log record. Grain: one row per log_id.", "fields": [{"name": "_source_partition", "type": "int", "doc": "partition of the raw record"}, {"name": "_source_offset", "type": "long", "doc": "offset of the raw record"}, {"name": "log_id", "type": "string", "doc": "UUID of the record, given by the shipper"}, {"name": "event_time", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "when the service logged it, UTC (OpenTelemetry: Timestamp)"}, {"name": "severity_number", "type": "int", "doc": "1 to 24: trace 1-4, debug 5-8, info 9-12, warn 13-16, error 17-20, fatal 21-24"}, {"name": "severity_text", "type": "string", "doc": "the level as the service calls it"}, {"name": "body", "type": "string", "doc": "the message, with its stack trace"}, {"name": "service_name", "type": "string", "doc": "which service"}, {"name": "host_name", "type": ["null", "string"], "default": null, "doc": "which machine"}, {"name": "trace_id", "type": ["null", "string"], "default": null, "doc": "32 hexadecimal digits"}, {"name": "span_id", "type": ["null", "string"], "default": null, "doc": "16 hexadecimal digits"}, {"name": "duration_ms", "type": ["null", "double"], "default": null, "doc": "how long the logged request took"}, {"name": "status_code", "type": ["null", "int"], "default": null, "doc": "HTTP status of the logged request"}, {"name": "is_error", "type": "boolean", "doc": "severity_number is 17 or more, or status_code 500 or more"}, {"name": "attributes", "type": {"type": "map", "values": "string"}, "default": {}, "doc": "anything else, by OpenTelemetry''s names where it has one"}, {"name": "_source_topic", "type": "string", "doc": "topic of the raw record"}, {"name": "_ingested_at", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "Kafka timestamp of the raw record"}, {"name": "_schema_id", "type": "int", "doc": "registry id the raw record was written with"}, {"name": "_warnings", "type": {"type": "array", "items": "string"}, "default": [], "doc": "names of the warn rules the event did not meet"}]}'
)
;

INSERT INTO lake.`bronze`.`app_logs`
SELECT _source_topic, _source_partition, _source_offset, _ingested_at, _key, _headers, _value,
  CAST(EXTRACT(YEAR FROM _ingested_at) AS INT), CAST(EXTRACT(MONTH FROM _ingested_at) AS INT), CAST(EXTRACT(DAY FROM _ingested_at) AS INT)
FROM raw_records
;

INSERT INTO lake.`silver`.`app_logs` (`_source_partition`, `_source_offset`, `log_id`, `event_time`, `severity_number`, `severity_text`, `body`, `service_name`, `host_name`, `trace_id`, `span_id`, `duration_ms`, `status_code`, `is_error`, `attributes`, `_source_topic`, `_ingested_at`, `_schema_id`, `_warnings`, `year`, `month`, `day`)
SELECT `_source_partition`, `_source_offset`, `log_id`, `event_time`, `severity_number`, `severity_text`, `body`, `service_name`, `host_name`, `trace_id`, `span_id`, `duration_ms`, `status_code`, `is_error`, `attributes`, `_source_topic`, `_ingested_at`, `_schema_id`, `_warnings`, CAST(EXTRACT(YEAR FROM `event_time`) AS INT), CAST(EXTRACT(MONTH FROM `event_time`) AS INT), CAST(EXTRACT(DAY FROM `event_time`) AS INT)
FROM silver WHERE _error_code IS NULL
;
