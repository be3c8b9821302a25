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

CREATE DATABASE IF NOT EXISTS lake.`files`
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

CREATE TABLE IF NOT EXISTS lake.`files`.`catalog_verdicts` (
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

CREATE TABLE IF NOT EXISTS lake.`files`.`catalog_letters` (
  `dead_letter_id` STRING,
  `failed_at` TIMESTAMP_LTZ(6),
  `first_failed_at` TIMESTAMP_LTZ(6),
  `dataset` STRING,
  `stage` STRING,
  `error_code` STRING,
  `error_message` STRING,
  `violations` ARRAY<ROW<`rule` STRING, `field` STRING, `message` STRING>>,
  `retryable` BOOLEAN,
  `attempt` INT,
  `processor` ROW<`name` STRING, `version` STRING, `job_id` STRING>,
  `contract` ROW<`subject` STRING, `schema_id` INT>,
  `source` ROW<`topic` STRING, `partition` INT, `offset` BIGINT, `timestamp` TIMESTAMP_LTZ(6), `key` BYTES, `headers` MAP<STRING, BYTES>, `row` BIGINT>,
  `source_file` ROW<`uri` STRING, `row` BIGINT, `checksum` STRING>,
  `payload` BYTES,
  `payload_encoding` STRING,
  `payload_sha256` STRING,
  `payload_truncated` BOOLEAN,
  `replay_id` STRING,
  `_source_partition` INT,
  `_source_offset` BIGINT,
  `_split_row` BIGINT
)
WITH (
  'format-version' = '2',
  'write.format.default' = 'parquet',
  'write.parquet.compression-codec' = 'zstd',
  'write.distribution-mode' = 'none',
  'write.metadata.delete-after-commit.enabled' = 'true',
  'write.metadata.previous-versions-max' = '20'
)
;

CREATE TABLE IF NOT EXISTS lake.`files`.`catalog_splits` (
  `_source_partition` INT,
  `_source_offset` BIGINT,
  `_length` BIGINT,
  `_rows` BIGINT,
  `_header_lines` BIGINT,
  `_blank_lines` BIGINT,
  `_comment_lines` BIGINT,
  `_places` BIGINT,
  `_error_code` STRING,
  `_error_message` STRING
)
WITH (
  'format-version' = '2',
  'write.format.default' = 'parquet',
  'write.parquet.compression-codec' = 'zstd',
  'write.distribution-mode' = 'none',
  'write.metadata.delete-after-commit.enabled' = 'true',
  'write.metadata.previous-versions-max' = '20'
)
;

CREATE TEMPORARY TABLE `file_rows` (
  `product_id` STRING,
  `revision` BIGINT,
  `updated_at` TIMESTAMP_LTZ(3),
  `name` STRING,
  `category` STRING,
  `list_price` DECIMAL(12, 2),
  `currency` STRING,
  `supplier` ROW<`supplier_id` STRING, `country` STRING>,
  `gtin` STRING,
  `size` ROW<`width_mm` INT, `height_mm` INT, `depth_mm` INT>,
  `weight_g` INT,
  `images` ARRAY<STRING>,
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
  `_proc_time` AS PROCTIME(),
  `_kind` STRING METADATA FROM 'kind' VIRTUAL,
  `_split_row` BIGINT METADATA FROM 'split-row' VIRTUAL,
  `_length` BIGINT METADATA FROM 'length' VIRTUAL,
  `_rows` BIGINT METADATA FROM 'rows' VIRTUAL,
  `_header_lines` BIGINT METADATA FROM 'header-lines' VIRTUAL,
  `_blank_lines` BIGINT METADATA FROM 'blank-lines' VIRTUAL,
  `_comment_lines` BIGINT METADATA FROM 'comment-lines' VIRTUAL,
  `_places` BIGINT METADATA FROM 'places' VIRTUAL,
  `_rescued` STRING METADATA FROM 'value.rescued' VIRTUAL
) WITH (
  'connector' = 'files',
  'files' = 's3://files/catalog/ab/7	5000	1767323045000	7	s3://in/7.csv
s3://files/catalog/ab/8	5000	1767323045000	8	s3://in/8.csv',
  'encoding' = 'UTF-8',
  'compression' = 'auto',
  'max-row-bytes' = '1048576',
  'raw.max-bytes' = '921600',
  'layout' = 'json-lines',
  'value.format' = 'contract-json',
  'value.contract-json.schema' = '{"type": "record", "name": "CatalogEntry", "namespace": "tidegate.catalog", "doc": "A product as its supplier describes it from updated_at on.", "fields": [{"name": "product_id", "type": "string", "doc": "key of products"}, {"name": "revision", "type": "long", "doc": "how often the supplier has described it, from 1"}, {"name": "updated_at", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "from when this revision holds, UTC"}, {"name": "name", "type": "string", "doc": "name shown to customers"}, {"name": "category", "type": "string", "doc": "category shown to customers"}, {"name": "list_price", "type": {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 2}, "doc": "price before discounts"}, {"name": "currency", "type": "string", "doc": "ISO 4217 code of list_price"}, {"name": "supplier", "type": {"type": "record", "name": "Supplier", "fields": [{"name": "supplier_id", "type": "string", "doc": "who sells it to the shop"}, {"name": "country", "type": ["null", "string"], "default": null, "doc": "ISO 3166 code"}]}, "doc": "where it comes from"}, {"name": "gtin", "type": ["null", "string"], "default": null, "doc": "number of the bar code, with its leading zeros"}, {"name": "size", "type": ["null", {"type": "record", "name": "Size", "fields": [{"name": "width_mm", "type": "int"}, {"name": "height_mm", "type": "int"}, {"name": "depth_mm", "type": "int"}]}], "default": null, "doc": "of the packed product"}, {"name": "weight_g", "type": ["null", "int"], "default": null, "doc": "of the packed product"}, {"name": "images", "type": {"type": "array", "items": "string"}, "default": [], "doc": "addresses of its images"}, {"name": "attributes", "type": {"type": "map", "values": "string"}, "default": {}, "doc": "anything else, by the supplier''s names"}]}',
  'value.contract-json.unknown-fields' = 'rescue',
  'value.contract-json.max-record-bytes' = '1048576',
  'value.contract-json.raw.max-bytes' = '921600',
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
  'lake.s3.secret-access-key' = 'secret'
)
;

CREATE TEMPORARY VIEW raw_records AS
SELECT `product_id`, `revision`, `updated_at`, `name`, `category`, `list_price`, `currency`, `supplier`, `gtin`, `size`, `weight_g`, `images`, `attributes`, _key, _source_topic, _source_partition, _source_offset, _ingested_at, _headers, _error_code, _error_message, _payload, _payload_sha256, _payload_bytes, _schema_id, _proc_time, _split_row, _rescued
FROM file_rows WHERE _kind = 'row'
;

CREATE TEMPORARY VIEW judged AS
SELECT `product_id`, `revision`, `updated_at`, `name`, `category`, `list_price`, `currency`, `supplier`, `gtin`, `size`, `weight_g`, `images`, `attributes`,
  _key, _source_topic, _source_partition, _source_offset, _appended_at AS _ingested_at, _headers, _error_code, _error_message, _payload, _payload_sha256, _payload_bytes, _schema_id, _proc_time, _split_row, _rescued,
  CASE WHEN (CHAR_LENGTH(name) > 0) IS NOT FALSE THEN CAST(0 AS BIGINT) ELSE CAST(1 AS BIGINT) END
      + CASE WHEN (revision >= 1) IS NOT FALSE THEN CAST(0 AS BIGINT) ELSE CAST(2 AS BIGINT) END
      + CASE WHEN (list_price >= 0) IS NOT FALSE THEN CAST(0 AS BIGINT) ELSE CAST(4 AS BIGINT) END
      + CASE WHEN (CHAR_LENGTH(currency) = 3) IS NOT FALSE THEN CAST(0 AS BIGINT) ELSE CAST(8 AS BIGINT) END
      + CASE WHEN (CHAR_LENGTH(supplier.supplier_id) > 0) IS NOT FALSE THEN CAST(0 AS BIGINT) ELSE CAST(16 AS BIGINT) END
      + CASE WHEN (`updated_at` >= CAST(TIMESTAMP '2010-01-01 00:00:00' AS TIMESTAMP_LTZ(3)) AND `updated_at` <= TIMESTAMPADD(SECOND, 600, _ingested_at)) IS NOT FALSE THEN CAST(0 AS BIGINT) ELSE CAST(32 AS BIGINT) END AS _rejected,
  CASE WHEN (CHAR_LENGTH(gtin) = 13) IS NOT FALSE THEN CAST(0 AS BIGINT) ELSE CAST(1 AS BIGINT) END
      + CASE WHEN (CARDINALITY(images) >= 1) IS NOT FALSE THEN CAST(0 AS BIGINT) ELSE CAST(2 AS BIGINT) END AS _warned,
  CASE WHEN (category <> 'sample') IS NOT FALSE THEN CAST(0 AS BIGINT) ELSE CAST(1 AS BIGINT) END AS _dropped
FROM (
  SELECT `product_id`, `revision`, `updated_at`, `name`, `category`, `list_price`, `currency`, `supplier`, `gtin`, `size`, `weight_g`, `images`, `attributes`, _key, _source_topic, _source_partition, _source_offset, _headers, _error_code, _error_message, _payload, _payload_sha256, _payload_bytes, _schema_id, _proc_time, _split_row, _rescued,
    _ingested_at AS _appended_at,
    first_arrival(_ingested_at, _headers, _payload, _payload_sha256) AS _ingested_at
  FROM raw_records
)
;

CREATE TEMPORARY VIEW enriched AS
SELECT e.`product_id`, e.`revision`, e.`updated_at`, e.`name`, e.`category`, e.`list_price`, e.`currency`, e.`supplier`, e.`gtin`, e.`size`, e.`weight_g`, e.`images`, e.`attributes`,
  FALSE AS _reference_missing,
  e._source_topic, e._source_partition, e._source_offset, e._ingested_at, e._schema_id, e._proc_time, e._warned, e._rescued
FROM (SELECT * FROM judged WHERE _error_code IS NULL AND _rejected = 0 AND _dropped = 0) AS e

;

CREATE TEMPORARY VIEW validated AS
SELECT `product_id`, `revision`, `updated_at`, `name`, `category`, `list_price`, `currency`, `supplier`, `gtin`, `size`, `weight_g`, `images`, `attributes`,
  _source_partition, _source_offset, _source_topic, _ingested_at, _schema_id, _rescued,
  rule_names(_warned, 'gtin_has_13_digits,has_an_image') AS _warnings
FROM enriched WHERE NOT _reference_missing
;

CREATE TEMPORARY VIEW refined AS
SELECT `_source_partition`, `_source_offset`, `product_id`, `revision`, `updated_at`, `name`, storable(`category`, '{"type": "record", "name": "Silver", "fields": [{"name": "category", "type": "string"}]}') AS `category`, `list_price`, `currency`, storable(`supplier_id`, '{"type": "record", "name": "Silver", "fields": [{"name": "supplier_id", "type": "string"}]}') AS `supplier_id`, `supplier_country`, `gtin`, `volume_cm3`, `weight_g`, `images`, `attributes`, `_source_topic`, `_ingested_at`, `_schema_id`, `_warnings`, `_rescued`
FROM (
-- Grain: one silver row per validated revision of a product. Samples are left out by a `drop` rule in contract.yaml.
select
    _source_partition,
    _source_offset,
    product_id,
    revision,
    updated_at,
    name,
    lower(category) as category,
    list_price,
    currency,
    coalesce(supplier.supplier_id, '') as supplier_id,
    upper(supplier.country) as supplier_country,
    gtin,
    cast(
        cast(size.width_mm as decimal(10, 0)) * cast(size.height_mm as decimal(10, 0)) * size.depth_mm / 1000
        as decimal(18, 3)
    ) as volume_cm3,
    weight_g,
    images,
    attributes,
    _source_topic,
    _ingested_at,
    _schema_id,
    _warnings,
    _rescued
from validated

)
;

INSERT INTO lake.`silver`.`catalog` /*+ OPTIONS('branch' = 'files-0123456789abcdef') */ (`_source_partition`, `_source_offset`, `product_id`, `revision`, `updated_at`, `name`, `category`, `list_price`, `currency`, `supplier_id`, `supplier_country`, `gtin`, `volume_cm3`, `weight_g`, `images`, `attributes`, `_source_topic`, `_ingested_at`, `_schema_id`, `_warnings`, `_rescued`, `year`, `month`, `day`)
SELECT `_source_partition`, `_source_offset`, `product_id`, `revision`, CAST(`updated_at` AS TIMESTAMP_LTZ(3)) AS `updated_at`, `name`, `category`, `list_price`, `currency`, `supplier_id`, `supplier_country`, `gtin`, `volume_cm3`, `weight_g`, `images`, `attributes`, `_source_topic`, CAST(`_ingested_at` AS TIMESTAMP_LTZ(3)) AS `_ingested_at`, `_schema_id`, `_warnings`, `_rescued`, CAST(EXTRACT(YEAR FROM `updated_at`) AS INT), CAST(EXTRACT(MONTH FROM `updated_at`) AS INT), CAST(EXTRACT(DAY FROM `updated_at`) AS INT)
FROM refined
;

INSERT INTO lake.`files`.`catalog_verdicts` /*+ OPTIONS('branch' = 'files-0123456789abcdef') */ (`_source_partition`, `_source_offset`, `verdict`, `code`, `source_row`)
SELECT _source_partition, _source_offset, 'rejected', CAST(COALESCE(_error_code, CASE WHEN _rejected >= 32 THEN 'EVENT_TIME_OUT_OF_RANGE' ELSE 'RULE_VIOLATED' END) AS STRING), CAST(NULL AS BIGINT) FROM judged WHERE _error_code IS NOT NULL OR _rejected <> 0
UNION ALL
SELECT _source_partition, _source_offset, 'dropped', first_rule_name(_dropped, 'no_samples'), CAST(NULL AS BIGINT)
FROM judged WHERE _error_code IS NULL AND _rejected = 0 AND _dropped <> 0
;

INSERT INTO lake.`files`.`catalog_letters` /*+ OPTIONS('branch' = 'files-0123456789abcdef') */ (`dead_letter_id`, `failed_at`, `first_failed_at`, `dataset`, `stage`, `error_code`, `error_message`, `violations`, `retryable`, `attempt`, `processor`, `contract`, `source`, `source_file`, `payload`, `payload_encoding`, `payload_sha256`, `payload_truncated`, `replay_id`, `_source_partition`, `_source_offset`, `_split_row`)
SELECT `dead_letter_id`, `failed_at`, `first_failed_at`, `dataset`, `stage`, `error_code`, `error_message`, `violations`, `retryable`, `attempt`, `processor`, `contract`, `source`, `source_file`, `payload`, `payload_encoding`, `payload_sha256`, `payload_truncated`, `replay_id`, _source_partition, _source_offset, _split_row FROM (
SELECT
  dead_letter_id(_source_topic, _source_partition, _source_offset, _stage, _row) AS dead_letter_id,
  _now AS failed_at, COALESCE(_redriven.first_failed_at, _now) AS first_failed_at,
  'catalog' AS dataset, _stage AS stage, _code AS error_code, _message AS error_message,
  _violations AS violations,
  _code IN ('UNKNOWN_SCHEMA', 'REFERENCE_MISSING') AS retryable, COALESCE(_redriven.attempt + 1, 1) AS attempt,
  ROW('files', '0.1.0', CAST(NULL AS STRING)) AS processor,
  ROW('files.catalog-value', _schema_id) AS contract,
  ROW(_source_topic, _source_partition, _source_offset, _ingested_at, dead_letter_key(_key), dead_letter_headers(_headers), _row) AS source,
  CAST(NULL AS ROW<`uri` STRING, `row` BIGINT, `checksum` STRING>) AS source_file,
  _payload AS payload, 'json' AS payload_encoding,
  COALESCE(_payload_sha256, sha256_hex(_payload)) AS payload_sha256,
  COALESCE(_payload_bytes > 921600, FALSE) AS payload_truncated,
  _redriven.plan AS replay_id,
  connect_headers(_source_topic, _source_partition, _source_offset, _stage, _code, _message) AS _headers, _source_partition, _source_offset, _split_row
FROM (
  SELECT _source_topic, _source_partition, _source_offset, _split_row, _ingested_at, _key, _headers, _payload,
    _payload_sha256, _payload_bytes, _schema_id,
    CAST(CURRENT_TIMESTAMP AS TIMESTAMP_LTZ(3)) AS _now,
    redriven(_headers, _payload, _payload_sha256) AS _redriven,
    CASE WHEN _error_code = 'TRANSFORM_FAILED' THEN 'transform' WHEN _error_code IS NOT NULL THEN 'decode' WHEN _rejected >= 32 THEN 'contract' ELSE 'rule' END AS _stage,
    COALESCE(_error_code, CASE WHEN _rejected >= 32 THEN 'EVENT_TIME_OUT_OF_RANGE' ELSE 'RULE_VIOLATED' END) AS _code,
    dead_letter_message(COALESCE(_error_message, 'the record breaks the rules listed in violations'), _key, _headers, _payload_bytes) AS _message,
    CASE WHEN _error_code IS NULL THEN violations(_rejected, 'product_is_named	name	name is not empty
revision_counts_from_1	revision	revision is 1 or more
price_is_not_negative	list_price	list_price is not negative
currency_is_iso_code	currency	currency is a three-letter ISO 4217 code
supplier_is_named	supplier	supplier.supplier_id is not empty
event_time_in_range	updated_at	updated_at lies between 2010-01-01 and 600 s after its arrival') ELSE violations(CAST(0 AS BIGINT), '') END AS _violations,
    CAST(NULL AS BIGINT) AS _row
  FROM judged WHERE _error_code IS NOT NULL OR _rejected <> 0
)
)
;

INSERT INTO lake.`files`.`catalog_splits` /*+ OPTIONS('branch' = 'files-0123456789abcdef') */ (`_source_partition`, `_source_offset`, `_length`, `_rows`, `_header_lines`, `_blank_lines`, `_comment_lines`, `_places`, `_error_code`, `_error_message`)
SELECT _source_partition, _source_offset, _length, _rows, _header_lines, _blank_lines, _comment_lines, _places, _error_code, _error_message
FROM file_rows WHERE _kind = 'split'
;
