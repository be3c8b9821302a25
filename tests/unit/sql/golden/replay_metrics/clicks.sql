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

CREATE TEMPORARY VIEW silver AS
SELECT `_source_partition`, `_source_offset`, `event_id`, CAST(`event_time` AS TIMESTAMP_LTZ(3)) AS `event_time`, `user_id`, `session_id`, `event_type`, `page_url`, `referrer`, `product_id`, `product_name`, `category`, `list_price`, `quantity`, `unit_price`, `amount`, `currency`, `country`, `ip`, `device_family`, `user_agent`, `_source_topic`, CAST(`_ingested_at` AS TIMESTAMP_LTZ(3)) AS `_ingested_at`, `_schema_id`, `_warnings`
FROM lake.`silver`.`clicks`
WHERE (`event_time` >= CAST(TIMESTAMP '2026-01-01 00:00:00' AS TIMESTAMP_LTZ(3)) AND `event_time` < CAST(TIMESTAMP '2026-01-04 00:00:00' AS TIMESTAMP_LTZ(3)))
;

CREATE TEMPORARY TABLE `browsers_topic` (
  `window_start` TIMESTAMP_LTZ(3),
  `browser` STRING,
  `os` STRING,
  `clicks` BIGINT,
  `views` BIGINT,
  `purchases` BIGINT,
  PRIMARY KEY (`window_start`, `browser`, `os`) NOT ENFORCED
) WITH (
  'connector' = 'upsert-kafka',
  'topic' = 'gold.clicks.browsers',
  'properties.bootstrap.servers' = 'kafka:9092',
  'properties.compression.type' = 'lz4',
  'properties.max.request.size' = '8323072',
  'key.format' = 'json',
  'key.json.timestamp-format.standard' = 'ISO-8601',
  'value.format' = 'contract-avro',
  'value.contract-avro.registry.url' = 'http://registry:8080/apis/ccompat/v7',
  'value.contract-avro.schema' = '{"type": "record", "name": "Browsers", "namespace": "tidegate.clicks", "doc": "Clicks by what visitors browse with, per 5 minutes. Grain: one row per 5 minutes, browser and operating system.", "key": ["window_start", "browser", "os"], "fields": [{"name": "window_start", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "start of the 5 minutes, UTC"}, {"name": "browser", "type": "string", "doc": "family of the browser by uap-core; unknown where the user agent names none"}, {"name": "os", "type": "string", "doc": "family of the operating system by uap-core; unknown where the user agent names none"}, {"name": "clicks", "type": "long", "doc": "clicks of any type"}, {"name": "views", "type": "long", "doc": "clicks of type view"}, {"name": "purchases", "type": "long", "doc": "clicks of type purchase"}]}',
  'value.contract-avro.subject' = 'gold.clicks.browsers-value'
)
;

CREATE TEMPORARY TABLE `browsers_documents` (
  `window_start` TIMESTAMP_LTZ(3),
  `browser` STRING,
  `os` STRING,
  `clicks` BIGINT,
  `views` BIGINT,
  `purchases` BIGINT,
  PRIMARY KEY (`window_start`, `browser`, `os`) NOT ENFORCED
) WITH (
  'connector' = 'opensearch-bulk',
  'hosts' = 'https://opensearch:9200',
  'dead-letter.topic' = 'dlq.clicks',
  'dead-letter.properties.bootstrap.servers' = 'kafka:9092',
  'dead-letter.registry.url' = 'http://registry:8080/apis/ccompat/v7',
  'dead-letter.subject' = 'dlq.clicks-value',
  'dead-letter.schema' = '{"type": "record", "name": "DeadLetter", "namespace": "tidegate", "doc": "A record that did not fit its contract: its cause, its coordinates and its original bytes.", "fields": [{"name": "dead_letter_id", "type": "string", "doc": "first 32 hex digits of SHA-256 over topic/partition/offset/stage, and /row where source has one"}, {"name": "failed_at", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "when this attempt failed, UTC"}, {"name": "first_failed_at", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "when the first attempt failed, UTC"}, {"name": "dataset", "type": "string"}, {"name": "stage", "type": "string", "doc": "decode, contract, rule, enrich, index, lake or file"}, {"name": "error_code", "type": "string", "doc": "closed list in docs/dead-letters.md"}, {"name": "error_message", "type": "string"}, {"name": "violations", "type": {"type": "array", "items": {"type": "record", "name": "Violation", "fields": [{"name": "rule", "type": "string"}, {"name": "field", "type": "string"}, {"name": "message", "type": "string"}]}}, "default": [], "doc": "every rule the record breaks"}, {"name": "retryable", "type": "boolean", "doc": "true if the same bytes may pass later"}, {"name": "attempt", "type": "int", "doc": "1 for the first"}, {"name": "processor", "type": {"type": "record", "name": "Processor", "fields": [{"name": "name", "type": "string"}, {"name": "version", "type": "string"}, {"name": "job_id", "type": ["null", "string"], "default": null}]}}, {"name": "contract", "type": {"type": "record", "name": "ContractRef", "fields": [{"name": "subject", "type": "string"}, {"name": "schema_id", "type": ["null", "int"], "default": null, "doc": "id found in the record, if any"}]}}, {"name": "source", "type": ["null", {"type": "record", "name": "Source", "fields": [{"name": "topic", "type": "string"}, {"name": "partition", "type": "int"}, {"name": "offset", "type": "long"}, {"name": "timestamp", "type": {"type": "long", "logicalType": "timestamp-millis"}}, {"name": "key", "type": ["null", "bytes"], "default": null}, {"name": "headers", "type": {"type": "map", "values": ["null", "bytes"]}, "default": {}}, {"name": "row", "type": ["null", "long"], "default": null, "doc": "number of the row of an exploded event"}]}], "default": null, "doc": "coordinates of a record from a topic"}, {"name": "source_file", "type": ["null", {"type": "record", "name": "SourceFile", "fields": [{"name": "uri", "type": "string"}, {"name": "row", "type": "long"}, {"name": "checksum", "type": "string"}]}], "default": null, "doc": "coordinates of a record from a file"}, {"name": "payload", "type": ["null", "bytes"], "default": null, "doc": "the original bytes, never re-encoded"}, {"name": "payload_encoding", "type": "string", "doc": "avro-confluent or json"}, {"name": "payload_sha256", "type": ["null", "string"], "default": null, "doc": "of the whole payload, also where it was truncated"}, {"name": "payload_truncated", "type": "boolean"}, {"name": "replay_id", "type": ["null", "string"], "default": null, "doc": "the replay this attempt belongs to"}]}',
  'dead-letter.dataset' = 'clicks',
  'sink.max-in-flight-requests' = '1',
  'username' = 'writer',
  'password' = 'opensearch''s password',
  'index' = 'metrics-clicks-browsers-{window_start|yyyy.MM}',
  'dead-letter.processor' = 'metrics',
  'sink.version-clock' = 'true'
)
;

CREATE TEMPORARY TABLE `funnel_topic` (
  `window_start` TIMESTAMP_LTZ(3),
  `country` STRING,
  `viewed` BIGINT,
  `carted` BIGINT,
  `checked_out` BIGINT,
  `purchased` BIGINT,
  `conversion` DOUBLE,
  PRIMARY KEY (`window_start`, `country`) NOT ENFORCED
) WITH (
  'connector' = 'upsert-kafka',
  'topic' = 'gold.clicks.funnel',
  'properties.bootstrap.servers' = 'kafka:9092',
  'properties.compression.type' = 'lz4',
  'properties.max.request.size' = '8323072',
  'key.format' = 'json',
  'key.json.timestamp-format.standard' = 'ISO-8601',
  'value.format' = 'contract-avro',
  'value.contract-avro.registry.url' = 'http://registry:8080/apis/ccompat/v7',
  'value.contract-avro.schema' = '{"type": "record", "name": "Funnel", "namespace": "tidegate.clicks", "doc": "From view to purchase per 5 minutes. Grain: one row per 5 minutes and country.", "key": ["window_start", "country"], "fields": [{"name": "window_start", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "start of the 5 minutes, UTC"}, {"name": "country", "type": "string", "doc": "ISO 3166 code; unknown where the click has none"}, {"name": "viewed", "type": "long", "doc": "distinct sessions that viewed a product"}, {"name": "carted", "type": "long", "doc": "distinct sessions that put one into the cart"}, {"name": "checked_out", "type": "long", "doc": "distinct sessions that began to check out"}, {"name": "purchased", "type": "long", "doc": "distinct sessions that bought"}, {"name": "conversion", "type": ["null", "double"], "default": null, "doc": "purchased / viewed; null without a view"}]}',
  'value.contract-avro.subject' = 'gold.clicks.funnel-value'
)
;

CREATE TEMPORARY TABLE `funnel_documents` (
  `window_start` TIMESTAMP_LTZ(3),
  `country` STRING,
  `viewed` BIGINT,
  `carted` BIGINT,
  `checked_out` BIGINT,
  `purchased` BIGINT,
  `conversion` DOUBLE,
  PRIMARY KEY (`window_start`, `country`) NOT ENFORCED
) WITH (
  'connector' = 'opensearch-bulk',
  'hosts' = 'https://opensearch:9200',
  'dead-letter.topic' = 'dlq.clicks',
  'dead-letter.properties.bootstrap.servers' = 'kafka:9092',
  'dead-letter.registry.url' = 'http://registry:8080/apis/ccompat/v7',
  'dead-letter.subject' = 'dlq.clicks-value',
  'dead-letter.schema' = '{"type": "record", "name": "DeadLetter", "namespace": "tidegate", "doc": "A record that did not fit its contract: its cause, its coordinates and its original bytes.", "fields": [{"name": "dead_letter_id", "type": "string", "doc": "first 32 hex digits of SHA-256 over topic/partition/offset/stage, and /row where source has one"}, {"name": "failed_at", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "when this attempt failed, UTC"}, {"name": "first_failed_at", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "when the first attempt failed, UTC"}, {"name": "dataset", "type": "string"}, {"name": "stage", "type": "string", "doc": "decode, contract, rule, enrich, index, lake or file"}, {"name": "error_code", "type": "string", "doc": "closed list in docs/dead-letters.md"}, {"name": "error_message", "type": "string"}, {"name": "violations", "type": {"type": "array", "items": {"type": "record", "name": "Violation", "fields": [{"name": "rule", "type": "string"}, {"name": "field", "type": "string"}, {"name": "message", "type": "string"}]}}, "default": [], "doc": "every rule the record breaks"}, {"name": "retryable", "type": "boolean", "doc": "true if the same bytes may pass later"}, {"name": "attempt", "type": "int", "doc": "1 for the first"}, {"name": "processor", "type": {"type": "record", "name": "Processor", "fields": [{"name": "name", "type": "string"}, {"name": "version", "type": "string"}, {"name": "job_id", "type": ["null", "string"], "default": null}]}}, {"name": "contract", "type": {"type": "record", "name": "ContractRef", "fields": [{"name": "subject", "type": "string"}, {"name": "schema_id", "type": ["null", "int"], "default": null, "doc": "id found in the record, if any"}]}}, {"name": "source", "type": ["null", {"type": "record", "name": "Source", "fields": [{"name": "topic", "type": "string"}, {"name": "partition", "type": "int"}, {"name": "offset", "type": "long"}, {"name": "timestamp", "type": {"type": "long", "logicalType": "timestamp-millis"}}, {"name": "key", "type": ["null", "bytes"], "default": null}, {"name": "headers", "type": {"type": "map", "values": ["null", "bytes"]}, "default": {}}, {"name": "row", "type": ["null", "long"], "default": null, "doc": "number of the row of an exploded event"}]}], "default": null, "doc": "coordinates of a record from a topic"}, {"name": "source_file", "type": ["null", {"type": "record", "name": "SourceFile", "fields": [{"name": "uri", "type": "string"}, {"name": "row", "type": "long"}, {"name": "checksum", "type": "string"}]}], "default": null, "doc": "coordinates of a record from a file"}, {"name": "payload", "type": ["null", "bytes"], "default": null, "doc": "the original bytes, never re-encoded"}, {"name": "payload_encoding", "type": "string", "doc": "avro-confluent or json"}, {"name": "payload_sha256", "type": ["null", "string"], "default": null, "doc": "of the whole payload, also where it was truncated"}, {"name": "payload_truncated", "type": "boolean"}, {"name": "replay_id", "type": ["null", "string"], "default": null, "doc": "the replay this attempt belongs to"}]}',
  'dead-letter.dataset' = 'clicks',
  'sink.max-in-flight-requests' = '1',
  'username' = 'writer',
  'password' = 'opensearch''s password',
  'index' = 'metrics-clicks-funnel-{window_start|yyyy.MM}',
  'dead-letter.processor' = 'metrics',
  'sink.version-clock' = 'true'
)
;

CREATE TEMPORARY TABLE `page_views_topic` (
  `minute` TIMESTAMP_LTZ(3),
  `country` STRING,
  `device_family` STRING,
  `views` BIGINT,
  `sessions` BIGINT,
  PRIMARY KEY (`minute`, `country`, `device_family`) NOT ENFORCED
) WITH (
  'connector' = 'upsert-kafka',
  'topic' = 'gold.clicks.page_views',
  'properties.bootstrap.servers' = 'kafka:9092',
  'properties.compression.type' = 'lz4',
  'properties.max.request.size' = '8323072',
  'key.format' = 'json',
  'key.json.timestamp-format.standard' = 'ISO-8601',
  'value.format' = 'contract-avro',
  'value.contract-avro.registry.url' = 'http://registry:8080/apis/ccompat/v7',
  'value.contract-avro.schema' = '{"type": "record", "name": "PageViews", "namespace": "tidegate.clicks", "doc": "Page views per minute. Grain: one row per minute, country and device family.", "key": ["minute", "country", "device_family"], "fields": [{"name": "minute", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "start of the minute, UTC"}, {"name": "country", "type": "string", "doc": "ISO 3166 code; unknown where the click has none"}, {"name": "device_family", "type": "string", "doc": "bot, tablet, phone, desktop or other"}, {"name": "views", "type": "long", "doc": "clicks of type view"}, {"name": "sessions", "type": "long", "doc": "distinct sessions with a view"}]}',
  'value.contract-avro.subject' = 'gold.clicks.page_views-value'
)
;

CREATE TEMPORARY TABLE `page_views_documents` (
  `minute` TIMESTAMP_LTZ(3),
  `country` STRING,
  `device_family` STRING,
  `views` BIGINT,
  `sessions` BIGINT,
  PRIMARY KEY (`minute`, `country`, `device_family`) NOT ENFORCED
) WITH (
  'connector' = 'opensearch-bulk',
  'hosts' = 'https://opensearch:9200',
  'dead-letter.topic' = 'dlq.clicks',
  'dead-letter.properties.bootstrap.servers' = 'kafka:9092',
  'dead-letter.registry.url' = 'http://registry:8080/apis/ccompat/v7',
  'dead-letter.subject' = 'dlq.clicks-value',
  'dead-letter.schema' = '{"type": "record", "name": "DeadLetter", "namespace": "tidegate", "doc": "A record that did not fit its contract: its cause, its coordinates and its original bytes.", "fields": [{"name": "dead_letter_id", "type": "string", "doc": "first 32 hex digits of SHA-256 over topic/partition/offset/stage, and /row where source has one"}, {"name": "failed_at", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "when this attempt failed, UTC"}, {"name": "first_failed_at", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "when the first attempt failed, UTC"}, {"name": "dataset", "type": "string"}, {"name": "stage", "type": "string", "doc": "decode, contract, rule, enrich, index, lake or file"}, {"name": "error_code", "type": "string", "doc": "closed list in docs/dead-letters.md"}, {"name": "error_message", "type": "string"}, {"name": "violations", "type": {"type": "array", "items": {"type": "record", "name": "Violation", "fields": [{"name": "rule", "type": "string"}, {"name": "field", "type": "string"}, {"name": "message", "type": "string"}]}}, "default": [], "doc": "every rule the record breaks"}, {"name": "retryable", "type": "boolean", "doc": "true if the same bytes may pass later"}, {"name": "attempt", "type": "int", "doc": "1 for the first"}, {"name": "processor", "type": {"type": "record", "name": "Processor", "fields": [{"name": "name", "type": "string"}, {"name": "version", "type": "string"}, {"name": "job_id", "type": ["null", "string"], "default": null}]}}, {"name": "contract", "type": {"type": "record", "name": "ContractRef", "fields": [{"name": "subject", "type": "string"}, {"name": "schema_id", "type": ["null", "int"], "default": null, "doc": "id found in the record, if any"}]}}, {"name": "source", "type": ["null", {"type": "record", "name": "Source", "fields": [{"name": "topic", "type": "string"}, {"name": "partition", "type": "int"}, {"name": "offset", "type": "long"}, {"name": "timestamp", "type": {"type": "long", "logicalType": "timestamp-millis"}}, {"name": "key", "type": ["null", "bytes"], "default": null}, {"name": "headers", "type": {"type": "map", "values": ["null", "bytes"]}, "default": {}}, {"name": "row", "type": ["null", "long"], "default": null, "doc": "number of the row of an exploded event"}]}], "default": null, "doc": "coordinates of a record from a topic"}, {"name": "source_file", "type": ["null", {"type": "record", "name": "SourceFile", "fields": [{"name": "uri", "type": "string"}, {"name": "row", "type": "long"}, {"name": "checksum", "type": "string"}]}], "default": null, "doc": "coordinates of a record from a file"}, {"name": "payload", "type": ["null", "bytes"], "default": null, "doc": "the original bytes, never re-encoded"}, {"name": "payload_encoding", "type": "string", "doc": "avro-confluent or json"}, {"name": "payload_sha256", "type": ["null", "string"], "default": null, "doc": "of the whole payload, also where it was truncated"}, {"name": "payload_truncated", "type": "boolean"}, {"name": "replay_id", "type": ["null", "string"], "default": null, "doc": "the replay this attempt belongs to"}]}',
  'dead-letter.dataset' = 'clicks',
  'sink.max-in-flight-requests' = '1',
  'username' = 'writer',
  'password' = 'opensearch''s password',
  'index' = 'metrics-clicks-page_views-{minute|yyyy.MM}',
  'dead-letter.processor' = 'metrics',
  'sink.version-clock' = 'true'
)
;

CREATE TEMPORARY VIEW `browsers` AS
-- Grain: one row per 5 minutes, browser and operating system.
-- SQL counts by user agent first, so that Python sees a text once per 5 minutes and not once per click.
with clicked as (
    select
        cast(
            timestampadd(minute, -mod(cast(extract(minute from event_time) as int), 5), floor(event_time to minute))
            as timestamp_ltz(3)
        ) as window_start,
        user_agent,
        event_type
    from silver
),

counted as (
    select
        window_start,
        user_agent,
        count(*) as clicks,
        count(*) filter (where event_type = 'view') as `views`,
        count(*) filter (where event_type = 'purchase') as purchases
    from clicked
    group by window_start, user_agent
),

parsed as (
    select
        window_start,
        parse_user_agent(user_agent) as agent,
        clicks,
        `views`,
        purchases
    from counted
),

named as (
    select
        window_start,
        coalesce(agent.browser, 'unknown') as browser,
        coalesce(agent.os, 'unknown') as os,
        clicks,
        `views`,
        purchases
    from parsed
)
select
    window_start,
    browser,
    os,
    sum(clicks) as clicks,
    sum(`views`) as `views`,
    sum(purchases) as purchases
from named
group by window_start, browser, os
;

CREATE TEMPORARY VIEW `funnel` AS
-- Grain: one row per 5 minutes and country. A session counts at each step that it took within these 5 minutes.
with steps as (
    select
        cast(
            timestampadd(minute, -mod(cast(extract(minute from event_time) as int), 5), floor(event_time to minute))
            as timestamp_ltz(3)
        ) as window_start,
        coalesce(country, 'unknown') as country,
        event_type,
        session_id
    from silver
    where event_type in ('view', 'cart', 'checkout', 'purchase')
),

counted as (
    select
        window_start,
        country,
        count(distinct session_id) filter (where event_type = 'view') as viewed,
        count(distinct session_id) filter (where event_type = 'cart') as carted,
        count(distinct session_id) filter (where event_type = 'checkout') as checked_out,
        count(distinct session_id) filter (where event_type = 'purchase') as purchased
    from steps
    group by window_start, country
)
select
    window_start,
    country,
    viewed,
    carted,
    checked_out,
    purchased,
    cast(purchased as double) / nullif(viewed, 0) as conversion
from counted
;

CREATE TEMPORARY VIEW `page_views` AS
-- Grain: one row per minute, country and device family.
with viewed as (
    select
        cast(floor(event_time to minute) as timestamp_ltz(3)) as `minute`,
        coalesce(country, 'unknown') as country,
        device_family,
        session_id
    from silver
    where event_type = 'view'
)
select
    `minute`,
    country,
    device_family,
    count(*) as `views`,
    count(distinct session_id) as sessions
from viewed
group by `minute`, country, device_family
;

INSERT INTO `browsers_topic` (`window_start`, `browser`, `os`, `clicks`, `views`, `purchases`)
SELECT `window_start`, `browser`, `os`, `clicks`, `views`, `purchases` FROM `browsers`
WHERE (CAST(`window_start` AS TIMESTAMP_LTZ(3)) >= CAST(TIMESTAMP '2026-01-02 00:00:00' AS TIMESTAMP_LTZ(3)) AND CAST(`window_start` AS TIMESTAMP_LTZ(3)) < CAST(TIMESTAMP '2026-01-04 00:00:00' AS TIMESTAMP_LTZ(3)))
;

INSERT INTO `browsers_documents` (`window_start`, `browser`, `os`, `clicks`, `views`, `purchases`)
SELECT `window_start`, `browser`, `os`, `clicks`, `views`, `purchases` FROM `browsers`
WHERE (CAST(`window_start` AS TIMESTAMP_LTZ(3)) >= CAST(TIMESTAMP '2026-01-02 00:00:00' AS TIMESTAMP_LTZ(3)) AND CAST(`window_start` AS TIMESTAMP_LTZ(3)) < CAST(TIMESTAMP '2026-01-04 00:00:00' AS TIMESTAMP_LTZ(3)))
;

INSERT INTO `funnel_topic` (`window_start`, `country`, `viewed`, `carted`, `checked_out`, `purchased`, `conversion`)
SELECT `window_start`, `country`, `viewed`, `carted`, `checked_out`, `purchased`, `conversion` FROM `funnel`
WHERE (CAST(`window_start` AS TIMESTAMP_LTZ(3)) >= CAST(TIMESTAMP '2026-01-02 00:00:00' AS TIMESTAMP_LTZ(3)) AND CAST(`window_start` AS TIMESTAMP_LTZ(3)) < CAST(TIMESTAMP '2026-01-04 00:00:00' AS TIMESTAMP_LTZ(3)))
;

INSERT INTO `funnel_documents` (`window_start`, `country`, `viewed`, `carted`, `checked_out`, `purchased`, `conversion`)
SELECT `window_start`, `country`, `viewed`, `carted`, `checked_out`, `purchased`, `conversion` FROM `funnel`
WHERE (CAST(`window_start` AS TIMESTAMP_LTZ(3)) >= CAST(TIMESTAMP '2026-01-02 00:00:00' AS TIMESTAMP_LTZ(3)) AND CAST(`window_start` AS TIMESTAMP_LTZ(3)) < CAST(TIMESTAMP '2026-01-04 00:00:00' AS TIMESTAMP_LTZ(3)))
;

INSERT INTO `page_views_topic` (`minute`, `country`, `device_family`, `views`, `sessions`)
SELECT `minute`, `country`, `device_family`, `views`, `sessions` FROM `page_views`
WHERE (CAST(`minute` AS TIMESTAMP_LTZ(3)) >= CAST(TIMESTAMP '2026-01-02 00:00:00' AS TIMESTAMP_LTZ(3)) AND CAST(`minute` AS TIMESTAMP_LTZ(3)) < CAST(TIMESTAMP '2026-01-04 00:00:00' AS TIMESTAMP_LTZ(3)))
;

INSERT INTO `page_views_documents` (`minute`, `country`, `device_family`, `views`, `sessions`)
SELECT `minute`, `country`, `device_family`, `views`, `sessions` FROM `page_views`
WHERE (CAST(`minute` AS TIMESTAMP_LTZ(3)) >= CAST(TIMESTAMP '2026-01-02 00:00:00' AS TIMESTAMP_LTZ(3)) AND CAST(`minute` AS TIMESTAMP_LTZ(3)) < CAST(TIMESTAMP '2026-01-04 00:00:00' AS TIMESTAMP_LTZ(3)))
;
