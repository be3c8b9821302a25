SET 'table.exec.state.ttl' = '3600000 ms'
;

CREATE TEMPORARY TABLE `silver` (
  `_source_partition` INT,
  `_source_offset` BIGINT,
  `reading_id` STRING,
  `sentAt` TIMESTAMP_LTZ(3),
  `meterId` STRING,
  `kWh` DECIMAL(12, 3),
  `site` ROW<`name` STRING, `area` STRING>,
  `tags` MAP<STRING, STRING>,
  `_rescued` STRING,
  `_source_topic` STRING,
  `_ingested_at` TIMESTAMP_LTZ(3),
  `_schema_id` INT,
  `_warnings` ARRAY<STRING>,
  `_error_code` STRING METADATA FROM 'value.error-code' VIRTUAL,
  `_error_message` STRING METADATA FROM 'value.error-message' VIRTUAL,
  `_silver_topic` STRING METADATA FROM 'topic' VIRTUAL,
  `_silver_partition` INT METADATA FROM 'partition' VIRTUAL,
  `_silver_offset` BIGINT METADATA FROM 'offset' VIRTUAL,
  `_silver_time` TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL,
  `_silver_headers` MAP<STRING, BYTES> METADATA FROM 'headers' VIRTUAL,
  `_silver_value` BYTES METADATA FROM 'value.raw' VIRTUAL,
  `_silver_sha256` STRING METADATA FROM 'value.raw-sha256' VIRTUAL,
  `_silver_bytes` INT METADATA FROM 'value.raw-length' VIRTUAL,
  `_silver_schema_id` INT METADATA FROM 'value.schema-id' VIRTUAL
) WITH (
  'connector' = 'kafka',
  'topic' = 'silver.meters',
  'properties.bootstrap.servers' = 'kafka:9092',
  'properties.group.id' = 'tidegate-index-meters',
  'properties.isolation.level' = 'read_committed',
  'properties.max.partition.fetch.bytes' = '16777216',
  'properties.fetch.max.bytes' = '67108864',
  'properties.max.poll.records' = '5000',
  'scan.startup.mode' = 'earliest-offset',
  'scan.topic-partition-discovery.interval' = '1 min',
  'value.format' = 'contract-avro',
  'value.contract-avro.registry.url' = 'http://registry:8080/apis/ccompat/v7',
  'value.contract-avro.schema' = '{"type": "record", "name": "MetersSilver", "namespace": "tidegate.meters", "doc": "One valid, deduplicated record. Grain: one row per reading_id.", "fields": [{"name": "_source_partition", "type": "int", "doc": "partition of the raw record"}, {"name": "_source_offset", "type": "long", "doc": "offset of the raw record"}, {"name": "reading_id", "type": "string", "doc": ""}, {"name": "sentAt", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": ""}, {"name": "meterId", "type": "string", "doc": ""}, {"name": "kWh", "type": ["null", {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 3}], "default": null, "doc": ""}, {"name": "site", "type": ["null", {"type": "record", "name": "MetersSite", "fields": [{"name": "name", "type": "string", "doc": ""}, {"name": "area", "type": "string", "doc": ""}]}], "default": null, "doc": ""}, {"name": "tags", "type": {"type": "map", "values": "string"}, "default": {}, "doc": ""}, {"name": "_rescued", "type": ["null", "string"], "default": null, "doc": "fields that the contract lacks"}, {"name": "_source_topic", "type": "string", "doc": "topic of the raw record"}, {"name": "_ingested_at", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "Kafka timestamp of the raw record"}, {"name": "_schema_id", "type": "int", "doc": "registry id the raw record was written with"}, {"name": "_warnings", "type": {"type": "array", "items": "string"}, "default": [], "doc": "names of the warn rules the event did not meet"}]}',
  'value.contract-avro.max-record-bytes' = '8388608',
  'value.contract-avro.raw.max-bytes' = '921600'
)
;

CREATE TEMPORARY TABLE `documents` (
  `_source_partition` INT,
  `_source_offset` BIGINT,
  `reading_id` STRING,
  `sentAt` TIMESTAMP_LTZ(3),
  `meterId` STRING,
  `kWh` DECIMAL(12, 3),
  `site` ROW<`name` STRING, `area` STRING>,
  `tags` MAP<STRING, STRING>,
  `_rescued` STRING,
  `_source_topic` STRING,
  `_ingested_at` TIMESTAMP_LTZ(3),
  `_schema_id` INT,
  `_warnings` ARRAY<STRING>
) WITH (
  'connector' = 'opensearch-bulk',
  'hosts' = 'https://opensearch:9200',
  'dead-letter.topic' = 'dlq.meters',
  'dead-letter.properties.bootstrap.servers' = 'kafka:9092',
  'dead-letter.registry.url' = 'http://registry:8080/apis/ccompat/v7',
  'dead-letter.subject' = 'dlq.meters-value',
  'dead-letter.schema' = '{"type": "record", "name": "DeadLetter", "namespace": "tidegate", "doc": "A record that did not fit its contract: its cause, its coordinates and its original bytes.", "fields": [{"name": "dead_letter_id", "type": "string", "doc": "first 32 hex digits of SHA-256 over topic/partition/offset/stage, and /row where source has one"}, {"name": "failed_at", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "when this attempt failed, UTC"}, {"name": "first_failed_at", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "when the first attempt failed, UTC"}, {"name": "dataset", "type": "string"}, {"name": "stage", "type": "string", "doc": "decode, contract, rule, enrich, index, lake or file"}, {"name": "error_code", "type": "string", "doc": "closed list in docs/dead-letters.md"}, {"name": "error_message", "type": "string"}, {"name": "violations", "type": {"type": "array", "items": {"type": "record", "name": "Violation", "fields": [{"name": "rule", "type": "string"}, {"name": "field", "type": "string"}, {"name": "message", "type": "string"}]}}, "default": [], "doc": "every rule the record breaks"}, {"name": "retryable", "type": "boolean", "doc": "true if the same bytes may pass later"}, {"name": "attempt", "type": "int", "doc": "1 for the first"}, {"name": "processor", "type": {"type": "record", "name": "Processor", "fields": [{"name": "name", "type": "string"}, {"name": "version", "type": "string"}, {"name": "job_id", "type": ["null", "string"], "default": null}]}}, {"name": "contract", "type": {"type": "record", "name": "ContractRef", "fields": [{"name": "subject", "type": "string"}, {"name": "schema_id", "type": ["null", "int"], "default": null, "doc": "id found in the record, if any"}]}}, {"name": "source", "type": ["null", {"type": "record", "name": "Source", "fields": [{"name": "topic", "type": "string"}, {"name": "partition", "type": "int"}, {"name": "offset", "type": "long"}, {"name": "timestamp", "type": {"type": "long", "logicalType": "timestamp-millis"}}, {"name": "key", "type": ["null", "bytes"], "default": null}, {"name": "headers", "type": {"type": "map", "values": ["null", "bytes"]}, "default": {}}, {"name": "row", "type": ["null", "long"], "default": null, "doc": "number of the row of an exploded event"}]}], "default": null, "doc": "coordinates of a record from a topic"}, {"name": "source_file", "type": ["null", {"type": "record", "name": "SourceFile", "fields": [{"name": "uri", "type": "string"}, {"name": "row", "type": "long"}, {"name": "checksum", "type": "string"}]}], "default": null, "doc": "coordinates of a record from a file"}, {"name": "payload", "type": ["null", "bytes"], "default": null, "doc": "the original bytes, never re-encoded"}, {"name": "payload_encoding", "type": "string", "doc": "avro-confluent or json"}, {"name": "payload_sha256", "type": ["null", "string"], "default": null, "doc": "of the whole payload, also where it was truncated"}, {"name": "payload_truncated", "type": "boolean"}, {"name": "replay_id", "type": ["null", "string"], "default": null, "doc": "the replay this attempt belongs to"}]}',
  'dead-letter.dataset' = 'meters',
  'sink.max-in-flight-requests' = '1',
  'username' = 'writer',
  'password' = 'opensearch''s password',
  'index' = 'events-meters-{sentAt|yyyy.MM.dd}',
  'document-id.fields' = 'reading_id',
  'sink.bulk-flush.max-actions' = '2000',
  'sink.max-buffered-requests' = '6000',
  'sink.bulk-flush.interval' = '200 ms',
  'sink.version-column' = '_ingested_at'
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
  'topic' = 'dlq.meters',
  'properties.bootstrap.servers' = 'kafka:9092',
  'properties.transaction.timeout.ms' = '60000',
  'properties.compression.type' = 'lz4',
  'properties.linger.ms' = '50',
  'properties.batch.size' = '262144',
  'properties.max.request.size' = '8323072',
  'properties.flink.disable-metrics' = 'true',
  'sink.delivery-guarantee' = 'at-least-once',
  'sink.transactional-id-prefix' = 'index-dlq-meters',
  'value.format' = 'contract-avro',
  'value.contract-avro.registry.url' = 'http://registry:8080/apis/ccompat/v7',
  'value.contract-avro.schema' = '{"type": "record", "name": "DeadLetter", "namespace": "tidegate", "doc": "A record that did not fit its contract: its cause, its coordinates and its original bytes.", "fields": [{"name": "dead_letter_id", "type": "string", "doc": "first 32 hex digits of SHA-256 over topic/partition/offset/stage, and /row where source has one"}, {"name": "failed_at", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "when this attempt failed, UTC"}, {"name": "first_failed_at", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "when the first attempt failed, UTC"}, {"name": "dataset", "type": "string"}, {"name": "stage", "type": "string", "doc": "decode, contract, rule, enrich, index, lake or file"}, {"name": "error_code", "type": "string", "doc": "closed list in docs/dead-letters.md"}, {"name": "error_message", "type": "string"}, {"name": "violations", "type": {"type": "array", "items": {"type": "record", "name": "Violation", "fields": [{"name": "rule", "type": "string"}, {"name": "field", "type": "string"}, {"name": "message", "type": "string"}]}}, "default": [], "doc": "every rule the record breaks"}, {"name": "retryable", "type": "boolean", "doc": "true if the same bytes may pass later"}, {"name": "attempt", "type": "int", "doc": "1 for the first"}, {"name": "processor", "type": {"type": "record", "name": "Processor", "fields": [{"name": "name", "type": "string"}, {"name": "version", "type": "string"}, {"name": "job_id", "type": ["null", "string"], "default": null}]}}, {"name": "contract", "type": {"type": "record", "name": "ContractRef", "fields": [{"name": "subject", "type": "string"}, {"name": "schema_id", "type": ["null", "int"], "default": null, "doc": "id found in the record, if any"}]}}, {"name": "source", "type": ["null", {"type": "record", "name": "Source", "fields": [{"name": "topic", "type": "string"}, {"name": "partition", "type": "int"}, {"name": "offset", "type": "long"}, {"name": "timestamp", "type": {"type": "long", "logicalType": "timestamp-millis"}}, {"name": "key", "type": ["null", "bytes"], "default": null}, {"name": "headers", "type": {"type": "map", "values": ["null", "bytes"]}, "default": {}}, {"name": "row", "type": ["null", "long"], "default": null, "doc": "number of the row of an exploded event"}]}], "default": null, "doc": "coordinates of a record from a topic"}, {"name": "source_file", "type": ["null", {"type": "record", "name": "SourceFile", "fields": [{"name": "uri", "type": "string"}, {"name": "row", "type": "long"}, {"name": "checksum", "type": "string"}]}], "default": null, "doc": "coordinates of a record from a file"}, {"name": "payload", "type": ["null", "bytes"], "default": null, "doc": "the original bytes, never re-encoded"}, {"name": "payload_encoding", "type": "string", "doc": "avro-confluent or json"}, {"name": "payload_sha256", "type": ["null", "string"], "default": null, "doc": "of the whole payload, also where it was truncated"}, {"name": "payload_truncated", "type": "boolean"}, {"name": "replay_id", "type": ["null", "string"], "default": null, "doc": "the replay this attempt belongs to"}]}',
  'value.contract-avro.subject' = 'dlq.meters-value'
)
;

INSERT INTO documents SELECT `_source_partition`, `_source_offset`, `reading_id`, `sentAt`, `meterId`, `kWh`, `site`, `tags`, `_rescued`, `_source_topic`, `_ingested_at`, `_schema_id`, `_warnings` FROM silver WHERE _error_code IS NULL
;

INSERT INTO dead_letters
SELECT
  dead_letter_id(_source_topic, _source_partition, _source_offset, _stage, _row) AS dead_letter_id,
  _now AS failed_at, COALESCE(_redriven.first_failed_at, _now) AS first_failed_at,
  'meters' AS dataset, _stage AS stage, _code AS error_code, _message AS error_message,
  _violations AS violations,
  _code IN ('UNKNOWN_SCHEMA', 'REFERENCE_MISSING') AS retryable, COALESCE(_redriven.attempt + 1, 1) AS attempt,
  ROW('index', '0.1.0', CAST(NULL AS STRING)) AS processor,
  ROW('silver.meters-value', _schema_id) AS contract,
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
    'index' AS _stage,
    CASE WHEN _error_code = 'TRANSFORM_FAILED' THEN _error_code ELSE 'ROW_UNREADABLE' END AS _code,
    dead_letter_message(CASE WHEN _error_code = 'TRANSFORM_FAILED' THEN _error_message ELSE _error_code || ': ' || _error_message END, _key, _headers, _payload_bytes) AS _message,
    violations(CAST(0 AS BIGINT), '') AS _violations,
    CAST(NULL AS BIGINT) AS _row
  FROM (SELECT _silver_topic AS _source_topic, _silver_partition AS _source_partition, _silver_offset AS _source_offset, _silver_time AS _ingested_at, CAST(NULL AS BYTES) AS _key, _silver_headers AS _headers, _silver_value AS _payload, _silver_sha256 AS _payload_sha256, _silver_bytes AS _payload_bytes, _silver_schema_id AS _schema_id, _error_code, _error_message FROM silver WHERE _error_code IS NOT NULL)
)
;
