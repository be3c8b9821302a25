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

CREATE TABLE IF NOT EXISTS lake.`replays`.`meters__20260102T030405_abcd` (
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
  `reading_id` STRING,
  `sentAt` TIMESTAMP_LTZ(3),
  `meterId` STRING,
  `kWh` DECIMAL(12, 3),
  `site` ROW<`name` STRING, `area` STRING>,
  `tags` MAP<STRING, STRING>,
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
  `_proc_time` AS PROCTIME(),
  `_rescued` STRING METADATA FROM 'value.rescued' VIRTUAL
) WITH (
  'connector' = 'kafka',
  'topic' = 'raw.meters',
  'properties.bootstrap.servers' = 'kafka:9092',
  'properties.group.id' = 'tidegate-replay-meters',
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
  'value.format' = 'contract-json',
  'value.contract-json.schema' = '{"type": "record", "name": "Meters", "namespace": "tidegate.meters", "doc": "One record of meters.", "fields": [{"name": "reading_id", "type": "string", "json": "reading.id", "doc": ""}, {"name": "sentAt", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": ""}, {"name": "meterId", "type": "string", "doc": ""}, {"name": "kWh", "type": ["null", {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 3}], "default": null, "doc": ""}, {"name": "site", "type": ["null", {"type": "record", "name": "MetersSite", "fields": [{"name": "name", "type": "string", "doc": ""}, {"name": "area", "type": "string", "doc": ""}]}], "default": null, "doc": ""}, {"name": "tags", "type": {"type": "map", "values": "string"}, "default": {}, "doc": ""}]}',
  'value.contract-json.unknown-fields' = 'rescue',
  'value.contract-json.raw.max-bytes' = '921600',
  'scan.startup.specific-offsets' = 'partition:0,offset:7;partition:1,offset:0;partition:2,offset:3;partition:3,offset:0',
  'scan.bounded.mode' = 'specific-offsets',
  'scan.bounded.specific-offsets' = 'partition:0,offset:8;partition:1,offset:0;partition:2,offset:1001;partition:3,offset:0'
)
;

CREATE TEMPORARY VIEW judged AS
SELECT `reading_id`, `sentAt`, `meterId`, `kWh`, `site`, `tags`,
  _key, _source_topic, _source_partition, _source_offset, _appended_at AS _ingested_at, _headers, _error_code, _error_message, _payload, _payload_sha256, _payload_bytes, _schema_id, _proc_time, _rescued,
  CASE WHEN (CHAR_LENGTH(`reading_id`) > 0) IS NOT FALSE THEN CAST(0 AS BIGINT) ELSE CAST(1 AS BIGINT) END
      + CASE WHEN (`sentAt` >= CAST(TIMESTAMP '2010-01-01 00:00:00' AS TIMESTAMP_LTZ(3)) AND `sentAt` <= TIMESTAMPADD(SECOND, 600, _ingested_at)) IS NOT FALSE THEN CAST(0 AS BIGINT) ELSE CAST(2 AS BIGINT) END AS _rejected,
  CAST(0 AS BIGINT) AS _warned,
  CAST(0 AS BIGINT) AS _dropped
FROM (
  SELECT `reading_id`, `sentAt`, `meterId`, `kWh`, `site`, `tags`, _key, _source_topic, _source_partition, _source_offset, _headers, _error_code, _error_message, _payload, _payload_sha256, _payload_bytes, _schema_id, _proc_time, _rescued,
    _ingested_at AS _appended_at,
    first_arrival(_ingested_at, _headers, _payload, _payload_sha256) AS _ingested_at
  FROM raw_records
)
;

CREATE TEMPORARY VIEW enriched AS
SELECT e.`reading_id`, e.`sentAt`, e.`meterId`, e.`kWh`, e.`site`, e.`tags`,
  FALSE AS _reference_missing,
  e._source_topic, e._source_partition, e._source_offset, e._ingested_at, e._schema_id, e._proc_time, e._warned, e._rescued
FROM (SELECT * FROM judged WHERE _error_code IS NULL AND _rejected = 0 AND _dropped = 0) AS e

;

CREATE TEMPORARY VIEW validated AS
SELECT `reading_id`, `sentAt`, `meterId`, `kWh`, `site`, `tags`,
  _source_partition, _source_offset, _source_topic, _ingested_at, _schema_id, _rescued,
  rule_names(_warned, '') AS _warnings
FROM enriched WHERE NOT _reference_missing
;

CREATE TEMPORARY VIEW refined AS
SELECT `_source_partition`, `_source_offset`, `reading_id`, `sentAt`, `meterId`, `kWh`, `site`, `tags`, `_rescued`, `_source_topic`, `_ingested_at`, `_schema_id`, `_warnings`
FROM (
-- Grain: one silver row per valid record. Rename, derive and map here.
select
    `_source_partition`,
    `_source_offset`,
    `reading_id`,
    `sentAt`,
    `meterId`,
    `kWh`,
    `site`,
    `tags`,
    `_rescued`,
    `_source_topic`,
    `_ingested_at`,
    `_schema_id`,
    `_warnings`
from validated

)
;

INSERT INTO lake.`silver`.`meters` /*+ OPTIONS('branch' = 'replay-20260102T030405-abcd') */ (`_source_partition`, `_source_offset`, `reading_id`, `sentAt`, `meterId`, `kWh`, `site`, `tags`, `_rescued`, `_source_topic`, `_ingested_at`, `_schema_id`, `_warnings`, `year`, `month`, `day`)
SELECT `_source_partition`, `_source_offset`, `reading_id`, CAST(`sentAt` AS TIMESTAMP_LTZ(3)) AS `sentAt`, `meterId`, `kWh`, `site`, `tags`, `_rescued`, `_source_topic`, CAST(`_ingested_at` AS TIMESTAMP_LTZ(3)) AS `_ingested_at`, `_schema_id`, `_warnings`, CAST(EXTRACT(YEAR FROM `sentAt`) AS INT), CAST(EXTRACT(MONTH FROM `sentAt`) AS INT), CAST(EXTRACT(DAY FROM `sentAt`) AS INT)
FROM refined
;

INSERT INTO lake.`replays`.`meters__20260102T030405_abcd`
SELECT _source_partition, _source_offset, 'rejected', CAST(COALESCE(_error_code, CASE WHEN _rejected >= 2 THEN 'EVENT_TIME_OUT_OF_RANGE' ELSE 'RULE_VIOLATED' END) AS STRING), CAST(NULL AS BIGINT) FROM judged WHERE _error_code IS NOT NULL OR _rejected <> 0
;
