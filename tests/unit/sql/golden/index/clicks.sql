SET 'table.exec.state.ttl' = '3600000 ms'
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
  'properties.group.id' = 'tidegate-index-clicks',
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

CREATE TEMPORARY TABLE `documents` (
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
  `_warnings` ARRAY<STRING>
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
  'index' = 'events-clicks-{event_time|yyyy.MM.dd}',
  'document-id.fields' = 'event_id',
  'sink.bulk-flush.max-actions' = '2000',
  'sink.max-buffered-requests' = '6000',
  'sink.bulk-flush.interval' = '200 ms'
)
;

INSERT INTO documents SELECT `_source_partition`, `_source_offset`, `event_id`, `event_time`, `user_id`, `session_id`, `event_type`, `page_url`, `referrer`, `product_id`, `product_name`, `category`, `list_price`, `quantity`, `unit_price`, `amount`, `currency`, `country`, `ip`, `device_family`, `user_agent`, `_source_topic`, `_ingested_at`, `_schema_id`, `_warnings` FROM silver WHERE _error_code IS NULL
;
