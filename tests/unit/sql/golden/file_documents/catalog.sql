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

CREATE TABLE IF NOT EXISTS lake.`silver`.`catalog` (
  `_source_partition` INT,
  `_source_offset` BIGINT,
  `product_id` STRING,
  `revision` BIGINT,
  `updated_at` TIMESTAMP_LTZ(6),
  `name` STRING,
  `category` STRING,
  `list_price` DECIMAL(12, 2),
  `currency` STRING,
  `supplier_id` STRING,
  `supplier_country` STRING,
  `gtin` STRING,
  `volume_cm3` DECIMAL(18, 3),
  `weight_g` INT,
  `images` ARRAY<STRING>,
  `attributes` MAP<STRING, STRING>,
  `_source_topic` STRING,
  `_ingested_at` TIMESTAMP_LTZ(6),
  `_schema_id` INT,
  `_warnings` ARRAY<STRING>,
  `_rescued` STRING,
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

CREATE TEMPORARY TABLE `documents` (
  `_source_partition` INT,
  `_source_offset` BIGINT,
  `product_id` STRING,
  `revision` BIGINT,
  `updated_at` TIMESTAMP_LTZ(3),
  `name` STRING,
  `category` STRING,
  `list_price` DECIMAL(12, 2),
  `currency` STRING,
  `supplier_id` STRING,
  `supplier_country` STRING,
  `gtin` STRING,
  `volume_cm3` DECIMAL(18, 3),
  `weight_g` INT,
  `images` ARRAY<STRING>,
  `attributes` MAP<STRING, STRING>,
  `_source_topic` STRING,
  `_ingested_at` TIMESTAMP_LTZ(3),
  `_schema_id` INT,
  `_warnings` ARRAY<STRING>,
  `_rescued` STRING
) WITH (
  'connector' = 'opensearch-bulk',
  'hosts' = 'https://opensearch:9200',
  'dead-letter.topic' = 'dlq.catalog',
  'dead-letter.properties.bootstrap.servers' = 'kafka:9092',
  'dead-letter.registry.url' = 'http://registry:8080/apis/ccompat/v7',
  'dead-letter.subject' = 'dlq.catalog-value',
  'dead-letter.schema' = '{"type": "record", "name": "DeadLetter", "namespace": "tidegate", "doc": "A record that did not fit its contract: its cause, its coordinates and its original bytes.", "fields": [{"name": "dead_letter_id", "type": "string", "doc": "first 32 hex digits of SHA-256 over topic/partition/offset/stage, and /row where source has one"}, {"name": "failed_at", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "when this attempt failed, UTC"}, {"name": "first_failed_at", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "when the first attempt failed, UTC"}, {"name": "dataset", "type": "string"}, {"name": "stage", "type": "string", "doc": "decode, contract, rule, enrich, index, lake or file"}, {"name": "error_code", "type": "string", "doc": "closed list in docs/dead-letters.md"}, {"name": "error_message", "type": "string"}, {"name": "violations", "type": {"type": "array", "items": {"type": "record", "name": "Violation", "fields": [{"name": "rule", "type": "string"}, {"name": "field", "type": "string"}, {"name": "message", "type": "string"}]}}, "default": [], "doc": "every rule the record breaks"}, {"name": "retryable", "type": "boolean", "doc": "true if the same bytes may pass later"}, {"name": "attempt", "type": "int", "doc": "1 for the first"}, {"name": "processor", "type": {"type": "record", "name": "Processor", "fields": [{"name": "name", "type": "string"}, {"name": "version", "type": "string"}, {"name": "job_id", "type": ["null", "string"], "default": null}]}}, {"name": "contract", "type": {"type": "record", "name": "ContractRef", "fields": [{"name": "subject", "type": "string"}, {"name": "schema_id", "type": ["null", "int"], "default": null, "doc": "id found in the record, if any"}]}}, {"name": "source", "type": ["null", {"type": "record", "name": "Source", "fields": [{"name": "topic", "type": "string"}, {"name": "partition", "type": "int"}, {"name": "offset", "type": "long"}, {"name": "timestamp", "type": {"type": "long", "logicalType": "timestamp-millis"}}, {"name": "key", "type": ["null", "bytes"], "default": null}, {"name": "headers", "type": {"type": "map", "values": ["null", "bytes"]}, "default": {}}, {"name": "row", "type": ["null", "long"], "default": null, "doc": "number of the row of an exploded event"}]}], "default": null, "doc": "coordinates of a record from a topic"}, {"name": "source_file", "type": ["null", {"type": "record", "name": "SourceFile", "fields": [{"name": "uri", "type": "string"}, {"name": "row", "type": "long"}, {"name": "checksum", "type": "string"}]}], "default": null, "doc": "coordinates of a record from a file"}, {"name": "payload", "type": ["null", "bytes"], "default": null, "doc": "the original bytes, never re-encoded"}, {"name": "payload_encoding", "type": "string", "doc": "avro-confluent or json"}, {"name": "payload_sha256", "type": ["null", "string"], "default": null, "doc": "of the whole payload, also where it was truncated"}, {"name": "payload_truncated", "type": "boolean"}, {"name": "replay_id", "type": ["null", "string"], "default": null, "doc": "the replay this attempt belongs to"}]}',
  'dead-letter.dataset' = 'catalog',
  'sink.max-in-flight-requests' = '1',
  'username' = 'writer',
  'password' = 'opensearch''s password',
  'index' = 'events-catalog-{updated_at|yyyy}',
  'document-id.fields' = 'product_id;revision',
  'sink.bulk-flush.max-actions' = '2000',
  'sink.max-buffered-requests' = '6000',
  'sink.bulk-flush.interval' = '200 ms',
  'sink.version' = '1767323045000'
)
;

INSERT INTO documents
SELECT `_source_partition`, `_source_offset`, `product_id`, `revision`, CAST(`updated_at` AS TIMESTAMP_LTZ(3)) AS `updated_at`, `name`, `category`, `list_price`, `currency`, `supplier_id`, `supplier_country`, `gtin`, `volume_cm3`, `weight_g`, `images`, `attributes`, `_source_topic`, CAST(`_ingested_at` AS TIMESTAMP_LTZ(3)) AS `_ingested_at`, `_schema_id`, `_warnings`, `_rescued`
FROM lake.`silver`.`catalog`
WHERE _source_partition IN (7, 8)
;
