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

CREATE TABLE IF NOT EXISTS lake.`silver`.`customers` (
  `_source_partition` INT,
  `_source_offset` BIGINT,
  `customer_id` STRING,
  `revision` INT,
  `changed_at` TIMESTAMP_LTZ(6),
  `last_name` STRING,
  `birth_year` INT,
  `email` STRING,
  `street` STRING,
  `postal_code` STRING,
  `city` STRING,
  `country` STRING,
  `newsletter` BOOLEAN,
  `credit_limit` DECIMAL(10, 2),
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

CREATE TABLE IF NOT EXISTS lake.`files`.`customers_verdicts` (
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

CREATE TABLE IF NOT EXISTS lake.`files`.`customers_letters` (
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

CREATE TABLE IF NOT EXISTS lake.`files`.`customers_splits` (
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
  `customer_id` STRING,
  `revision` INT,
  `changed_at` TIMESTAMP_LTZ(3),
  `first_name` STRING,
  `last_name` STRING,
  `birth_date` DATE,
  `email` STRING,
  `phone` STRING,
  `street` STRING,
  `postal_code` STRING,
  `city` STRING,
  `country` STRING,
  `newsletter` BOOLEAN,
  `credit_limit` DECIMAL(10, 2),
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
  `_places` BIGINT METADATA FROM 'places' VIRTUAL
) WITH (
  'connector' = 'files',
  'files' = 's3://files/customers/ab/7	5000	1767323045000	7	s3://in/7.csv
s3://files/customers/ab/8	5000	1767323045000	8	s3://in/8.csv',
  'encoding' = 'ISO-8859-1',
  'compression' = 'auto',
  'max-row-bytes' = '1048576',
  'raw.max-bytes' = '921600',
  'layout' = 'csv',
  'csv.schema' = '{"type": "record", "name": "CustomerChange", "namespace": "tidegate.customers", "doc": "A customer''s record from changed_at on.", "fields": [{"name": "customer_id", "type": "string", "doc": "number of the customer, with its leading zeros"}, {"name": "revision", "type": "int", "doc": "how often the record was changed, from 1"}, {"name": "changed_at", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "when it was changed, UTC"}, {"name": "first_name", "type": ["null", "string"], "default": null, "doc": "kept nowhere"}, {"name": "last_name", "type": "string", "doc": "masked"}, {"name": "birth_date", "type": ["null", {"type": "int", "logicalType": "date"}], "default": null, "doc": "its year alone is kept"}, {"name": "email", "type": ["null", "string"], "default": null, "doc": "kept as a keyed hash only"}, {"name": "phone", "type": ["null", "string"], "default": null, "doc": "kept nowhere"}, {"name": "street", "type": ["null", "string"], "default": null, "doc": "masked"}, {"name": "postal_code", "type": ["null", "string"], "default": null, "doc": "with its leading zeros"}, {"name": "city", "type": ["null", "string"], "default": null, "doc": "where the customer lives"}, {"name": "country", "type": "string", "doc": "ISO 3166 code"}, {"name": "newsletter", "type": "boolean", "default": false, "doc": "whether the customer wants it"}, {"name": "credit_limit", "type": ["null", {"type": "bytes", "logicalType": "decimal", "precision": 10, "scale": 2}], "default": null, "doc": "up to which the customer pays later, in EUR"}]}',
  'csv.delimiter' = ';',
  'csv.quote' = '"',
  'csv.multiline' = 'false',
  'csv.null' = ''''';''NULL''',
  'csv.unknown-columns' = 'reject',
  'csv.missing-columns' = 'default',
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
SELECT `customer_id`, `revision`, `changed_at`, `first_name`, `last_name`, `birth_date`, `email`, `phone`, `street`, `postal_code`, `city`, `country`, `newsletter`, `credit_limit`, _key, _source_topic, _source_partition, _source_offset, _ingested_at, _headers, _error_code, _error_message, _payload, _payload_sha256, _payload_bytes, _schema_id, _proc_time, _split_row
FROM file_rows WHERE _kind = 'row'
;

CREATE TEMPORARY VIEW judged AS
SELECT `customer_id`, `revision`, `changed_at`, CAST(NULL AS STRING) AS `first_name`, CASE WHEN `last_name` IS NOT NULL THEN '***' END AS `last_name`, `birth_date`, hmac_sha256(`email`) AS `email`, CAST(NULL AS STRING) AS `phone`, CASE WHEN `street` IS NOT NULL THEN '***' END AS `street`, `postal_code`, `city`, `country`, `newsletter`, `credit_limit`,
  _key, _source_topic, _source_partition, _source_offset, _appended_at AS _ingested_at, _headers, _error_code, _error_message, _payload, _payload_sha256, _payload_bytes, _schema_id, _proc_time, _split_row,
  CASE WHEN (revision >= 1) IS NOT FALSE THEN CAST(0 AS BIGINT) ELSE CAST(1 AS BIGINT) END
      + CASE WHEN (CHAR_LENGTH(TRIM(last_name)) > 0) IS NOT FALSE THEN CAST(0 AS BIGINT) ELSE CAST(2 AS BIGINT) END
      + CASE WHEN (CHAR_LENGTH(country) = 2) IS NOT FALSE THEN CAST(0 AS BIGINT) ELSE CAST(4 AS BIGINT) END
      + CASE WHEN (birth_date < CAST(changed_at AS DATE)) IS NOT FALSE THEN CAST(0 AS BIGINT) ELSE CAST(8 AS BIGINT) END
      + CASE WHEN (credit_limit >= 0) IS NOT FALSE THEN CAST(0 AS BIGINT) ELSE CAST(16 AS BIGINT) END
      + CASE WHEN (`changed_at` >= CAST(TIMESTAMP '2000-01-01 00:00:00' AS TIMESTAMP_LTZ(3)) AND `changed_at` <= TIMESTAMPADD(SECOND, 600, _ingested_at)) IS NOT FALSE THEN CAST(0 AS BIGINT) ELSE CAST(32 AS BIGINT) END AS _rejected,
  CASE WHEN (email LIKE '%_@_%') IS NOT FALSE THEN CAST(0 AS BIGINT) ELSE CAST(1 AS BIGINT) END
      + CASE WHEN (country <> 'DE' OR CHAR_LENGTH(postal_code) = 5) IS NOT FALSE THEN CAST(0 AS BIGINT) ELSE CAST(2 AS BIGINT) END AS _warned,
  CASE WHEN (customer_id NOT LIKE 'TEST%') IS NOT FALSE THEN CAST(0 AS BIGINT) ELSE CAST(1 AS BIGINT) END AS _dropped
FROM (
  SELECT `customer_id`, `revision`, `changed_at`, `first_name`, `last_name`, `birth_date`, `email`, `phone`, `street`, `postal_code`, `city`, `country`, `newsletter`, `credit_limit`, _key, _source_topic, _source_partition, _source_offset, _headers, _error_code, _error_message, _payload, _payload_sha256, _payload_bytes, _schema_id, _proc_time, _split_row,
    _ingested_at AS _appended_at,
    first_arrival(_ingested_at, _headers, _payload, _payload_sha256) AS _ingested_at
  FROM raw_records
)
;

CREATE TEMPORARY VIEW enriched AS
SELECT e.`customer_id`, e.`revision`, e.`changed_at`, e.`first_name`, e.`last_name`, e.`birth_date`, e.`email`, e.`phone`, e.`street`, e.`postal_code`, e.`city`, e.`country`, e.`newsletter`, e.`credit_limit`,
  FALSE AS _reference_missing,
  e._source_topic, e._source_partition, e._source_offset, e._ingested_at, e._schema_id, e._proc_time, e._warned
FROM (SELECT * FROM judged WHERE _error_code IS NULL AND _rejected = 0 AND _dropped = 0) AS e

;

CREATE TEMPORARY VIEW validated AS
SELECT `customer_id`, `revision`, `changed_at`, `first_name`, `last_name`, `birth_date`, `email`, `phone`, `street`, `postal_code`, `city`, `country`, `newsletter`, `credit_limit`,
  _source_partition, _source_offset, _source_topic, _ingested_at, _schema_id,
  rule_names(_warned, 'email_has_an_at,german_postal_code') AS _warnings
FROM enriched WHERE NOT _reference_missing
;

CREATE TEMPORARY VIEW refined AS
SELECT `_source_partition`, `_source_offset`, `customer_id`, `revision`, `changed_at`, `last_name`, `birth_year`, `email`, `street`, `postal_code`, `city`, storable(`country`, '{"type": "record", "name": "Silver", "fields": [{"name": "country", "type": "string"}]}') AS `country`, `newsletter`, `credit_limit`, `_source_topic`, `_ingested_at`, `_schema_id`, `_warnings`
FROM (
-- Grain: one silver row per validated change of a customer. Test customers are left out by a `drop` rule in contract.yaml.
select
    _source_partition,
    _source_offset,
    customer_id,
    revision,
    changed_at,
    last_name,
    cast(extract(year from birth_date) as int) as birth_year,
    email,
    street,
    postal_code,
    city,
    upper(country) as country,
    newsletter,
    credit_limit,
    _source_topic,
    _ingested_at,
    _schema_id,
    _warnings
from validated

)
;

INSERT INTO lake.`silver`.`customers` /*+ OPTIONS('branch' = 'files-0123456789abcdef') */ (`_source_partition`, `_source_offset`, `customer_id`, `revision`, `changed_at`, `last_name`, `birth_year`, `email`, `street`, `postal_code`, `city`, `country`, `newsletter`, `credit_limit`, `_source_topic`, `_ingested_at`, `_schema_id`, `_warnings`, `year`, `month`, `day`)
SELECT `_source_partition`, `_source_offset`, `customer_id`, `revision`, CAST(`changed_at` AS TIMESTAMP_LTZ(3)) AS `changed_at`, `last_name`, `birth_year`, `email`, `street`, `postal_code`, `city`, `country`, `newsletter`, `credit_limit`, `_source_topic`, CAST(`_ingested_at` AS TIMESTAMP_LTZ(3)) AS `_ingested_at`, `_schema_id`, `_warnings`, CAST(EXTRACT(YEAR FROM `changed_at`) AS INT), CAST(EXTRACT(MONTH FROM `changed_at`) AS INT), CAST(EXTRACT(DAY FROM `changed_at`) AS INT)
FROM refined
;

INSERT INTO lake.`files`.`customers_verdicts` /*+ OPTIONS('branch' = 'files-0123456789abcdef') */ (`_source_partition`, `_source_offset`, `verdict`, `code`, `source_row`)
SELECT _source_partition, _source_offset, 'rejected', CAST(COALESCE(_error_code, CASE WHEN _rejected >= 32 THEN 'EVENT_TIME_OUT_OF_RANGE' ELSE 'RULE_VIOLATED' END) AS STRING), CAST(NULL AS BIGINT) FROM judged WHERE _error_code IS NOT NULL OR _rejected <> 0
UNION ALL
SELECT _source_partition, _source_offset, 'dropped', first_rule_name(_dropped, 'no_test_customers'), CAST(NULL AS BIGINT)
FROM judged WHERE _error_code IS NULL AND _rejected = 0 AND _dropped <> 0
;

INSERT INTO lake.`files`.`customers_letters` /*+ OPTIONS('branch' = 'files-0123456789abcdef') */ (`dead_letter_id`, `failed_at`, `first_failed_at`, `dataset`, `stage`, `error_code`, `error_message`, `violations`, `retryable`, `attempt`, `processor`, `contract`, `source`, `source_file`, `payload`, `payload_encoding`, `payload_sha256`, `payload_truncated`, `replay_id`, `_source_partition`, `_source_offset`, `_split_row`)
SELECT `dead_letter_id`, `failed_at`, `first_failed_at`, `dataset`, `stage`, `error_code`, `error_message`, `violations`, `retryable`, `attempt`, `processor`, `contract`, `source`, `source_file`, `payload`, `payload_encoding`, `payload_sha256`, `payload_truncated`, `replay_id`, _source_partition, _source_offset, _split_row FROM (
SELECT
  dead_letter_id(_source_topic, _source_partition, _source_offset, _stage, _row) AS dead_letter_id,
  _now AS failed_at, COALESCE(_redriven.first_failed_at, _now) AS first_failed_at,
  'customers' AS dataset, _stage AS stage, _code AS error_code, _message AS error_message,
  _violations AS violations,
  _code IN ('UNKNOWN_SCHEMA', 'REFERENCE_MISSING') AS retryable, COALESCE(_redriven.attempt + 1, 1) AS attempt,
  ROW('files', '0.1.0', CAST(NULL AS STRING)) AS processor,
  ROW('files.customers-value', _schema_id) AS contract,
  ROW(_source_topic, _source_partition, _source_offset, _ingested_at, dead_letter_key(_key), dead_letter_headers(_headers), _row) AS source,
  CAST(NULL AS ROW<`uri` STRING, `row` BIGINT, `checksum` STRING>) AS source_file,
  _payload AS payload, 'csv' AS payload_encoding,
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
    CASE WHEN _error_code IS NULL THEN violations(_rejected, 'revision_counts_from_1	revision	revision is 1 or more
customer_is_named	last_name	last_name is more than blanks
country_is_iso_code	country	country is a two-letter ISO 3166 code
born_before_the_change	birth_date	birth_date, where given, lies before changed_at
credit_limit_is_not_negative	credit_limit	credit_limit, where given, is not negative
event_time_in_range	changed_at	changed_at lies between 2000-01-01 and 600 s after its arrival') ELSE violations(CAST(0 AS BIGINT), '') END AS _violations,
    CAST(NULL AS BIGINT) AS _row
  FROM judged WHERE _error_code IS NOT NULL OR _rejected <> 0
)
)
;

INSERT INTO lake.`files`.`customers_splits` /*+ OPTIONS('branch' = 'files-0123456789abcdef') */ (`_source_partition`, `_source_offset`, `_length`, `_rows`, `_header_lines`, `_blank_lines`, `_comment_lines`, `_places`, `_error_code`, `_error_message`)
SELECT _source_partition, _source_offset, _length, _rows, _header_lines, _blank_lines, _comment_lines, _places, _error_code, _error_message
FROM file_rows WHERE _kind = 'split'
;
