/**
 * Format {@code contract-json}: JSON, plain or behind Confluent's five-byte header, read straight into Flink's rows. What a
 * value may look like is said by {@code tidegate/avro/json_values.py} and {@code json_records.py}, which read the same. A
 * record that does not decode becomes a row that says why; it never fails the job.
 */
package io.tidegate.connectors.json;
