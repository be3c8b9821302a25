/**
 * Format {@code contract-avro}: Avro behind Confluent's five-byte header, read straight into Flink's rows. A record that does
 * not decode becomes a row that says why; it never fails the job.
 */
package io.tidegate.connectors.avro;
