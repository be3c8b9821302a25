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

CREATE TABLE IF NOT EXISTS lake.`silver`.`orders` (
  `_source_partition` INT,
  `_source_offset` BIGINT,
  `order_id` STRING,
  `status` STRING,
  `line_number` INT,
  `order_time` TIMESTAMP_LTZ(6),
  `customer_id` STRING,
  `product_id` STRING,
  `product_name` STRING,
  `category` STRING,
  `quantity` INT,
  `unit_price` DECIMAL(12, 2),
  `amount` DECIMAL(16, 2),
  `line_count` INT,
  `currency` STRING,
  `country` STRING,
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

CREATE TABLE IF NOT EXISTS lake.`replays`.`orders__20260102T030405_abcd` (
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
  `order_id` STRING,
  `status` STRING,
  `order_time` TIMESTAMP_LTZ(3),
  `customer_id` STRING,
  `lines` ARRAY<ROW<`product_id` STRING, `quantity` INT, `unit_price` DECIMAL(12, 2)>>,
  `currency` STRING,
  `country` STRING,
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
  'connector' = 'bronze',
  'table' = 'bronze.orders',
  'spans' = '0:7-8;1:0-0;2:3-1001;3:0-0',
  'lake.type' = 'iceberg',
  'lake.catalog-type' = 'rest',
  'lake.uri' = 'http://catalog:8181',
  'lake.warehouse' = 's3://warehouse',
  'lake.io-impl' = 'org.apache.iceberg.aws.s3.S3FileIO',
  'lake.s3.endpoint' = 'http://s3:8333',
  'lake.s3.path-style-access' = 'true',
  'lake.header.X-Iceberg-Access-Delegation' = 'vended-credentials',
  'lake.client.region' = 'us-east-1',
  'lake.credential' = 'access:secret',
  'lake.s3.access-key-id' = 'access',
  'lake.s3.secret-access-key' = 'secret',
  'value.format' = 'contract-avro',
  'value.contract-avro.registry.url' = 'http://registry:8080/apis/ccompat/v7',
  'value.contract-avro.schema' = '{"type": "record", "name": "Order", "namespace": "tidegate.orders", "doc": "One change of an order''s status, with the whole order.", "fields": [{"name": "order_id", "type": "string", "doc": "UUID, version 7, given by the shop"}, {"name": "status", "type": "string", "doc": "placed, paid, shipped or cancelled"}, {"name": "order_time", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "when the order got this status, UTC"}, {"name": "customer_id", "type": "string", "doc": "who ordered"}, {"name": "lines", "type": {"type": "array", "items": {"type": "record", "name": "OrderLine", "fields": [{"name": "product_id", "type": "string", "doc": "key of products"}, {"name": "quantity", "type": "int", "doc": "pieces"}, {"name": "unit_price", "type": {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 2}, "doc": "price of one piece in currency"}]}}, "doc": "what was ordered"}, {"name": "currency", "type": "string", "doc": "ISO 4217 code"}, {"name": "country", "type": ["null", "string"], "default": null, "doc": "ISO 3166 code of the address to ship to"}]}',
  'value.contract-avro.raw.max-bytes' = '921600'
)
;

CREATE TEMPORARY TABLE `ref_products` (
  `product_id` STRING,
  `name` STRING,
  `category` STRING,
  `list_price` DECIMAL(12, 2),
  `currency` STRING,
  `updated_at` TIMESTAMP_LTZ(3),
  `_as_of` TIMESTAMP_LTZ(3)
) WITH (
  'connector' = 'versioned-kafka',
  'topic' = 'ref.products',
  'properties.bootstrap.servers' = 'kafka:9092',
  'properties.interceptor.classes' = 'io.tidegate.connectors.avro.SchemaIdHeaders',
  'key' = 'product_id',
  'version-time' = 'updated_at',
  'as-of' = '_as_of',
  'lookup.versions-kept' = '168 h',
  'format' = 'contract-avro',
  'contract-avro.registry.url' = 'http://registry:8080/apis/ccompat/v7',
  'contract-avro.schema' = '{"type": "record", "name": "Product", "namespace": "tidegate.products", "doc": "The state of a product from updated_at on.", "fields": [{"name": "product_id", "type": "string", "doc": "key"}, {"name": "name", "type": "string", "doc": "name shown to customers"}, {"name": "category", "type": "string", "doc": "category shown to customers"}, {"name": "list_price", "type": {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 2}, "doc": "price before discounts"}, {"name": "currency", "type": "string", "doc": "ISO 4217 code of list_price"}, {"name": "updated_at", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "when this state takes effect, UTC"}]}'
)
;

CREATE TEMPORARY VIEW judged AS
SELECT `order_id`, `status`, `order_time`, hmac_sha256(`customer_id`) AS `customer_id`, `lines`, `currency`, `country`,
  _key, _source_topic, _source_partition, _source_offset, _appended_at AS _ingested_at, _headers, _error_code, _error_message, _payload, _payload_sha256, _payload_bytes, _schema_id, _proc_time,
  CASE WHEN (CHAR_LENGTH(order_id) = 36) IS NOT FALSE THEN CAST(0 AS BIGINT) ELSE CAST(1 AS BIGINT) END
      + CASE WHEN (status IN ('placed', 'paid', 'shipped', 'cancelled')) IS NOT FALSE THEN CAST(0 AS BIGINT) ELSE CAST(2 AS BIGINT) END
      + CASE WHEN (CARDINALITY(lines) >= 1) IS NOT FALSE THEN CAST(0 AS BIGINT) ELSE CAST(4 AS BIGINT) END
      + CASE WHEN (item_min(lines, 'quantity') >= 1) IS NOT FALSE THEN CAST(0 AS BIGINT) ELSE CAST(8 AS BIGINT) END
      + CASE WHEN (item_min(lines, 'unit_price') >= 0) IS NOT FALSE THEN CAST(0 AS BIGINT) ELSE CAST(16 AS BIGINT) END
      + CASE WHEN (`order_time` >= CAST(TIMESTAMP '2010-01-01 00:00:00' AS TIMESTAMP_LTZ(3)) AND `order_time` <= TIMESTAMPADD(SECOND, 600, _ingested_at)) IS NOT FALSE THEN CAST(0 AS BIGINT) ELSE CAST(32 AS BIGINT) END AS _rejected,
  CASE WHEN (CHAR_LENGTH(country) = 2) IS NOT FALSE THEN CAST(0 AS BIGINT) ELSE CAST(1 AS BIGINT) END AS _warned,
  CAST(0 AS BIGINT) AS _dropped
FROM (
  SELECT `order_id`, `status`, `order_time`, `customer_id`, `lines`, `currency`, `country`, _key, _source_topic, _source_partition, _source_offset, _headers, _error_code, _error_message, _payload, _payload_sha256, _payload_bytes, _schema_id, _proc_time,
    _ingested_at AS _appended_at,
    first_arrival(_ingested_at, _headers, _payload, _payload_sha256) AS _ingested_at
  FROM raw_records
)
;

CREATE TEMPORARY VIEW `enriched` AS
SELECT e.`order_id`, e.`status`, e.`order_time`, e.`customer_id`, e.`lines`, e.`currency`, e.`country`, e.`product_id`, e.`quantity`, e.`unit_price`, e.`line_number`, r0.`name` AS `product_name`, r0.`category` AS `product_category`,
  FALSE AS _reference_missing,
  e._source_topic, e._source_partition, e._source_offset, e._ingested_at, e._schema_id, e._proc_time, e._warned, e._fault, e._key, e._headers, e._payload, e._payload_sha256, e._payload_bytes
FROM (
  SELECT d.*, i.`product_id`, i.`quantity`, i.`unit_price`, i.`line_number`, i.`_fault`
  FROM (SELECT * FROM judged WHERE _error_code IS NULL AND _rejected = 0 AND _dropped = 0) AS d
  CROSS JOIN LATERAL TABLE(items(d.`lines`)) AS i (`product_id`, `quantity`, `unit_price`, `line_number`, `_fault`)
) AS e
LEFT JOIN ref_products FOR SYSTEM_TIME AS OF e._proc_time AS r0
  ON r0.`product_id` = e.`product_id` AND r0.`_as_of` = e.`order_time`
;

CREATE TEMPORARY VIEW `validated` AS
SELECT `order_id`, `status`, `order_time`, `customer_id`, `lines`, `currency`, `country`, `product_id`, `quantity`, `unit_price`, `line_number`, `product_name`, `product_category`,
  _source_partition, _source_offset, _source_topic, _ingested_at, _schema_id,
  rule_names(_warned, 'country_is_iso_code') AS _warnings
FROM enriched WHERE NOT _reference_missing AND _fault IS NULL
;

CREATE TEMPORARY VIEW `refined` AS
SELECT `_source_partition`, `_source_offset`, `order_id`, `status`, `line_number`, `order_time`, `customer_id`, `product_id`, `product_name`, `category`, `quantity`, `unit_price`, storable(`amount`, '{"type": "record", "name": "Silver", "fields": [{"name": "amount", "type": {"type": "bytes", "logicalType": "decimal", "precision": 16, "scale": 2}}]}') AS `amount`, storable(`line_count`, '{"type": "record", "name": "Silver", "fields": [{"name": "line_count", "type": "int"}]}') AS `line_count`, `currency`, `country`, `_source_topic`, `_ingested_at`, `_schema_id`, `_warnings`
FROM (
-- Grain: one silver row per line of an order at one status; `explode` in contract.yaml makes the lines and their numbers.
select
    _source_partition,
    _source_offset,
    order_id,
    status,
    line_number,
    order_time,
    customer_id,
    product_id,
    product_name,
    product_category as category,
    quantity,
    unit_price,
    cast(quantity * unit_price as decimal(16, 2)) as amount,
    cardinality(lines) as line_count,
    currency,
    upper(country) as country,
    _source_topic,
    _ingested_at,
    _schema_id,
    _warnings
from validated

)
;

INSERT INTO lake.`silver`.`orders` /*+ OPTIONS('branch' = 'replay-20260102T030405-abcd') */ (`_source_partition`, `_source_offset`, `order_id`, `status`, `line_number`, `order_time`, `customer_id`, `product_id`, `product_name`, `category`, `quantity`, `unit_price`, `amount`, `line_count`, `currency`, `country`, `_source_topic`, `_ingested_at`, `_schema_id`, `_warnings`, `year`, `month`, `day`)
SELECT `_source_partition`, `_source_offset`, `order_id`, `status`, `line_number`, CAST(`order_time` AS TIMESTAMP_LTZ(3)) AS `order_time`, `customer_id`, `product_id`, `product_name`, `category`, `quantity`, `unit_price`, `amount`, `line_count`, `currency`, `country`, `_source_topic`, CAST(`_ingested_at` AS TIMESTAMP_LTZ(3)) AS `_ingested_at`, `_schema_id`, `_warnings`, CAST(EXTRACT(YEAR FROM `order_time`) AS INT), CAST(EXTRACT(MONTH FROM `order_time`) AS INT), CAST(EXTRACT(DAY FROM `order_time`) AS INT)
FROM refined
;

INSERT INTO lake.`replays`.`orders__20260102T030405_abcd`
SELECT _source_partition, _source_offset, 'rejected', CAST(COALESCE(_error_code, CASE WHEN _rejected >= 32 THEN 'EVENT_TIME_OUT_OF_RANGE' ELSE 'RULE_VIOLATED' END) AS STRING), CAST(NULL AS BIGINT) FROM judged WHERE _error_code IS NOT NULL OR _rejected <> 0
UNION ALL
SELECT _source_partition, _source_offset, 'rejected', CAST('TRANSFORM_FAILED' AS STRING), CAST(`line_number` AS BIGINT) FROM enriched WHERE NOT _reference_missing AND _fault IS NOT NULL
;
