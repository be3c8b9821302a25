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

CREATE TABLE IF NOT EXISTS lake.`silver`.`transactions` (
  `_source_partition` INT,
  `_source_offset` BIGINT,
  `transaction_id` STRING,
  `booked_at` TIMESTAMP_LTZ(6),
  `kind` STRING,
  `account` STRING,
  `product_id` STRING,
  `product_name` STRING,
  `category` STRING,
  `quantity` INT,
  `amount` DECIMAL(14, 2),
  `fee` DECIMAL(12, 4),
  `net` DECIMAL(18, 4),
  `currency` STRING,
  `country` STRING,
  `card_last4` STRING,
  `reference` STRING,
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

CREATE TABLE IF NOT EXISTS lake.`files`.`transactions_verdicts` (
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

CREATE TABLE IF NOT EXISTS lake.`files`.`transactions_letters` (
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

CREATE TABLE IF NOT EXISTS lake.`files`.`transactions_splits` (
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
  `transaction_id` STRING,
  `booked_at` TIMESTAMP_LTZ(3),
  `kind` STRING,
  `status` STRING,
  `account` STRING,
  `product_id` STRING,
  `quantity` INT,
  `amount` DECIMAL(14, 2),
  `fee` DECIMAL(12, 4),
  `currency` STRING,
  `country` STRING,
  `card_last4` STRING,
  `reference` STRING,
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
  'files' = 's3://files/transactions/ab/7	5000	1767323045000	7	s3://in/7.csv
s3://files/transactions/ab/8	5000	1767323045000	8	s3://in/8.csv',
  'encoding' = 'UTF-8',
  'compression' = 'auto',
  'max-row-bytes' = '1048576',
  'raw.max-bytes' = '921600',
  'layout' = 'csv',
  'csv.schema' = '{"type": "record", "name": "Transaction", "namespace": "tidegate.transactions", "doc": "One movement of money, as the payment provider lists it.", "fields": [{"name": "transaction_id", "type": "string", "doc": "UUID, given by the provider"}, {"name": "booked_at", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "when it was booked, UTC"}, {"name": "kind", "type": "string", "doc": "payment, refund, chargeback, fee or test"}, {"name": "status", "type": "string", "doc": "booked or pending"}, {"name": "account", "type": "string", "doc": "IBAN of the customer; kept as a keyed hash only"}, {"name": "product_id", "type": ["null", "string"], "default": null, "doc": "product that was paid for; key of products"}, {"name": "quantity", "type": ["null", "int"], "default": null, "doc": "pieces"}, {"name": "amount", "type": {"type": "bytes", "logicalType": "decimal", "precision": 14, "scale": 2}, "doc": "what was moved, in currency; negative from the shop to the customer"}, {"name": "fee", "type": ["null", {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 4}], "default": null, "doc": "what the provider keeps, in currency"}, {"name": "currency", "type": "string", "doc": "ISO 4217 code"}, {"name": "country", "type": ["null", "string"], "default": null, "doc": "ISO 3166 code of the account''s country"}, {"name": "card_last4", "type": ["null", "string"], "default": null, "doc": "last four digits of the card, with their leading zeros"}, {"name": "reference", "type": ["null", "string"], "default": null, "doc": "what the customer reads on the account''s statement"}]}',
  'csv.delimiter' = ',',
  'csv.quote' = '"',
  'csv.multiline' = 'false',
  'csv.null' = '''''',
  'csv.unknown-columns' = 'reject',
  'csv.missing-columns' = 'reject',
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
SELECT `transaction_id`, `booked_at`, `kind`, `status`, `account`, `product_id`, `quantity`, `amount`, `fee`, `currency`, `country`, `card_last4`, `reference`, _key, _source_topic, _source_partition, _source_offset, _ingested_at, _headers, _error_code, _error_message, _payload, _payload_sha256, _payload_bytes, _schema_id, _proc_time, _split_row
FROM file_rows WHERE _kind = 'row'
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
SELECT `transaction_id`, `booked_at`, `kind`, `status`, hmac_sha256(`account`) AS `account`, `product_id`, `quantity`, `amount`, `fee`, `currency`, `country`, `card_last4`, `reference`,
  _key, _source_topic, _source_partition, _source_offset, _appended_at AS _ingested_at, _headers, _error_code, _error_message, _payload, _payload_sha256, _payload_bytes, _schema_id, _proc_time, _split_row,
  CASE WHEN (CHAR_LENGTH(transaction_id) = 36) IS NOT FALSE THEN CAST(0 AS BIGINT) ELSE CAST(1 AS BIGINT) END
      + CASE WHEN (kind IN ('payment', 'refund', 'chargeback', 'fee', 'test')) IS NOT FALSE THEN CAST(0 AS BIGINT) ELSE CAST(2 AS BIGINT) END
      + CASE WHEN (status IN ('booked', 'pending')) IS NOT FALSE THEN CAST(0 AS BIGINT) ELSE CAST(4 AS BIGINT) END
      + CASE WHEN (amount <> 0 AND (kind <> 'refund' OR amount < 0)) IS NOT FALSE THEN CAST(0 AS BIGINT) ELSE CAST(8 AS BIGINT) END
      + CASE WHEN (fee >= 0) IS NOT FALSE THEN CAST(0 AS BIGINT) ELSE CAST(16 AS BIGINT) END
      + CASE WHEN (CHAR_LENGTH(currency) = 3) IS NOT FALSE THEN CAST(0 AS BIGINT) ELSE CAST(32 AS BIGINT) END
      + CASE WHEN (`booked_at` >= CAST(TIMESTAMP '2010-01-01 00:00:00' AS TIMESTAMP_LTZ(3)) AND `booked_at` <= TIMESTAMPADD(SECOND, 600, _ingested_at)) IS NOT FALSE THEN CAST(0 AS BIGINT) ELSE CAST(64 AS BIGINT) END AS _rejected,
  CASE WHEN (CHAR_LENGTH(country) = 2) IS NOT FALSE THEN CAST(0 AS BIGINT) ELSE CAST(1 AS BIGINT) END
      + CASE WHEN (fee < ABS(amount)) IS NOT FALSE THEN CAST(0 AS BIGINT) ELSE CAST(2 AS BIGINT) END AS _warned,
  CASE WHEN (status <> 'pending') IS NOT FALSE THEN CAST(0 AS BIGINT) ELSE CAST(1 AS BIGINT) END
      + CASE WHEN (kind <> 'test') IS NOT FALSE THEN CAST(0 AS BIGINT) ELSE CAST(2 AS BIGINT) END AS _dropped
FROM (
  SELECT `transaction_id`, `booked_at`, `kind`, `status`, `account`, `product_id`, `quantity`, `amount`, `fee`, `currency`, `country`, `card_last4`, `reference`, _key, _source_topic, _source_partition, _source_offset, _headers, _error_code, _error_message, _payload, _payload_sha256, _payload_bytes, _schema_id, _proc_time, _split_row,
    _ingested_at AS _appended_at,
    first_arrival(_ingested_at, _headers, _payload, _payload_sha256) AS _ingested_at
  FROM raw_records
)
;

CREATE TEMPORARY VIEW enriched AS
SELECT e.`transaction_id`, e.`booked_at`, e.`kind`, e.`status`, e.`account`, e.`product_id`, e.`quantity`, e.`amount`, e.`fee`, e.`currency`, e.`country`, e.`card_last4`, e.`reference`, r0.`name` AS `product_name`, r0.`category` AS `product_category`,
  FALSE AS _reference_missing,
  e._source_topic, e._source_partition, e._source_offset, e._ingested_at, e._schema_id, e._proc_time, e._warned
FROM (SELECT * FROM judged WHERE _error_code IS NULL AND _rejected = 0 AND _dropped = 0) AS e
LEFT JOIN ref_products FOR SYSTEM_TIME AS OF e._proc_time AS r0
  ON r0.`product_id` = e.`product_id` AND r0.`_as_of` = e.`booked_at`
;

CREATE TEMPORARY VIEW validated AS
SELECT `transaction_id`, `booked_at`, `kind`, `status`, `account`, `product_id`, `quantity`, `amount`, `fee`, `currency`, `country`, `card_last4`, `reference`, `product_name`, `product_category`,
  _source_partition, _source_offset, _source_topic, _ingested_at, _schema_id,
  rule_names(_warned, 'country_is_iso_code,fee_is_below_the_amount') AS _warnings
FROM enriched WHERE NOT _reference_missing
;

CREATE TEMPORARY VIEW refined AS
SELECT `_source_partition`, `_source_offset`, `transaction_id`, `booked_at`, `kind`, `account`, `product_id`, `product_name`, `category`, `quantity`, `amount`, `fee`, storable(`net`, '{"type": "record", "name": "Silver", "fields": [{"name": "net", "type": {"type": "bytes", "logicalType": "decimal", "precision": 18, "scale": 4}}]}') AS `net`, storable(`currency`, '{"type": "record", "name": "Silver", "fields": [{"name": "currency", "type": "string"}]}') AS `currency`, `country`, `card_last4`, `reference`, `_source_topic`, `_ingested_at`, `_schema_id`, `_warnings`
FROM (
-- Grain: one silver row per validated transaction. What is pending or a test is left out by `drop` rules in contract.yaml.
select
    _source_partition,
    _source_offset,
    transaction_id,
    booked_at,
    kind,
    account,
    product_id,
    product_name,
    product_category as category,
    quantity,
    amount,
    fee,
    cast(amount - coalesce(fee, 0) as decimal(18, 4)) as net,
    upper(currency) as currency,
    upper(country) as country,
    card_last4,
    reference,
    _source_topic,
    _ingested_at,
    _schema_id,
    _warnings
from validated

)
;

INSERT INTO lake.`silver`.`transactions` /*+ OPTIONS('branch' = 'files-0123456789abcdef') */ (`_source_partition`, `_source_offset`, `transaction_id`, `booked_at`, `kind`, `account`, `product_id`, `product_name`, `category`, `quantity`, `amount`, `fee`, `net`, `currency`, `country`, `card_last4`, `reference`, `_source_topic`, `_ingested_at`, `_schema_id`, `_warnings`, `year`, `month`, `day`)
SELECT `_source_partition`, `_source_offset`, `transaction_id`, CAST(`booked_at` AS TIMESTAMP_LTZ(3)) AS `booked_at`, `kind`, `account`, `product_id`, `product_name`, `category`, `quantity`, `amount`, `fee`, `net`, `currency`, `country`, `card_last4`, `reference`, `_source_topic`, CAST(`_ingested_at` AS TIMESTAMP_LTZ(3)) AS `_ingested_at`, `_schema_id`, `_warnings`, CAST(EXTRACT(YEAR FROM `booked_at`) AS INT), CAST(EXTRACT(MONTH FROM `booked_at`) AS INT), CAST(EXTRACT(DAY FROM `booked_at`) AS INT)
FROM refined
;

INSERT INTO lake.`files`.`transactions_verdicts` /*+ OPTIONS('branch' = 'files-0123456789abcdef') */ (`_source_partition`, `_source_offset`, `verdict`, `code`, `source_row`)
SELECT _source_partition, _source_offset, 'rejected', CAST(COALESCE(_error_code, CASE WHEN _rejected >= 64 THEN 'EVENT_TIME_OUT_OF_RANGE' ELSE 'RULE_VIOLATED' END) AS STRING), CAST(NULL AS BIGINT) FROM judged WHERE _error_code IS NOT NULL OR _rejected <> 0
UNION ALL
SELECT _source_partition, _source_offset, 'dropped', first_rule_name(_dropped, 'no_pending,no_tests'), CAST(NULL AS BIGINT)
FROM judged WHERE _error_code IS NULL AND _rejected = 0 AND _dropped <> 0
;

INSERT INTO lake.`files`.`transactions_letters` /*+ OPTIONS('branch' = 'files-0123456789abcdef') */ (`dead_letter_id`, `failed_at`, `first_failed_at`, `dataset`, `stage`, `error_code`, `error_message`, `violations`, `retryable`, `attempt`, `processor`, `contract`, `source`, `source_file`, `payload`, `payload_encoding`, `payload_sha256`, `payload_truncated`, `replay_id`, `_source_partition`, `_source_offset`, `_split_row`)
SELECT `dead_letter_id`, `failed_at`, `first_failed_at`, `dataset`, `stage`, `error_code`, `error_message`, `violations`, `retryable`, `attempt`, `processor`, `contract`, `source`, `source_file`, `payload`, `payload_encoding`, `payload_sha256`, `payload_truncated`, `replay_id`, _source_partition, _source_offset, _split_row FROM (
SELECT
  dead_letter_id(_source_topic, _source_partition, _source_offset, _stage, _row) AS dead_letter_id,
  _now AS failed_at, COALESCE(_redriven.first_failed_at, _now) AS first_failed_at,
  'transactions' AS dataset, _stage AS stage, _code AS error_code, _message AS error_message,
  _violations AS violations,
  _code IN ('UNKNOWN_SCHEMA', 'REFERENCE_MISSING') AS retryable, COALESCE(_redriven.attempt + 1, 1) AS attempt,
  ROW('files', '0.1.0', CAST(NULL AS STRING)) AS processor,
  ROW('files.transactions-value', _schema_id) AS contract,
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
    CASE WHEN _error_code = 'TRANSFORM_FAILED' THEN 'transform' WHEN _error_code IS NOT NULL THEN 'decode' WHEN _rejected >= 64 THEN 'contract' ELSE 'rule' END AS _stage,
    COALESCE(_error_code, CASE WHEN _rejected >= 64 THEN 'EVENT_TIME_OUT_OF_RANGE' ELSE 'RULE_VIOLATED' END) AS _code,
    dead_letter_message(COALESCE(_error_message, 'the record breaks the rules listed in violations'), _key, _headers, _payload_bytes) AS _message,
    CASE WHEN _error_code IS NULL THEN violations(_rejected, 'transaction_id_is_uuid	transaction_id	transaction_id has the 36 characters of a UUID
known_kind	kind	kind is one of payment, refund, chargeback, fee, test
known_status	status	status is booked or pending
sign_fits_the_kind	amount	amount is not zero, and that of a refund is negative
fee_is_not_negative	fee	fee, where given, is not negative
currency_is_iso_code	currency	currency is a three-letter ISO 4217 code
event_time_in_range	booked_at	booked_at lies between 2010-01-01 and 600 s after its arrival') ELSE violations(CAST(0 AS BIGINT), '') END AS _violations,
    CAST(NULL AS BIGINT) AS _row
  FROM judged WHERE _error_code IS NOT NULL OR _rejected <> 0
)
)
;

INSERT INTO lake.`files`.`transactions_splits` /*+ OPTIONS('branch' = 'files-0123456789abcdef') */ (`_source_partition`, `_source_offset`, `_length`, `_rows`, `_header_lines`, `_blank_lines`, `_comment_lines`, `_places`, `_error_code`, `_error_message`)
SELECT _source_partition, _source_offset, _length, _rows, _header_lines, _blank_lines, _comment_lines, _places, _error_code, _error_message
FROM file_rows WHERE _kind = 'split'
;
