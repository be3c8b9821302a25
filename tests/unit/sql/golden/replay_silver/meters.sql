SET 'table.exec.state.ttl' = '0 ms'
;

CREATE TEMPORARY TABLE `silver_before` (
  `_key` BYTES,
  `_source_partition` INT,
  `_source_offset` BIGINT,
  `_value` BYTES METADATA FROM 'value.raw' VIRTUAL,
  `_headers` MAP<STRING, BYTES> METADATA FROM 'headers' VIRTUAL,
  `_appended_at` TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL,
  `_error_code` STRING METADATA FROM 'value.error-code' VIRTUAL
) WITH (
  'connector' = 'kafka',
  'topic' = 'silver.meters',
  'properties.bootstrap.servers' = 'kafka:9092',
  'properties.group.id' = 'tidegate-fill-meters',
  'properties.isolation.level' = 'read_committed',
  'properties.max.partition.fetch.bytes' = '16777216',
  'properties.fetch.max.bytes' = '67108864',
  'properties.max.poll.records' = '5000',
  'scan.startup.mode' = 'specific-offsets',
  'scan.topic-partition-discovery.interval' = '1 min',
  'key.format' = 'raw',
  'key.fields' = '_key',
  'value.fields-include' = 'EXCEPT_KEY',
  'value.format' = 'contract-avro',
  'value.contract-avro.registry.url' = 'http://registry:8080/apis/ccompat/v7',
  'value.contract-avro.schema' = '{"type": "record", "name": "MetersSilver", "namespace": "tidegate.meters", "doc": "One valid, deduplicated record. Grain: one row per reading_id.", "fields": [{"name": "_source_partition", "type": "int", "doc": "partition of the raw record"}, {"name": "_source_offset", "type": "long", "doc": "offset of the raw record"}]}',
  'value.contract-avro.max-record-bytes' = '8388608',
  'value.contract-avro.raw.max-bytes' = '8388608',
  'scan.startup.specific-offsets' = 'partition:0,offset:0;partition:1,offset:0;partition:2,offset:5;partition:3,offset:0',
  'scan.bounded.mode' = 'specific-offsets',
  'scan.bounded.specific-offsets' = 'partition:0,offset:90;partition:1,offset:0;partition:2,offset:2000;partition:3,offset:0'
)
;

CREATE TEMPORARY TABLE `silver_copied` (
  `_key` BYTES,
  `_value` BYTES,
  `_headers` MAP<STRING, BYTES> METADATA FROM 'headers',
  `_written_at` TIMESTAMP_LTZ(3) METADATA FROM 'timestamp'
) WITH (
  'connector' = 'kafka',
  'topic' = 'silver.meters.v2',
  'properties.bootstrap.servers' = 'kafka:9092',
  'properties.transaction.timeout.ms' = '600000',
  'properties.compression.type' = 'lz4',
  'properties.linger.ms' = '50',
  'properties.batch.size' = '262144',
  'properties.max.request.size' = '8323072',
  'properties.flink.disable-metrics' = 'true',
  'sink.delivery-guarantee' = 'exactly-once',
  'sink.transactional-id-prefix' = 'fill-silver-meters',
  'key.format' = 'raw',
  'key.fields' = '_key',
  'value.format' = 'raw',
  'value.fields-include' = 'EXCEPT_KEY'
)
;

CREATE TEMPORARY TABLE `dropped_before` (
  `_key` BYTES,
  `source_partition` INT,
  `source_offset` BIGINT,
  `_value` BYTES METADATA FROM 'value.raw' VIRTUAL,
  `_headers` MAP<STRING, BYTES> METADATA FROM 'headers' VIRTUAL,
  `_appended_at` TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL,
  `_error_code` STRING METADATA FROM 'value.error-code' VIRTUAL
) WITH (
  'connector' = 'kafka',
  'topic' = 'dropped.meters',
  'properties.bootstrap.servers' = 'kafka:9092',
  'properties.group.id' = 'tidegate-fill-meters',
  'properties.isolation.level' = 'read_committed',
  'properties.max.partition.fetch.bytes' = '16777216',
  'properties.fetch.max.bytes' = '67108864',
  'properties.max.poll.records' = '5000',
  'scan.startup.mode' = 'specific-offsets',
  'scan.topic-partition-discovery.interval' = '1 min',
  'key.format' = 'raw',
  'key.fields' = '_key',
  'value.fields-include' = 'EXCEPT_KEY',
  'value.format' = 'contract-avro',
  'value.contract-avro.registry.url' = 'http://registry:8080/apis/ccompat/v7',
  'value.contract-avro.schema' = '{"type": "record", "name": "Dropped", "namespace": "tidegate", "doc": "A record left out by a drop rule: where it is, and which rule; not its content.", "fields": [{"name": "source_partition", "type": "int"}, {"name": "source_offset", "type": "long"}]}',
  'value.contract-avro.max-record-bytes' = '8388608',
  'value.contract-avro.raw.max-bytes' = '8388608',
  'scan.startup.specific-offsets' = 'partition:0,offset:0;partition:1,offset:0;partition:2,offset:5;partition:3,offset:0',
  'scan.bounded.mode' = 'specific-offsets',
  'scan.bounded.specific-offsets' = 'partition:0,offset:90;partition:1,offset:0;partition:2,offset:2000;partition:3,offset:0'
)
;

CREATE TEMPORARY TABLE `dropped_copied` (
  `_key` BYTES,
  `_value` BYTES,
  `_headers` MAP<STRING, BYTES> METADATA FROM 'headers',
  `_written_at` TIMESTAMP_LTZ(3) METADATA FROM 'timestamp'
) WITH (
  'connector' = 'kafka',
  'topic' = 'dropped.meters.v2',
  'properties.bootstrap.servers' = 'kafka:9092',
  'properties.transaction.timeout.ms' = '600000',
  'properties.compression.type' = 'lz4',
  'properties.linger.ms' = '50',
  'properties.batch.size' = '262144',
  'properties.max.request.size' = '8323072',
  'properties.flink.disable-metrics' = 'true',
  'sink.delivery-guarantee' = 'exactly-once',
  'sink.transactional-id-prefix' = 'fill-dropped-meters',
  'key.format' = 'raw',
  'key.fields' = '_key',
  'value.format' = 'raw',
  'value.fields-include' = 'EXCEPT_KEY'
)
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

CREATE TABLE IF NOT EXISTS lake.`silver`.`meters` (
  `_source_partition` INT,
  `_source_offset` BIGINT,
  `reading_id` STRING,
  `sentAt` TIMESTAMP_LTZ(6),
  `meterId` STRING,
  `kWh` DECIMAL(12, 3),
  `site` ROW<`name` STRING, `area` STRING>,
  `tags` MAP<STRING, STRING>,
  `_rescued` STRING,
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

CREATE TEMPORARY TABLE `silver_of_range` (
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
  `_written_at` TIMESTAMP_LTZ(3) METADATA FROM 'timestamp'
) WITH (
  'connector' = 'kafka',
  'topic' = 'silver.meters.v2',
  'properties.bootstrap.servers' = 'kafka:9092',
  'properties.transaction.timeout.ms' = '600000',
  'properties.compression.type' = 'lz4',
  'properties.linger.ms' = '50',
  'properties.batch.size' = '262144',
  'properties.max.request.size' = '8323072',
  'properties.flink.disable-metrics' = 'true',
  'sink.delivery-guarantee' = 'exactly-once',
  'sink.transactional-id-prefix' = 'fill-range-silver-meters',
  'value.format' = 'contract-avro',
  'value.contract-avro.registry.url' = 'http://registry:8080/apis/ccompat/v7',
  'value.contract-avro.schema' = '{"type": "record", "name": "MetersSilver", "namespace": "tidegate.meters", "doc": "One valid, deduplicated record. Grain: one row per reading_id.", "fields": [{"name": "_source_partition", "type": "int", "doc": "partition of the raw record"}, {"name": "_source_offset", "type": "long", "doc": "offset of the raw record"}, {"name": "reading_id", "type": "string", "doc": ""}, {"name": "sentAt", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": ""}, {"name": "meterId", "type": "string", "doc": ""}, {"name": "kWh", "type": ["null", {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 3}], "default": null, "doc": ""}, {"name": "site", "type": ["null", {"type": "record", "name": "MetersSite", "fields": [{"name": "name", "type": "string", "doc": ""}, {"name": "area", "type": "string", "doc": ""}]}], "default": null, "doc": ""}, {"name": "tags", "type": {"type": "map", "values": "string"}, "default": {}, "doc": ""}, {"name": "_rescued", "type": ["null", "string"], "default": null, "doc": "fields that the contract lacks"}, {"name": "_source_topic", "type": "string", "doc": "topic of the raw record"}, {"name": "_ingested_at", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "Kafka timestamp of the raw record"}, {"name": "_schema_id", "type": "int", "doc": "registry id the raw record was written with"}, {"name": "_warnings", "type": {"type": "array", "items": "string"}, "default": [], "doc": "names of the warn rules the event did not meet"}]}',
  'value.contract-avro.subject' = 'silver.meters.v2-value',
  'key.format' = 'raw',
  'key.fields' = 'reading_id'
)
;

INSERT INTO silver_copied (_key, _value, _headers, _written_at)
SELECT _key, _value, _headers, _appended_at
FROM silver_before WHERE _error_code IS NULL AND NOT ((_source_partition = 0 and _source_offset >= 7 and _source_offset < 8) OR (_source_partition = 2 and _source_offset >= 3 and _source_offset < 1001))
;

INSERT INTO dropped_copied (_key, _value, _headers, _written_at)
SELECT _key, _value, _headers, _appended_at
FROM dropped_before WHERE _error_code IS NULL AND NOT ((source_partition = 0 and source_offset >= 7 and source_offset < 8) OR (source_partition = 2 and source_offset >= 3 and source_offset < 1001))
;

INSERT INTO silver_of_range (`_source_partition`, `_source_offset`, `reading_id`, `sentAt`, `meterId`, `kWh`, `site`, `tags`, `_rescued`, `_source_topic`, `_ingested_at`, `_schema_id`, `_warnings`, _written_at)
SELECT `_source_partition`, `_source_offset`, `reading_id`, CAST(`sentAt` AS TIMESTAMP_LTZ(3)) AS `sentAt`, `meterId`, `kWh`, `site`, `tags`, `_rescued`, `_source_topic`, CAST(`_ingested_at` AS TIMESTAMP_LTZ(3)) AS `_ingested_at`, `_schema_id`, `_warnings`, GREATEST(LEAST(CAST(_ingested_at AS TIMESTAMP_LTZ(3)), CAST(CURRENT_TIMESTAMP AS TIMESTAMP_LTZ(3))), TO_TIMESTAMP_LTZ(0, 3))
FROM lake.`silver`.`meters`
WHERE (_source_partition = 0 and _source_offset >= 7 and _source_offset < 8) OR (_source_partition = 2 and _source_offset >= 700 and _source_offset < 1001)
;
