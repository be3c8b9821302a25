SET 'execution.runtime-mode' = 'BATCH'
;

SET 'table.exec.state.ttl' = '0 ms'
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

CREATE TEMPORARY VIEW silver AS
SELECT `_source_partition`, `_source_offset`, `log_id`, CAST(`event_time` AS TIMESTAMP_LTZ(3)) AS `event_time`, `severity_number`, `severity_text`, `body`, `service_name`, `host_name`, `trace_id`, `span_id`, `duration_ms`, `status_code`, `is_error`, `attributes`, `_source_topic`, CAST(`_ingested_at` AS TIMESTAMP_LTZ(3)) AS `_ingested_at`, `_schema_id`, `_warnings`
FROM lake.`silver`.`app_logs`
WHERE (`event_time` >= CAST(TIMESTAMP '2026-01-01 00:00:00' AS TIMESTAMP_LTZ(3)) AND `event_time` < CAST(TIMESTAMP '2026-01-04 00:00:00' AS TIMESTAMP_LTZ(3)))
;

CREATE TEMPORARY TABLE `error_anomalies_topic` (
  `minute` TIMESTAMP_LTZ(3),
  `service_name` STRING,
  `records` BIGINT,
  `errors` BIGINT,
  `error_rate` DOUBLE,
  `baseline_minutes` BIGINT,
  `score` DOUBLE,
  PRIMARY KEY (`minute`, `service_name`) NOT ENFORCED
) WITH (
  'connector' = 'upsert-kafka',
  'topic' = 'gold.app_logs.error_anomalies',
  'properties.bootstrap.servers' = 'kafka:9092',
  'properties.compression.type' = 'lz4',
  'properties.max.request.size' = '8323072',
  'key.format' = 'json',
  'key.json.timestamp-format.standard' = 'ISO-8601',
  'value.format' = 'contract-avro',
  'value.contract-avro.registry.url' = 'http://registry:8080/apis/ccompat/v7',
  'value.contract-avro.schema' = '{"type": "record", "name": "ErrorAnomalies", "namespace": "tidegate.app_logs", "doc": "How unusual each minute''s error rate is for its service. Grain: one row per minute and service.", "key": ["minute", "service_name"], "fields": [{"name": "minute", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "start of the minute, UTC"}, {"name": "service_name", "type": "string", "doc": "which service"}, {"name": "records", "type": "long", "doc": "log records"}, {"name": "errors", "type": "long", "doc": "records with is_error"}, {"name": "error_rate", "type": "double", "doc": "errors / records"}, {"name": "baseline_minutes", "type": "long", "doc": "how many of the 30 minutes before have records of the service"}, {"name": "score", "type": ["null", "double"], "default": null, "doc": "modified z-score of error_rate against these minutes, from about 3.5 on an outlier; null with fewer than 5"}]}',
  'value.contract-avro.subject' = 'gold.app_logs.error_anomalies-value'
)
;

CREATE TEMPORARY TABLE `error_anomalies_documents` (
  `minute` TIMESTAMP_LTZ(3),
  `service_name` STRING,
  `records` BIGINT,
  `errors` BIGINT,
  `error_rate` DOUBLE,
  `baseline_minutes` BIGINT,
  `score` DOUBLE,
  PRIMARY KEY (`minute`, `service_name`) NOT ENFORCED
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
  'index' = 'metrics-app_logs-error_anomalies-{minute|yyyy.MM}',
  'dead-letter.processor' = 'metrics',
  'sink.version-clock' = 'true'
)
;

CREATE TEMPORARY TABLE `service_health_topic` (
  `minute` TIMESTAMP_LTZ(3),
  `service_name` STRING,
  `records` BIGINT,
  `errors` BIGINT,
  `error_rate` DOUBLE,
  `p50_ms` DOUBLE,
  `p95_ms` DOUBLE,
  PRIMARY KEY (`minute`, `service_name`) NOT ENFORCED
) WITH (
  'connector' = 'upsert-kafka',
  'topic' = 'gold.app_logs.service_health',
  'properties.bootstrap.servers' = 'kafka:9092',
  'properties.compression.type' = 'lz4',
  'properties.max.request.size' = '8323072',
  'key.format' = 'json',
  'key.json.timestamp-format.standard' = 'ISO-8601',
  'value.format' = 'contract-avro',
  'value.contract-avro.registry.url' = 'http://registry:8080/apis/ccompat/v7',
  'value.contract-avro.schema' = '{"type": "record", "name": "ServiceHealth", "namespace": "tidegate.app_logs", "doc": "Error rate and durations per minute. Grain: one row per minute and service.", "key": ["minute", "service_name"], "fields": [{"name": "minute", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "start of the minute, UTC"}, {"name": "service_name", "type": "string", "doc": "which service"}, {"name": "records", "type": "long", "doc": "log records"}, {"name": "errors", "type": "long", "doc": "records with is_error"}, {"name": "error_rate", "type": "double", "doc": "errors / records"}, {"name": "p50_ms", "type": ["null", "double"], "default": null, "doc": "median duration, within 1 %; null if no record has one"}, {"name": "p95_ms", "type": ["null", "double"], "default": null, "doc": "95th percentile of the durations, within 1 %"}]}',
  'value.contract-avro.subject' = 'gold.app_logs.service_health-value'
)
;

CREATE TEMPORARY TABLE `service_health_documents` (
  `minute` TIMESTAMP_LTZ(3),
  `service_name` STRING,
  `records` BIGINT,
  `errors` BIGINT,
  `error_rate` DOUBLE,
  `p50_ms` DOUBLE,
  `p95_ms` DOUBLE,
  PRIMARY KEY (`minute`, `service_name`) NOT ENFORCED
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
  'index' = 'metrics-app_logs-service_health-{minute|yyyy.MM}',
  'dead-letter.processor' = 'metrics',
  'sink.version-clock' = 'true'
)
;

CREATE TEMPORARY VIEW `error_anomalies` AS
-- Grain: one row per minute and service that logged in it.
-- `score` says how unusual the minute's error rate is against those of the service's 30 minutes before.
with counted as (
    select
        cast(floor(event_time to minute) as timestamp_ltz(3)) as `minute`,
        service_name,
        count(*) as records,
        sum(case when is_error then cast(1 as bigint) else cast(0 as bigint) end) as errors
    from silver
    group by cast(floor(event_time to minute) as timestamp_ltz(3)), service_name
),

placed as (
    select
        `minute`,
        service_name,
        records,
        errors,
        array[
            0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
            16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30
        ] as places
    from counted
),

-- Each minute stands for itself (0 minutes ago) and for a part of the past of the 30 minutes that follow.
spread as (
    select
        cast(timestampadd(minute, minutes_ago, `minute`) as timestamp_ltz(3)) as `minute`,
        service_name,
        minutes_ago,
        records,
        errors
    from placed
    cross join unnest(places) as place (minutes_ago)
),

compared as (
    select
        `minute`,
        service_name,
        sum(records) filter (where minutes_ago = 0) as records,
        sum(errors) filter (where minutes_ago = 0) as errors,
        count(*) filter (where minutes_ago > 0) as baseline_minutes,
        array_agg(cast(errors as double) / records) filter (where minutes_ago > 0) as baseline
    from spread
    group by `minute`, service_name
)
select
    `minute`,
    service_name,
    coalesce(records, 0) as records,
    coalesce(errors, 0) as errors,
    coalesce(cast(errors as double) / records, 0) as error_rate,
    baseline_minutes,
    error_rate_score(errors, records, baseline) as score
from compared
where records is not null
;

CREATE TEMPORARY VIEW `service_health` AS
-- Grain: one row per minute and service.
-- Durations are put into steps of 2 %, so that percentiles are right within 1 %: Flink reads all different values of a
-- minute each time it shows them, and without steps nearly every record has a value of its own.
with logged as (
    select
        cast(floor(event_time to minute) as timestamp_ltz(3)) as `minute`,
        service_name,
        is_error,
        -- ROUND throws at an infinite number: what no percentile can be made of counts as a record without a duration.
        case
            when duration_ms > 0 and duration_ms < 1E15 then power(1.02, round(ln(duration_ms) / ln(1.02)))
            when duration_ms = 0 then duration_ms
        end as duration_ms
    from silver
),

counted as (
    select
        `minute`,
        service_name,
        count(*) as records,
        sum(case when is_error then cast(1 as bigint) else cast(0 as bigint) end) as errors,
        percentile(duration_ms, array[0.5, 0.95]) as percentiles
    from logged
    group by `minute`, service_name
)
select
    `minute`,
    service_name,
    records,
    errors,
    cast(errors as double) / records as error_rate,
    percentiles[1] as p50_ms,
    percentiles[2] as p95_ms
from counted
;

INSERT INTO `error_anomalies_topic` (`minute`, `service_name`, `records`, `errors`, `error_rate`, `baseline_minutes`, `score`)
SELECT `minute`, `service_name`, `records`, `errors`, `error_rate`, `baseline_minutes`, `score` FROM `error_anomalies`
WHERE (CAST(`minute` AS TIMESTAMP_LTZ(3)) >= CAST(TIMESTAMP '2026-01-02 00:00:00' AS TIMESTAMP_LTZ(3)) AND CAST(`minute` AS TIMESTAMP_LTZ(3)) < CAST(TIMESTAMP '2026-01-04 00:00:00' AS TIMESTAMP_LTZ(3)))
;

INSERT INTO `error_anomalies_documents` (`minute`, `service_name`, `records`, `errors`, `error_rate`, `baseline_minutes`, `score`)
SELECT `minute`, `service_name`, `records`, `errors`, `error_rate`, `baseline_minutes`, `score` FROM `error_anomalies`
WHERE (CAST(`minute` AS TIMESTAMP_LTZ(3)) >= CAST(TIMESTAMP '2026-01-02 00:00:00' AS TIMESTAMP_LTZ(3)) AND CAST(`minute` AS TIMESTAMP_LTZ(3)) < CAST(TIMESTAMP '2026-01-04 00:00:00' AS TIMESTAMP_LTZ(3)))
;

INSERT INTO `service_health_topic` (`minute`, `service_name`, `records`, `errors`, `error_rate`, `p50_ms`, `p95_ms`)
SELECT `minute`, `service_name`, `records`, `errors`, `error_rate`, `p50_ms`, `p95_ms` FROM `service_health`
WHERE (CAST(`minute` AS TIMESTAMP_LTZ(3)) >= CAST(TIMESTAMP '2026-01-02 00:00:00' AS TIMESTAMP_LTZ(3)) AND CAST(`minute` AS TIMESTAMP_LTZ(3)) < CAST(TIMESTAMP '2026-01-04 00:00:00' AS TIMESTAMP_LTZ(3)))
;

INSERT INTO `service_health_documents` (`minute`, `service_name`, `records`, `errors`, `error_rate`, `p50_ms`, `p95_ms`)
SELECT `minute`, `service_name`, `records`, `errors`, `error_rate`, `p50_ms`, `p95_ms` FROM `service_health`
WHERE (CAST(`minute` AS TIMESTAMP_LTZ(3)) >= CAST(TIMESTAMP '2026-01-02 00:00:00' AS TIMESTAMP_LTZ(3)) AND CAST(`minute` AS TIMESTAMP_LTZ(3)) < CAST(TIMESTAMP '2026-01-04 00:00:00' AS TIMESTAMP_LTZ(3)))
;
