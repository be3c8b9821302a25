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

CREATE TABLE IF NOT EXISTS lake.`bronze`.`clicks` (
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

CREATE TABLE IF NOT EXISTS lake.`silver`.`clicks` (
  `_source_partition` INT,
  `_source_offset` BIGINT,
  `event_id` STRING,
  `event_time` TIMESTAMP_LTZ(6),
  `user_id` STRING,
  `session_id` STRING,
  `event_type` STRING,
  `page_url` STRING,
  `referrer` STRING,
  `product_id` STRING,
  `product_name` STRING,
  `category` STRING,
  `list_price` DECIMAL(12, 2),
  `quantity` INT,
  `unit_price` DECIMAL(12, 2),
  `amount` DECIMAL(16, 2),
  `currency` STRING,
  `country` STRING,
  `ip` STRING,
  `device_family` STRING,
  `user_agent` STRING,
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
  'topic' = 'raw.clicks',
  'properties.bootstrap.servers' = 'kafka:9092',
  'properties.group.id' = 'tidegate-lake-clicks',
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
  `event_id` STRING,
  `event_time` TIMESTAMP_LTZ(3),
  `user_id` STRING,
  `session_id` STRING,
  `event_type` STRING,
  `page_url` STRING,
  `referrer` STRING,
  `product_id` STRING,
  `product_name` STRING,
  `category` STRING,
  `list_price` DECIMAL(12, 2),
  `quantity` INT,
  `unit_price` DECIMAL(12, 2),
  `amount` DECIMAL(16, 2),
  `currency` STRING,
  `country` STRING,
  `ip` STRING,
  `device_family` STRING,
  `user_agent` STRING,
  `_source_topic` STRING,
  `_ingested_at` TIMESTAMP_LTZ(3),
  `_schema_id` INT,
  `_warnings` ARRAY<STRING>,
  `_error_code` STRING METADATA FROM 'value.error-code' VIRTUAL
) WITH (
  'connector' = 'kafka',
  'topic' = 'silver.clicks',
  'properties.bootstrap.servers' = 'kafka:9092',
  'properties.group.id' = 'tidegate-lake-clicks',
  'properties.isolation.level' = 'read_committed',
  'properties.max.partition.fetch.bytes' = '16777216',
  'properties.fetch.max.bytes' = '67108864',
  'properties.max.poll.records' = '5000',
  'scan.startup.mode' = 'earliest-offset',
  'scan.topic-partition-discovery.interval' = '1 min',
  'value.format' = 'contract-avro',
  'value.contract-avro.registry.url' = 'http://registry:8080/apis/ccompat/v7',
  'value.contract-avro.schema' = '{"type": "record", "name": "ClickSilver", "namespace": "tidegate.clicks", "doc": "One valid, deduplicated, enriched click. Grain: one row per event_id.", "fields": [{"name": "_source_partition", "type": "int", "doc": "partition of the raw record"}, {"name": "_source_offset", "type": "long", "doc": "offset of the raw record"}, {"name": "event_id", "type": "string", "doc": "identity"}, {"name": "event_time", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "when it happened, UTC"}, {"name": "user_id", "type": ["null", "string"], "default": null, "doc": "keyed hash of the signed-in user"}, {"name": "session_id", "type": "string", "doc": "one visit of one browser"}, {"name": "event_type", "type": "string", "doc": "view, cart, checkout, purchase or search"}, {"name": "page_url", "type": "string", "doc": "path and query of the page"}, {"name": "referrer", "type": ["null", "string"], "default": null, "doc": "page that led here"}, {"name": "product_id", "type": ["null", "string"], "default": null, "doc": "key of products"}, {"name": "product_name", "type": ["null", "string"], "default": null, "doc": "the product''s name at event_time"}, {"name": "category", "type": ["null", "string"], "default": null, "doc": "the product''s category at event_time"}, {"name": "list_price", "type": ["null", {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 2}], "default": null, "doc": "the product''s list price at event_time"}, {"name": "quantity", "type": ["null", "int"], "default": null, "doc": "pieces"}, {"name": "unit_price", "type": ["null", {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 2}], "default": null, "doc": "price of one piece in currency"}, {"name": "amount", "type": ["null", {"type": "bytes", "logicalType": "decimal", "precision": 16, "scale": 2}], "default": null, "doc": "quantity times unit_price, in currency"}, {"name": "currency", "type": ["null", "string"], "default": null, "doc": "ISO 4217 code"}, {"name": "country", "type": ["null", "string"], "default": null, "doc": "ISO 3166 code, upper case"}, {"name": "ip", "type": ["null", "string"], "default": null, "doc": "keyed hash of the address"}, {"name": "device_family", "type": "string", "doc": "bot, tablet, phone, desktop or other"}, {"name": "user_agent", "type": ["null", "string"], "default": null, "doc": "browser as it names itself"}, {"name": "_source_topic", "type": "string", "doc": "topic of the raw record"}, {"name": "_ingested_at", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "Kafka timestamp of the raw record"}, {"name": "_schema_id", "type": "int", "doc": "registry id the raw record was written with"}, {"name": "_warnings", "type": {"type": "array", "items": "string"}, "default": [], "doc": "names of the warn rules the event did not meet"}]}'
)
;

INSERT INTO lake.`bronze`.`clicks`
SELECT _source_topic, _source_partition, _source_offset, _ingested_at, _key, _headers, _value,
  CAST(EXTRACT(YEAR FROM _ingested_at) AS INT), CAST(EXTRACT(MONTH FROM _ingested_at) AS INT), CAST(EXTRACT(DAY FROM _ingested_at) AS INT)
FROM raw_records
;

INSERT INTO lake.`silver`.`clicks` (`_source_partition`, `_source_offset`, `event_id`, `event_time`, `user_id`, `session_id`, `event_type`, `page_url`, `referrer`, `product_id`, `product_name`, `category`, `list_price`, `quantity`, `unit_price`, `amount`, `currency`, `country`, `ip`, `device_family`, `user_agent`, `_source_topic`, `_ingested_at`, `_schema_id`, `_warnings`, `year`, `month`, `day`)
SELECT `_source_partition`, `_source_offset`, `event_id`, `event_time`, `user_id`, `session_id`, `event_type`, `page_url`, `referrer`, `product_id`, `product_name`, `category`, `list_price`, `quantity`, `unit_price`, `amount`, `currency`, `country`, `ip`, `device_family`, `user_agent`, `_source_topic`, `_ingested_at`, `_schema_id`, `_warnings`, CAST(EXTRACT(YEAR FROM `event_time`) AS INT), CAST(EXTRACT(MONTH FROM `event_time`) AS INT), CAST(EXTRACT(DAY FROM `event_time`) AS INT)
FROM silver WHERE _error_code IS NULL
;
