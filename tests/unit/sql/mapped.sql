SET 'table.exec.state.ttl' = '3600000 ms'
;

CREATE TEMPORARY TABLE `raw_records` (
  `meta` ROW<`seqNo` INT, `readingId` STRING, `sentAt` BIGINT>,
  `machineId` BIGINT,
  `kWh` STRING,
  `goodParts` STRING,
  `parts` BIGINT,
  `builtOn` STRING,
  `isOn` STRING,
  `operator` ROW<`fullName` STRING, `badgeNo` STRING>,
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
  'topic' = 'raw.machines',
  'properties.bootstrap.servers' = 'kafka:9092',
  'properties.group.id' = 'tidegate-refine-machines',
  'properties.isolation.level' = 'read_committed',
  'properties.max.partition.fetch.bytes' = '16777216',
  'properties.fetch.max.bytes' = '67108864',
  'properties.max.poll.records' = '5000',
  'scan.startup.mode' = 'earliest-offset',
  'scan.topic-partition-discovery.interval' = '1 min',
  'properties.interceptor.classes' = 'io.tidegate.connectors.avro.SchemaIdHeaders',
  'key.format' = 'raw',
  'key.fields' = '_key',
  'value.fields-include' = 'EXCEPT_KEY',
  'value.format' = 'contract-avro',
  'value.contract-avro.registry.url' = 'http://registry:8080',
  'value.contract-avro.schema' = '{"type": "record", "name": "Reading", "namespace": "plant", "fields": [{"name": "meta", "type": {"type": "record", "name": "Meta", "fields": [{"name": "seqNo", "type": "int"}, {"name": "readingId", "type": "string"}, {"name": "sentAt", "type": "long", "doc": "seconds since 1970"}]}}, {"name": "machineId", "type": "long"}, {"name": "kWh", "type": "string", "doc": "with a decimal comma"}, {"name": "goodParts", "type": ["null", "string"], "default": null}, {"name": "parts", "type": ["null", "long"], "default": null, "doc": "what old machines call goodParts"}, {"name": "builtOn", "type": ["null", "string"], "default": null}, {"name": "isOn", "type": ["null", "string"], "default": null}, {"name": "operator", "type": ["null", {"type": "record", "name": "Operator", "fields": [{"name": "fullName", "type": ["null", "string"], "default": null}, {"name": "badgeNo", "type": ["null", "string"], "default": null}]}], "default": null}]}',
  'value.contract-avro.raw.max-bytes' = '921600'
)
;

CREATE TEMPORARY TABLE `silver` (
  `_source_partition` INT,
  `_source_offset` BIGINT,
  `reading_id` STRING,
  `machine_id` STRING,
  `measured_at` TIMESTAMP_LTZ(3),
  `energy_kwh` DECIMAL(10, 3),
  `good` INT,
  `is_on` BOOLEAN,
  `built_on` DATE,
  `operator_name` STRING,
  `operator_badge` STRING,
  `_source_topic` STRING,
  `_ingested_at` TIMESTAMP_LTZ(3),
  `_schema_id` INT,
  `_warnings` ARRAY<STRING>
) WITH (
  'connector' = 'kafka',
  'topic' = 'silver.machines',
  'properties.bootstrap.servers' = 'kafka:9092',
  'properties.transaction.timeout.ms' = '600000',
  'properties.compression.type' = 'lz4',
  'properties.linger.ms' = '50',
  'properties.batch.size' = '262144',
  'properties.max.request.size' = '8323072',
  'properties.flink.disable-metrics' = 'true',
  'sink.delivery-guarantee' = 'exactly-once',
  'sink.transactional-id-prefix' = 'refine-silver-machines',
  'value.format' = 'contract-avro',
  'value.contract-avro.registry.url' = 'http://registry:8080',
  'value.contract-avro.schema' = '{"type": "record", "name": "MachineSilver", "namespace": "tidegate.machines", "fields": [{"name": "_source_partition", "type": "int"}, {"name": "_source_offset", "type": "long"}, {"name": "reading_id", "type": "string"}, {"name": "machine_id", "type": "string"}, {"name": "measured_at", "type": {"type": "long", "logicalType": "timestamp-millis"}}, {"name": "energy_kwh", "type": {"type": "bytes", "logicalType": "decimal", "precision": 10, "scale": 3}}, {"name": "good", "type": ["null", "int"], "default": null}, {"name": "is_on", "type": ["null", "boolean"], "default": null}, {"name": "built_on", "type": ["null", {"type": "int", "logicalType": "date"}], "default": null}, {"name": "operator_name", "type": ["null", "string"], "default": null}, {"name": "operator_badge", "type": ["null", "string"], "default": null}, {"name": "_source_topic", "type": "string"}, {"name": "_ingested_at", "type": {"type": "long", "logicalType": "timestamp-millis"}}, {"name": "_schema_id", "type": "int"}, {"name": "_warnings", "type": {"type": "array", "items": "string"}, "default": []}]}',
  'value.contract-avro.subject' = 'silver.machines-value',
  'key.format' = 'raw',
  'key.fields' = 'machine_id'
)
;

CREATE TEMPORARY TABLE `dead_letters` (
  `dead_letter_id` STRING,
  `_headers` MAP<STRING, BYTES> METADATA FROM 'headers'
) WITH (
  'connector' = 'kafka',
  'topic' = 'dlq.machines',
  'properties.bootstrap.servers' = 'kafka:9092',
  'properties.transaction.timeout.ms' = '600000',
  'properties.compression.type' = 'lz4',
  'properties.linger.ms' = '50',
  'properties.batch.size' = '262144',
  'properties.max.request.size' = '8323072',
  'properties.flink.disable-metrics' = 'true',
  'sink.delivery-guarantee' = 'exactly-once',
  'sink.transactional-id-prefix' = 'refine-dlq-machines',
  'value.format' = 'contract-avro',
  'value.contract-avro.registry.url' = 'http://registry:8080',
  'value.contract-avro.schema' = '{"type": "record", "name": "DeadLetter", "fields": [{"name": "dead_letter_id", "type": "string"}]}',
  'value.contract-avro.subject' = 'dlq.machines-value'
)
;

CREATE TEMPORARY TABLE `dropped` (
  `source_partition` INT,
  `source_offset` BIGINT,
  `source_topic` STRING,
  `source_timestamp` TIMESTAMP_LTZ(3),
  `rule` STRING
) WITH (
  'connector' = 'kafka',
  'topic' = 'dropped.machines',
  'properties.bootstrap.servers' = 'kafka:9092',
  'properties.transaction.timeout.ms' = '600000',
  'properties.compression.type' = 'lz4',
  'properties.linger.ms' = '50',
  'properties.batch.size' = '262144',
  'properties.max.request.size' = '8323072',
  'properties.flink.disable-metrics' = 'true',
  'sink.delivery-guarantee' = 'exactly-once',
  'sink.transactional-id-prefix' = 'refine-dropped-machines',
  'value.format' = 'contract-avro',
  'value.contract-avro.registry.url' = 'http://registry:8080',
  'value.contract-avro.schema' = '{"type": "record", "name": "Dropped", "fields": [{"name": "source_partition", "type": "int"}, {"name": "source_offset", "type": "long"}, {"name": "source_topic", "type": "string"}, {"name": "source_timestamp", "type": {"type": "long", "logicalType": "timestamp-millis"}}, {"name": "rule", "type": "string"}]}',
  'value.contract-avro.subject' = 'dropped.machines-value'
)
;

CREATE TEMPORARY VIEW `mapped` AS
SELECT `reading_id`,
  CASE WHEN _error_code IS NOT NULL THEN CAST(`machine_id` AS STRING) ELSE mappable(CAST(`machine_id` AS STRING), '{"type": "record", "name": "Mapped", "fields": [{"name": "machine_id", "type": "string"}]}') END AS `machine_id`,
  CASE WHEN _error_code IS NOT NULL THEN CAST(`measured_at` AS TIMESTAMP_LTZ(3)) ELSE mappable(CAST(`measured_at` AS TIMESTAMP_LTZ(3)), '{"type": "record", "name": "Mapped", "fields": [{"name": "measured_at", "type": {"type": "long", "logicalType": "timestamp-millis"}}]}') END AS `measured_at`,
  CASE WHEN _error_code IS NOT NULL THEN CAST(`energy_kwh` AS DECIMAL(10, 3)) ELSE mappable(CAST(`energy_kwh` AS DECIMAL(10, 3)), '{"type": "record", "name": "Mapped", "fields": [{"name": "energy_kwh", "type": {"type": "bytes", "logicalType": "decimal", "precision": 10, "scale": 3}}]}') END AS `energy_kwh`,
  CAST(`good` AS INT) AS `good`,
  CASE WHEN _error_code IS NOT NULL THEN CAST(`is_old` AS BOOLEAN) ELSE mappable(CAST(`is_old` AS BOOLEAN), '{"type": "record", "name": "Mapped", "fields": [{"name": "is_old", "type": "boolean"}]}') END AS `is_old`,
  CAST(`built_on` AS DATE) AS `built_on`,
  CAST(`is_on` AS BOOLEAN) AS `is_on`,
  `operator_name`,
  CAST(`operator_badge` AS STRING) AS `operator_badge`,
  _key, _source_topic, _source_partition, _source_offset, _ingested_at, _headers, _error_code, _error_message, _payload, _payload_sha256, _payload_bytes, _schema_id, _proc_time
FROM (
SELECT meta.readingId AS `reading_id`,
  cast(machineId AS string) AS `machine_id`,
  converted(to_timestamp_ltz(converting(meta.sentAt, 'meta.sentAt (for measured_at)	TIMESTAMP_LTZ	'), 0), '') AS `measured_at`,
  converted(TRY_CAST(converting(replace(kWh, ',', '.'), 'kWh (for energy_kwh)	DECIMAL(10, 3)	') AS decimal(10, 3)), '') AS `energy_kwh`,
  coalesce(converted(TRY_CAST(converting(goodParts, 'goodParts (for good)	INT	') AS int), ''), converted(TRY_CAST(converting(`parts`, 'parts (for good)	INT	') AS int), '')) AS `good`,
  try_cast(goodParts as int) is null AS `is_old`,
  converted(TRY_CAST(converting(builtOn, 'builtOn (for built_on)	DATE	d') AS date), '') AS `built_on`,
  converted(TRY_CAST(converting(isOn, 'isOn (for is_on)	BOOLEAN	') AS boolean), '') AS `is_on`,
  `raw`.operator.fullName AS `operator_name`,
  cast(converted(TRY_CAST(converting(`operator`.badgeNo, 'operator.badgeNo (for operator_badge)	BIGINT	p') AS bigint), '') AS string) AS `operator_badge`,
  _key,
  _source_topic,
  _source_partition,
  _source_offset,
  _ingested_at,
  _headers,
  _error_code,
  _error_message,
  _payload,
  _payload_sha256,
  _payload_bytes,
  _schema_id,
  _proc_time
FROM raw_records AS `raw`
)
;

CREATE TEMPORARY VIEW `judged` AS
SELECT `reading_id`, `machine_id`, `measured_at`, `energy_kwh`, `good`, `is_old`, `built_on`, `is_on`, hmac_sha256(`operator_name`) AS `operator_name`, hmac_sha256(`operator_badge`) AS `operator_badge`,
  _key, _source_topic, _source_partition, _source_offset, _appended_at AS _ingested_at, _headers, _error_code, _error_message, _payload, _payload_sha256, _payload_bytes, _schema_id, _proc_time,
  CASE WHEN (energy_kwh >= 0) IS NOT FALSE THEN CAST(0 AS BIGINT) ELSE CAST(1 AS BIGINT) END
      + CASE WHEN (`measured_at` >= CAST(TIMESTAMP '2000-01-01 00:00:00' AS TIMESTAMP_LTZ(3)) AND `measured_at` <= TIMESTAMPADD(SECOND, 600, _ingested_at)) IS NOT FALSE THEN CAST(0 AS BIGINT) ELSE CAST(2 AS BIGINT) END AS _rejected,
  CAST(0 AS BIGINT) AS _warned,
  CASE WHEN (good <> -1) IS NOT FALSE THEN CAST(0 AS BIGINT) ELSE CAST(1 AS BIGINT) END AS _dropped
FROM (
  SELECT `reading_id`, `machine_id`, `measured_at`, `energy_kwh`, `good`, `is_old`, `built_on`, `is_on`, `operator_name`, `operator_badge`, _key, _source_topic, _source_partition, _source_offset, _headers, _error_code, _error_message, _payload, _payload_sha256, _payload_bytes, _schema_id, _proc_time,
    _ingested_at AS _appended_at,
    first_arrival(_ingested_at, _headers, _payload, _payload_sha256) AS _ingested_at
  FROM mapped
)
;

CREATE TEMPORARY VIEW `enriched` AS
SELECT e.`reading_id`, e.`machine_id`, e.`measured_at`, e.`energy_kwh`, e.`good`, e.`is_old`, e.`built_on`, e.`is_on`, e.`operator_name`, e.`operator_badge`,
  FALSE AS _reference_missing,
  e._source_topic, e._source_partition, e._source_offset, e._ingested_at, e._schema_id, e._proc_time, e._warned
FROM (SELECT * FROM judged WHERE _error_code IS NULL AND _rejected = 0 AND _dropped = 0) AS e
;

CREATE TEMPORARY VIEW `validated` AS
SELECT `reading_id`, `machine_id`, `measured_at`, `energy_kwh`, `good`, `is_old`, `built_on`, `is_on`, `operator_name`, `operator_badge`,
  _source_partition, _source_offset, _source_topic, _ingested_at, _schema_id,
  rule_names(_warned, '') AS _warnings
FROM enriched WHERE NOT _reference_missing
;

CREATE TEMPORARY VIEW `refined` AS
SELECT `_source_partition`, `_source_offset`, `reading_id`, `machine_id`, `measured_at`, `energy_kwh`, `good`, `is_on`, `built_on`, `operator_name`, `operator_badge`, `_source_topic`, `_ingested_at`, `_schema_id`, `_warnings`
FROM (
select
    _source_partition,
    _source_offset,
    reading_id,
    machine_id,
    measured_at,
    energy_kwh,
    good,
    is_on,
    built_on,
    operator_name,
    operator_badge,
    _source_topic,
    _ingested_at,
    _schema_id,
    _warnings
from validated

)
;

INSERT INTO silver (`_source_partition`, `_source_offset`, `reading_id`, `machine_id`, `measured_at`, `energy_kwh`, `good`, `is_on`, `built_on`, `operator_name`, `operator_badge`, `_source_topic`, `_ingested_at`, `_schema_id`, `_warnings`)
SELECT `_source_partition`, `_source_offset`, `reading_id`, `machine_id`, `measured_at`, `energy_kwh`, `good`, `is_on`, `built_on`, `operator_name`, `operator_badge`, `_source_topic`, `_ingested_at`, `_schema_id`, `_warnings` FROM (
  SELECT * FROM (
    SELECT *, ROW_NUMBER() OVER (PARTITION BY `reading_id` ORDER BY _proc_time) AS _occurrence
    FROM (SELECT *, PROCTIME() AS _proc_time FROM refined)
  )
  WHERE _occurrence = 1
)
;

INSERT INTO dead_letters
SELECT
  dead_letter_id(_source_topic, _source_partition, _source_offset, _stage, _row) AS dead_letter_id,
  _now AS failed_at, COALESCE(_redriven.first_failed_at, _now) AS first_failed_at,
  'machines' AS dataset, _stage AS stage, _code AS error_code, _message AS error_message,
  _violations AS violations,
  _code IN ('UNKNOWN_SCHEMA', 'REFERENCE_MISSING') AS retryable, COALESCE(_redriven.attempt + 1, 1) AS attempt,
  ROW('refine', '0.1.0', CAST(NULL AS STRING)) AS processor,
  ROW('raw.machines-value', _schema_id) AS contract,
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
    CASE WHEN _error_code = 'TRANSFORM_FAILED' THEN 'transform' WHEN _error_code = 'MAPPING_FAILED' THEN 'map' WHEN _error_code IS NOT NULL THEN 'decode' WHEN _rejected >= 2 THEN 'contract' ELSE 'rule' END AS _stage,
    COALESCE(_error_code, CASE WHEN _rejected >= 2 THEN 'EVENT_TIME_OUT_OF_RANGE' ELSE 'RULE_VIOLATED' END) AS _code,
    dead_letter_message(COALESCE(_error_message, 'the record breaks the rules listed in violations'), _key, _headers, _payload_bytes) AS _message,
    CASE WHEN _error_code IS NULL THEN violations(_rejected, 'energy_is_positive	energy_kwh	energy_kwh is not negative
event_time_in_range	measured_at	measured_at lies between 2000-01-01 and 600 s after its arrival') ELSE violations(CAST(0 AS BIGINT), '') END AS _violations,
    CAST(NULL AS BIGINT) AS _row
  FROM judged WHERE _error_code IS NOT NULL OR _rejected <> 0
)
;

INSERT INTO dropped
SELECT _source_partition, _source_offset, _source_topic, _ingested_at, first_rule_name(_dropped, 'no_dry_runs')
FROM judged WHERE _error_code IS NULL AND _rejected = 0 AND _dropped <> 0
;
