package io.tidegate.connectors.avro;

/** Writes one value from Flink's internal representation. */
@FunctionalInterface
interface ValueWriter {
    void write(Object value, AvroOutput output);
}
