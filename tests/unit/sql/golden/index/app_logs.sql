SET 'table.exec.state.ttl' = '3600000 ms'
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
  'properties.group.id' = 'tidegate-index-app_logs',
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

CREATE TEMPORARY TABLE `documents` (
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
  `_warnings` ARRAY<STRING>
) WITH (
  'connector' = 'opensearch-bulk',
  'hosts' = 'https://opensearch:9200',
  'dead-letter.topic' = 'dlq.app_logs',
  'dead-letter.properties.bootstrap.servers' = 'kafka:9092',
  'dead-letter.registry.url' = 'http://registry:8080/apis/ccompat/v7',
  'dead-letter.subject' = 'dlq.app_logs-value',
  'dead-letter.schema' = '{"type": "record", "name": "DeadLetter", "namespace": "tidegate", "doc": "A record that did not fit its contract: its cause, its coordinates and its original bytes.", "fields": [{"name": "dead_letter_id", "type": "string", "doc": "first 32 hex digits of SHA-256 over topic/partition/offset/stage, and /row where source has one"}, {"name": "failed_at", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "when this attempt failed, UTC"}, {"name": "first_failed_at", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "when the first attempt failed, UTC"}, {"name": "dataset", "type": "string"}, {"name": "stage", "type": "string", "doc": "decode, contract, rule, enrich, index, lake or file"}, {"name": "error_code", "type": "string", "doc": "closed list in docs/dead-letters.md"}, {"name": "error_message", "type": "string"}, {"name": "violations", "type": {"type": "array", "items": {"type": "record", "name": "Violation", "fields": [{"name": "rule", "type": "string"}, {"name": "field", "type": "string"}, {"name": "message", "type": "string"}]}}, "default": [], "doc": "every rule the record breaks"}, {"name": "retryable", "type": "boolean", "doc": "true if the same bytes may pass later"}, {"name": "attempt", "type": "int", "doc": "1 for the first"}, {"name": "processor", "type": {"type": "record", "name": "Processor", "fields": [{"name": "name", "type": "string"}, {"name": "version", "type": "string"}, {"name": "job_id", "type": ["null", "string"], "default": null}]}}, {"name": "contract", "type": {"type": "record", "name": "ContractRef", "fields": [{"name": "subject", "type": "string"}, {"name": "schema_id", "type": ["null", "int"], "default": null, "doc": "id found in the record, if any"}]}}, {"name": "source", "type": ["null", {"type": "record", "name": "Source", "fields": [{"name": "topic", "type": "string"}, {"name": "partition", "type": "int"}, {"name": "offset", "type": "long"}, {"name": "timestamp", "type": {"type": "long", "logicalType": "timestamp-millis"}}, {"name": "key", "type": ["null", "bytes"], "default": null}, {"name": "headers", "type": {"type": "map", "values": ["null", "bytes"]}, "default": {}}, {"name": "row", "type": ["null", "long"], "default": null, "doc": "number of the row of an exploded event"}]}], "default": null, "doc": "coordinates of a record from a topic"}, {"name": "source_file", "type": ["null", {"type": "record", "name": "SourceFile", "fields": [{"name": "uri", "type": "string"}, {"name": "row", "type": "long"}, {"name": "checksum", "type": "string"}]}], "default": null, "doc": "coordinates of a record from a file"}, {"name": "payload", "type": ["null", "bytes"], "default": null, "doc": "the original bytes, never re-encoded"}, {"name": "payload_encoding", "type": "string", "doc": "avro-confluent or json"}, {"name": "payload_sha256", "type": ["null", "string"], "default": null, "doc": "of the whole payload, also where it was truncated"}, {"name": "payload_truncated", "type": "boolean"}, {"name": "replay_id", "type": ["null", "string"], "default": null, "doc": "the replay this attempt belongs to"}]}',
  'dead-letter.dataset' = 'app_logs',
  'sink.max-in-flight-requests' = '1',
  'username' = 'writer',
  'password' = 'opensearch''s password',
  'index' = 'events-app_logs-{event_time|yyyy.MM.dd}',
  'document-id.fields' = 'log_id',
  'sink.bulk-flush.max-actions' = '2000',
  'sink.max-buffered-requests' = '6000',
  'sink.bulk-flush.interval' = '200 ms'
)
;

INSERT INTO documents SELECT `_source_partition`, `_source_offset`, `log_id`, `event_time`, `severity_number`, `severity_text`, `body`, `service_name`, `host_name`, `trace_id`, `span_id`, `duration_ms`, `status_code`, `is_error`, `attributes`, `_source_topic`, `_ingested_at`, `_schema_id`, `_warnings` FROM silver WHERE _error_code IS NULL
;
