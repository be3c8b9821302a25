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

CREATE TEMPORARY VIEW silver AS
SELECT `_source_partition`, `_source_offset`, `order_id`, `status`, `line_number`, CAST(`order_time` AS TIMESTAMP_LTZ(3)) AS `order_time`, `customer_id`, `product_id`, `product_name`, `category`, `quantity`, `unit_price`, `amount`, `line_count`, `currency`, `country`, `_source_topic`, CAST(`_ingested_at` AS TIMESTAMP_LTZ(3)) AS `_ingested_at`, `_schema_id`, `_warnings`
FROM lake.`silver`.`orders`
WHERE (`order_time` >= CAST(TIMESTAMP '2026-01-01 00:00:00' AS TIMESTAMP_LTZ(3)) AND `order_time` < CAST(TIMESTAMP '2026-01-04 00:00:00' AS TIMESTAMP_LTZ(3)))
;

CREATE TEMPORARY TABLE `sales_topic` (
  `minute` TIMESTAMP_LTZ(3),
  `category` STRING,
  `country` STRING,
  `currency` STRING,
  `orders` BIGINT,
  `units` BIGINT,
  `revenue` DECIMAL(20, 2),
  `average_basket` DECIMAL(20, 2),
  PRIMARY KEY (`minute`, `category`, `country`, `currency`) NOT ENFORCED
) WITH (
  'connector' = 'upsert-kafka',
  'topic' = 'gold.orders.sales',
  'properties.bootstrap.servers' = 'kafka:9092',
  'properties.compression.type' = 'lz4',
  'properties.max.request.size' = '8323072',
  'key.format' = 'json',
  'key.json.timestamp-format.standard' = 'ISO-8601',
  'value.format' = 'contract-avro',
  'value.contract-avro.registry.url' = 'http://registry:8080/apis/ccompat/v7',
  'value.contract-avro.schema' = '{"type": "record", "name": "Sales", "namespace": "tidegate.orders", "doc": "Sales per minute. Grain: one row per minute, category, country and currency of paid orders.", "key": ["minute", "category", "country", "currency"], "fields": [{"name": "minute", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "start of the minute in which the orders were paid, UTC"}, {"name": "category", "type": "string", "doc": "the products'' category; unknown where products doesn''t have it"}, {"name": "country", "type": "string", "doc": "ISO 3166 code; unknown where the order has none"}, {"name": "currency", "type": "string", "doc": "ISO 4217 code"}, {"name": "orders", "type": "long", "doc": "distinct orders with a line in this category"}, {"name": "units", "type": "long", "doc": "pieces"}, {"name": "revenue", "type": ["null", {"type": "bytes", "logicalType": "decimal", "precision": 20, "scale": 2}], "default": null, "doc": "amount of the lines, in currency; null if it has more than 18 digits before the point"}, {"name": "average_basket", "type": ["null", {"type": "bytes", "logicalType": "decimal", "precision": 20, "scale": 2}], "default": null, "doc": "revenue per order, in currency; null as revenue is"}]}',
  'value.contract-avro.subject' = 'gold.orders.sales-value'
)
;

CREATE TEMPORARY TABLE `sales_documents` (
  `minute` TIMESTAMP_LTZ(3),
  `category` STRING,
  `country` STRING,
  `currency` STRING,
  `orders` BIGINT,
  `units` BIGINT,
  `revenue` DECIMAL(20, 2),
  `average_basket` DECIMAL(20, 2),
  PRIMARY KEY (`minute`, `category`, `country`, `currency`) NOT ENFORCED
) WITH (
  'connector' = 'opensearch-bulk',
  'hosts' = 'https://opensearch:9200',
  'dead-letter.topic' = 'dlq.orders',
  'dead-letter.properties.bootstrap.servers' = 'kafka:9092',
  'dead-letter.registry.url' = 'http://registry:8080/apis/ccompat/v7',
  'dead-letter.subject' = 'dlq.orders-value',
  'dead-letter.schema' = '{"type": "record", "name": "DeadLetter", "namespace": "tidegate", "doc": "A record that did not fit its contract: its cause, its coordinates and its original bytes.", "fields": [{"name": "dead_letter_id", "type": "string", "doc": "first 32 hex digits of SHA-256 over topic/partition/offset/stage, and /row where source has one"}, {"name": "failed_at", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "when this attempt failed, UTC"}, {"name": "first_failed_at", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "when the first attempt failed, UTC"}, {"name": "dataset", "type": "string"}, {"name": "stage", "type": "string", "doc": "decode, contract, rule, enrich, index, lake or file"}, {"name": "error_code", "type": "string", "doc": "closed list in docs/dead-letters.md"}, {"name": "error_message", "type": "string"}, {"name": "violations", "type": {"type": "array", "items": {"type": "record", "name": "Violation", "fields": [{"name": "rule", "type": "string"}, {"name": "field", "type": "string"}, {"name": "message", "type": "string"}]}}, "default": [], "doc": "every rule the record breaks"}, {"name": "retryable", "type": "boolean", "doc": "true if the same bytes may pass later"}, {"name": "attempt", "type": "int", "doc": "1 for the first"}, {"name": "processor", "type": {"type": "record", "name": "Processor", "fields": [{"name": "name", "type": "string"}, {"name": "version", "type": "string"}, {"name": "job_id", "type": ["null", "string"], "default": null}]}}, {"name": "contract", "type": {"type": "record", "name": "ContractRef", "fields": [{"name": "subject", "type": "string"}, {"name": "schema_id", "type": ["null", "int"], "default": null, "doc": "id found in the record, if any"}]}}, {"name": "source", "type": ["null", {"type": "record", "name": "Source", "fields": [{"name": "topic", "type": "string"}, {"name": "partition", "type": "int"}, {"name": "offset", "type": "long"}, {"name": "timestamp", "type": {"type": "long", "logicalType": "timestamp-millis"}}, {"name": "key", "type": ["null", "bytes"], "default": null}, {"name": "headers", "type": {"type": "map", "values": ["null", "bytes"]}, "default": {}}, {"name": "row", "type": ["null", "long"], "default": null, "doc": "number of the row of an exploded event"}]}], "default": null, "doc": "coordinates of a record from a topic"}, {"name": "source_file", "type": ["null", {"type": "record", "name": "SourceFile", "fields": [{"name": "uri", "type": "string"}, {"name": "row", "type": "long"}, {"name": "checksum", "type": "string"}]}], "default": null, "doc": "coordinates of a record from a file"}, {"name": "payload", "type": ["null", "bytes"], "default": null, "doc": "the original bytes, never re-encoded"}, {"name": "payload_encoding", "type": "string", "doc": "avro-confluent or json"}, {"name": "payload_sha256", "type": ["null", "string"], "default": null, "doc": "of the whole payload, also where it was truncated"}, {"name": "payload_truncated", "type": "boolean"}, {"name": "replay_id", "type": ["null", "string"], "default": null, "doc": "the replay this attempt belongs to"}]}',
  'dead-letter.dataset' = 'orders',
  'sink.max-in-flight-requests' = '1',
  'username' = 'writer',
  'password' = 'opensearch''s password',
  'index' = 'metrics-orders-sales-{minute|yyyy.MM}',
  'dead-letter.processor' = 'metrics',
  'sink.version-clock' = 'true'
)
;

CREATE TEMPORARY VIEW `sales` AS
-- Grain: one row per minute, category, country and currency. An order with lines of two categories counts in both.
with paid as (
    select
        cast(floor(order_time to minute) as timestamp_ltz(3)) as `minute`,
        coalesce(category, 'unknown') as category,
        coalesce(country, 'unknown') as country,
        currency,
        order_id,
        quantity,
        amount
    from silver
    where status = 'paid'
)
select
    `minute`,
    category,
    country,
    currency,
    count(distinct order_id) as orders,
    sum(cast(quantity as bigint)) as units,
    cast(sum(amount) as decimal(20, 2)) as revenue,
    cast(sum(amount) / count(distinct order_id) as decimal(20, 2)) as average_basket
from paid
group by `minute`, category, country, currency
;

INSERT INTO `sales_topic` (`minute`, `category`, `country`, `currency`, `orders`, `units`, `revenue`, `average_basket`)
SELECT `minute`, `category`, `country`, `currency`, `orders`, `units`, `revenue`, `average_basket` FROM `sales`
WHERE (CAST(`minute` AS TIMESTAMP_LTZ(3)) >= CAST(TIMESTAMP '2026-01-02 00:00:00' AS TIMESTAMP_LTZ(3)) AND CAST(`minute` AS TIMESTAMP_LTZ(3)) < CAST(TIMESTAMP '2026-01-04 00:00:00' AS TIMESTAMP_LTZ(3)))
;

INSERT INTO `sales_documents` (`minute`, `category`, `country`, `currency`, `orders`, `units`, `revenue`, `average_basket`)
SELECT `minute`, `category`, `country`, `currency`, `orders`, `units`, `revenue`, `average_basket` FROM `sales`
WHERE (CAST(`minute` AS TIMESTAMP_LTZ(3)) >= CAST(TIMESTAMP '2026-01-02 00:00:00' AS TIMESTAMP_LTZ(3)) AND CAST(`minute` AS TIMESTAMP_LTZ(3)) < CAST(TIMESTAMP '2026-01-04 00:00:00' AS TIMESTAMP_LTZ(3)))
;
