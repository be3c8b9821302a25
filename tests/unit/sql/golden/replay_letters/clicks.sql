SET 'state.backend.type' = 'rocksdb'
;

SET 'execution.checkpointing.incremental' = 'true'
;

SET 'state.backend.rocksdb.use-bloom-filter' = 'true'
;

SET 'state.backend.rocksdb.memory.high-prio-pool-ratio' = '0.5'
;

SET 'state.backend.rocksdb.block.blocksize' = '32kb'
;

SET 'state.backend.rocksdb.compaction.level.target-file-size-base' = '8mb'
;

SET 'state.backend.rocksdb.compaction.style' = 'UNIVERSAL'
;

SET 'state.backend.rocksdb.compression.per.level' = 'LZ4_COMPRESSION'
;

SET 'table.exec.state.ttl' = '3600000 ms'
;

CREATE TEMPORARY TABLE `raw_records` (
  `event_id` STRING,
  `event_time` TIMESTAMP_LTZ(3),
  `user_id` STRING,
  `session_id` STRING,
  `event_type` STRING,
  `page_url` STRING,
  `referrer` STRING,
  `product_id` STRING,
  `quantity` INT,
  `unit_price` DECIMAL(12, 2),
  `currency` STRING,
  `country` STRING,
  `ip` STRING,
  `user_agent` STRING,
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
  'connector' = 'kafka',
  'topic' = 'raw.clicks',
  'properties.bootstrap.servers' = 'kafka:9092',
  'properties.group.id' = 'tidegate-replay-clicks',
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
  'value.format' = 'contract-avro',
  'value.contract-avro.registry.url' = 'http://registry:8080/apis/ccompat/v7',
  'value.contract-avro.schema' = '{"type": "record", "name": "Click", "namespace": "tidegate.clicks", "doc": "One user interaction on a page of the shop.", "fields": [{"name": "event_id", "type": "string", "doc": "UUID, version 7, given by the browser"}, {"name": "event_time", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "when it happened, UTC"}, {"name": "user_id", "type": ["null", "string"], "default": null, "doc": "signed-in user; null for a visitor"}, {"name": "session_id", "type": "string", "doc": "one visit of one browser"}, {"name": "event_type", "type": "string", "doc": "view, cart, checkout, purchase, search or heartbeat"}, {"name": "page_url", "type": "string", "doc": "path and query of the page"}, {"name": "referrer", "type": ["null", "string"], "default": null, "doc": "page that led here"}, {"name": "product_id", "type": ["null", "string"], "default": null, "doc": "product shown or bought; key of products"}, {"name": "quantity", "type": ["null", "int"], "default": null, "doc": "pieces put in the cart or bought"}, {"name": "unit_price", "type": ["null", {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 2}], "default": null, "doc": "price of one piece in currency"}, {"name": "currency", "type": ["null", "string"], "default": null, "doc": "ISO 4217 code"}, {"name": "country", "type": ["null", "string"], "default": null, "doc": "ISO 3166 code of the visitor''s country"}, {"name": "ip", "type": ["null", "string"], "default": null, "doc": "address of the visitor; kept as a keyed hash only"}, {"name": "user_agent", "type": ["null", "string"], "default": null, "doc": "browser as it names itself"}]}',
  'value.contract-avro.raw.max-bytes' = '921600',
  'scan.startup.specific-offsets' = 'partition:0,offset:7;partition:1,offset:0;partition:2,offset:3;partition:3,offset:0',
  'scan.bounded.mode' = 'specific-offsets',
  'scan.bounded.specific-offsets' = 'partition:0,offset:8;partition:1,offset:0;partition:2,offset:1001;partition:3,offset:0'
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

CREATE TEMPORARY TABLE `dead_letters` (
  `dead_letter_id` STRING,
  `failed_at` TIMESTAMP_LTZ(3),
  `first_failed_at` TIMESTAMP_LTZ(3),
  `dataset` STRING,
  `stage` STRING,
  `error_code` STRING,
  `error_message` STRING,
  `violations` ARRAY<ROW<`rule` STRING, `field` STRING, `message` STRING>>,
  `retryable` BOOLEAN,
  `attempt` INT,
  `processor` ROW<`name` STRING, `version` STRING, `job_id` STRING>,
  `contract` ROW<`subject` STRING, `schema_id` INT>,
  `source` ROW<`topic` STRING, `partition` INT, `offset` BIGINT, `timestamp` TIMESTAMP_LTZ(3), `key` BYTES, `headers` MAP<STRING, BYTES>, `row` BIGINT>,
  `source_file` ROW<`uri` STRING, `row` BIGINT, `checksum` STRING>,
  `payload` BYTES,
  `payload_encoding` STRING,
  `payload_sha256` STRING,
  `payload_truncated` BOOLEAN,
  `replay_id` STRING,
  `_headers` MAP<STRING, BYTES> METADATA FROM 'headers'
) WITH (
  'connector' = 'kafka',
  'topic' = 'dlq.clicks',
  'properties.bootstrap.servers' = 'kafka:9092',
  'properties.transaction.timeout.ms' = '600000',
  'properties.compression.type' = 'lz4',
  'properties.linger.ms' = '50',
  'properties.batch.size' = '262144',
  'properties.max.request.size' = '8323072',
  'properties.flink.disable-metrics' = 'true',
  'sink.delivery-guarantee' = 'exactly-once',
  'sink.transactional-id-prefix' = 'replay-dlq-clicks',
  'value.format' = 'contract-avro',
  'value.contract-avro.registry.url' = 'http://registry:8080/apis/ccompat/v7',
  'value.contract-avro.schema' = '{"type": "record", "name": "DeadLetter", "namespace": "tidegate", "doc": "A record that did not fit its contract: its cause, its coordinates and its original bytes.", "fields": [{"name": "dead_letter_id", "type": "string", "doc": "first 32 hex digits of SHA-256 over topic/partition/offset/stage, and /row where source has one"}, {"name": "failed_at", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "when this attempt failed, UTC"}, {"name": "first_failed_at", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "when the first attempt failed, UTC"}, {"name": "dataset", "type": "string"}, {"name": "stage", "type": "string", "doc": "decode, contract, rule, enrich, index, lake or file"}, {"name": "error_code", "type": "string", "doc": "closed list in docs/dead-letters.md"}, {"name": "error_message", "type": "string"}, {"name": "violations", "type": {"type": "array", "items": {"type": "record", "name": "Violation", "fields": [{"name": "rule", "type": "string"}, {"name": "field", "type": "string"}, {"name": "message", "type": "string"}]}}, "default": [], "doc": "every rule the record breaks"}, {"name": "retryable", "type": "boolean", "doc": "true if the same bytes may pass later"}, {"name": "attempt", "type": "int", "doc": "1 for the first"}, {"name": "processor", "type": {"type": "record", "name": "Processor", "fields": [{"name": "name", "type": "string"}, {"name": "version", "type": "string"}, {"name": "job_id", "type": ["null", "string"], "default": null}]}}, {"name": "contract", "type": {"type": "record", "name": "ContractRef", "fields": [{"name": "subject", "type": "string"}, {"name": "schema_id", "type": ["null", "int"], "default": null, "doc": "id found in the record, if any"}]}}, {"name": "source", "type": ["null", {"type": "record", "name": "Source", "fields": [{"name": "topic", "type": "string"}, {"name": "partition", "type": "int"}, {"name": "offset", "type": "long"}, {"name": "timestamp", "type": {"type": "long", "logicalType": "timestamp-millis"}}, {"name": "key", "type": ["null", "bytes"], "default": null}, {"name": "headers", "type": {"type": "map", "values": ["null", "bytes"]}, "default": {}}, {"name": "row", "type": ["null", "long"], "default": null, "doc": "number of the row of an exploded event"}]}], "default": null, "doc": "coordinates of a record from a topic"}, {"name": "source_file", "type": ["null", {"type": "record", "name": "SourceFile", "fields": [{"name": "uri", "type": "string"}, {"name": "row", "type": "long"}, {"name": "checksum", "type": "string"}]}], "default": null, "doc": "coordinates of a record from a file"}, {"name": "payload", "type": ["null", "bytes"], "default": null, "doc": "the original bytes, never re-encoded"}, {"name": "payload_encoding", "type": "string", "doc": "avro-confluent or json"}, {"name": "payload_sha256", "type": ["null", "string"], "default": null, "doc": "of the whole payload, also where it was truncated"}, {"name": "payload_truncated", "type": "boolean"}, {"name": "replay_id", "type": ["null", "string"], "default": null, "doc": "the replay this attempt belongs to"}]}',
  'value.contract-avro.subject' = 'dlq.clicks-value'
)
;

CREATE TEMPORARY VIEW judged AS
SELECT `event_id`, `event_time`, hmac_sha256(`user_id`) AS `user_id`, `session_id`, `event_type`, `page_url`, `referrer`, `product_id`, `quantity`, `unit_price`, `currency`, `country`, hmac_sha256(`ip`) AS `ip`, `user_agent`,
  _key, _source_topic, _source_partition, _source_offset, _appended_at AS _ingested_at, _headers, _error_code, _error_message, _payload, _payload_sha256, _payload_bytes, _schema_id, _proc_time,
  CASE WHEN (CHAR_LENGTH(event_id) = 36) IS NOT FALSE THEN CAST(0 AS BIGINT) ELSE CAST(1 AS BIGINT) END
      + CASE WHEN (event_type IN ('view', 'cart', 'checkout', 'purchase', 'search', 'heartbeat')) IS NOT FALSE THEN CAST(0 AS BIGINT) ELSE CAST(2 AS BIGINT) END
      + CASE WHEN (quantity BETWEEN 1 AND 1000) IS NOT FALSE THEN CAST(0 AS BIGINT) ELSE CAST(4 AS BIGINT) END
      + CASE WHEN (unit_price >= 0) IS NOT FALSE THEN CAST(0 AS BIGINT) ELSE CAST(8 AS BIGINT) END
      + CASE WHEN (event_type <> 'purchase' OR (product_id IS NOT NULL AND quantity IS NOT NULL AND unit_price IS NOT NULL AND currency IS NOT NULL)) IS NOT FALSE THEN CAST(0 AS BIGINT) ELSE CAST(16 AS BIGINT) END
      + CASE WHEN (`event_time` >= CAST(TIMESTAMP '2010-01-01 00:00:00' AS TIMESTAMP_LTZ(3)) AND `event_time` <= TIMESTAMPADD(SECOND, 600, _ingested_at)) IS NOT FALSE THEN CAST(0 AS BIGINT) ELSE CAST(32 AS BIGINT) END AS _rejected,
  CASE WHEN (CHAR_LENGTH(country) = 2) IS NOT FALSE THEN CAST(0 AS BIGINT) ELSE CAST(1 AS BIGINT) END AS _warned,
  CASE WHEN (event_type <> 'heartbeat') IS NOT FALSE THEN CAST(0 AS BIGINT) ELSE CAST(1 AS BIGINT) END AS _dropped
FROM (
  SELECT `event_id`, `event_time`, `user_id`, `session_id`, `event_type`, `page_url`, `referrer`, `product_id`, `quantity`, `unit_price`, `currency`, `country`, `ip`, `user_agent`, _key, _source_topic, _source_partition, _source_offset, _headers, _error_code, _error_message, _payload, _payload_sha256, _payload_bytes, _schema_id, _proc_time,
    _ingested_at AS _appended_at,
    first_arrival(_ingested_at, _headers, _payload, _payload_sha256) AS _ingested_at
  FROM raw_records
) WHERE (_source_partition = 0 AND _source_offset BETWEEN 7 AND 7 AND is_among(_source_offset, 'Bw==')) OR (_source_partition = 2 AND _source_offset BETWEEN 3 AND 1000 AND is_among(_source_offset, 'AwHkBw=='))
;

CREATE TEMPORARY VIEW enriched AS
SELECT e.`event_id`, e.`event_time`, e.`user_id`, e.`session_id`, e.`event_type`, e.`page_url`, e.`referrer`, e.`product_id`, e.`quantity`, e.`unit_price`, e.`currency`, e.`country`, e.`ip`, e.`user_agent`, r0.`name` AS `product_name`, r0.`category` AS `product_category`, r0.`list_price` AS `product_list_price`,
  FALSE AS _reference_missing,
  e._source_topic, e._source_partition, e._source_offset, e._ingested_at, e._schema_id, e._proc_time, e._warned
FROM (SELECT * FROM judged WHERE _error_code IS NULL AND _rejected = 0 AND _dropped = 0) AS e
LEFT JOIN ref_products FOR SYSTEM_TIME AS OF e._proc_time AS r0
  ON r0.`product_id` = e.`product_id` AND r0.`_as_of` = e.`event_time`
;

CREATE TEMPORARY VIEW validated AS
SELECT `event_id`, `event_time`, `user_id`, `session_id`, `event_type`, `page_url`, `referrer`, `product_id`, `quantity`, `unit_price`, `currency`, `country`, `ip`, `user_agent`, `product_name`, `product_category`, `product_list_price`,
  _source_partition, _source_offset, _source_topic, _ingested_at, _schema_id,
  rule_names(_warned, 'country_is_iso_code') AS _warnings
FROM enriched WHERE NOT _reference_missing
;

CREATE TEMPORARY VIEW refined AS
SELECT `_source_partition`, `_source_offset`, `event_id`, `event_time`, `user_id`, `session_id`, `event_type`, `page_url`, `referrer`, `product_id`, `product_name`, `category`, `list_price`, `quantity`, `unit_price`, `amount`, `currency`, `country`, `ip`, storable(`device_family`, '{"type": "record", "name": "Silver", "fields": [{"name": "device_family", "type": "string"}]}') AS `device_family`, `user_agent`, `_source_topic`, `_ingested_at`, `_schema_id`, `_warnings`
FROM (
-- Grain: one silver row per validated click. Filters are `drop` rules in contract.yaml, so that the proof sees them.
-- `validated` holds the raw columns (personal fields already hashed), the columns of `enrich`, and the envelope.
select
    _source_partition,
    _source_offset,
    event_id,
    event_time,
    user_id,
    session_id,
    event_type,
    page_url,
    referrer,
    product_id,
    product_name,
    product_category as category,
    product_list_price as list_price,
    quantity,
    unit_price,
    cast(quantity * unit_price as decimal(16, 2)) as amount,
    currency,
    upper(country) as country,
    ip,
    classify(
        user_agent,
        'bot=bot,Bot=bot,spider=bot,crawler=bot,Slurp=bot,iPad=tablet,Tablet=tablet,Mobile=phone,iPhone=phone,Android=tablet,Windows=desktop,Macintosh=desktop,X11=desktop',
        'other'
    ) as device_family,
    user_agent,
    _source_topic,
    _ingested_at,
    _schema_id,
    _warnings
from validated

)
;

INSERT INTO dead_letters
SELECT
  dead_letter_id(_source_topic, _source_partition, _source_offset, _stage, _row) AS dead_letter_id,
  _now AS failed_at, COALESCE(_redriven.first_failed_at, _now) AS first_failed_at,
  'clicks' AS dataset, _stage AS stage, _code AS error_code, _message AS error_message,
  _violations AS violations,
  _code IN ('UNKNOWN_SCHEMA', 'REFERENCE_MISSING') AS retryable, COALESCE(_redriven.attempt + 1, 1) AS attempt,
  ROW('refine', '0.1.0', CAST(NULL AS STRING)) AS processor,
  ROW('raw.clicks-value', _schema_id) AS contract,
  ROW(_source_topic, _source_partition, _source_offset, _ingested_at, dead_letter_key(_key), dead_letter_headers(_headers), _row) AS source,
  CAST(NULL AS ROW<`uri` STRING, `row` BIGINT, `checksum` STRING>) AS source_file,
  _payload AS payload, 'avro-confluent' AS payload_encoding,
  COALESCE(_payload_sha256, sha256_hex(_payload)) AS payload_sha256,
  COALESCE(_payload_bytes > 921600, FALSE) AS payload_truncated,
  _redriven.plan AS replay_id,
  connect_headers(_source_topic, _source_partition, _source_offset, _stage, _code, _message) AS _headers
FROM (
  SELECT _source_topic, _source_partition, _source_offset, _ingested_at, _key, _headers, _payload,
    _payload_sha256, _payload_bytes, _schema_id,
    CAST(CURRENT_TIMESTAMP AS TIMESTAMP_LTZ(3)) AS _now,
    redriven(_headers, _payload, _payload_sha256) AS _redriven,
    CASE WHEN _error_code = 'TRANSFORM_FAILED' THEN 'transform' WHEN _error_code IS NOT NULL THEN 'decode' WHEN _rejected >= 32 THEN 'contract' ELSE 'rule' END AS _stage,
    COALESCE(_error_code, CASE WHEN _rejected >= 32 THEN 'EVENT_TIME_OUT_OF_RANGE' ELSE 'RULE_VIOLATED' END) AS _code,
    dead_letter_message(COALESCE(_error_message, 'the record breaks the rules listed in violations'), _key, _headers, _payload_bytes) AS _message,
    CASE WHEN _error_code IS NULL THEN violations(_rejected, 'event_id_is_uuid	event_id	event_id has the 36 characters of a UUID
known_event_type	event_type	event_type is one of view, cart, checkout, purchase, search, heartbeat
quantity_is_positive	quantity	quantity, where given, lies between 1 and 1000
price_is_not_negative	unit_price	unit_price, where given, is not negative
purchase_is_complete	product_id	a purchase names its product, quantity, unit_price and currency
event_time_in_range	event_time	event_time lies between 2010-01-01 and 600 s after its arrival') ELSE violations(CAST(0 AS BIGINT), '') END AS _violations,
    CAST(NULL AS BIGINT) AS _row
  FROM judged WHERE _error_code IS NOT NULL OR _rejected <> 0
)
;
