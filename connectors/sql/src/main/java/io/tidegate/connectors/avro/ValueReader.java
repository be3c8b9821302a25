package io.tidegate.connectors.avro;

/** Reads one value of a known schema into Flink's internal representation of it. */
@FunctionalInterface
interface ValueReader {
    Object read(AvroInput input);
}
