SET 'table.exec.iceberg.use-v2-sink' = 'true'
;

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

INSERT INTO lake.`files`.`catalog_verdicts` /*+ OPTIONS('branch' = 'files-0123456789abcdef') */
SELECT _source_partition, _source_offset, 'duplicate', CONCAT(CAST(_first_partition AS STRING), ':', CAST(_first_offset AS STRING)), CAST(NULL AS BIGINT)
FROM (
  SELECT _source_partition, _source_offset, _is_new,
    ROW_NUMBER() OVER (PARTITION BY `product_id`, `revision` ORDER BY _is_new, _source_partition, _source_offset) AS _occurrence,
    FIRST_VALUE(_source_partition) OVER (PARTITION BY `product_id`, `revision` ORDER BY _is_new, _source_partition, _source_offset) AS _first_partition,
    FIRST_VALUE(_source_offset) OVER (PARTITION BY `product_id`, `revision` ORDER BY _is_new, _source_partition, _source_offset) AS _first_offset
  FROM (
    SELECT `product_id`, `revision`, _source_partition, _source_offset, CASE WHEN (_source_partition BETWEEN 7 AND 8) THEN 1 ELSE 0 END AS _is_new
    FROM lake.`silver`.`catalog` /*+ OPTIONS('branch' = 'files-0123456789abcdef') */
    WHERE ((`year` = 2026 AND `month` = 1 AND `day` = 2) OR (`year` = 2026 AND `month` = 1 AND `day` = 3)) AND NOT (_source_partition = 3)
  )
)
WHERE _occurrence > 1 AND _is_new = 1
UNION ALL
SELECT _source_partition, COUNT(*), 'compared', CAST(NULL AS STRING), CAST(NULL AS BIGINT)
FROM (
    SELECT `product_id`, `revision`, _source_partition, _source_offset, CASE WHEN (_source_partition BETWEEN 7 AND 8) THEN 1 ELSE 0 END AS _is_new
    FROM lake.`silver`.`catalog` /*+ OPTIONS('branch' = 'files-0123456789abcdef') */
    WHERE ((`year` = 2026 AND `month` = 1 AND `day` = 2) OR (`year` = 2026 AND `month` = 1 AND `day` = 3)) AND NOT (_source_partition = 3)
)
WHERE _is_new = 1 GROUP BY _source_partition
;
