package io.tidegate.connectors.avro;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.avro.shaded.org.apache.avro.Schema;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.util.SimpleUserCodeClassLoader;
import org.apache.flink.util.UserCodeClassLoader;

/** Opened readers and writers of a schema, as a job would have them. */
final class Formats {
    static final int SCHEMA_ID = 7;
    static final int MAX_RECORD_BYTES = 100_000;
    static final int RAW_MAX_BYTES = 1_000;

    /** A schema with every type that columns can hold. */
    static final String ALL_TYPES = """
            {"type": "record", "name": "All", "fields": [
              {"name": "text", "type": "string"},
              {"name": "maybe_text", "type": ["null", "string"], "default": null},
              {"name": "whole", "type": "int"},
              {"name": "large", "type": "long"},
              {"name": "maybe_large", "type": ["long", "null"]},
              {"name": "single", "type": "float"},
              {"name": "twice", "type": "double"},
              {"name": "flag", "type": "boolean"},
              {"name": "blob", "type": "bytes"},
              {"name": "at_millis", "type": {"type": "long", "logicalType": "timestamp-millis"}},
              {"name": "at_micros", "type": ["null", {"type": "long", "logicalType": "timestamp-micros"}]},
              {"name": "on_day", "type": {"type": "int", "logicalType": "date"}},
              {"name": "price", "type": {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 2}},
              {"name": "huge", "type": ["null", {"type": "bytes", "logicalType": "decimal", "precision": 30, "scale": 4}]},
              {"name": "tags", "type": {"type": "array", "items": ["null", "string"]}},
              {"name": "counts", "type": {"type": "map", "values": "long"}},
              {"name": "place", "type": ["null", {"type": "record", "name": "Place", "fields": [
                {"name": "country", "type": "string"},
                {"name": "corners", "type": {"type": "array", "items": {"type": "record", "name": "Point", "fields": [
                  {"name": "x", "type": "double"}, {"name": "y", "type": ["null", "double"]}]}}}]}]}
            ]}""";

    private Formats() {}

    static RowType columns(String schema) {
        return (RowType) AvroTypes.columnType(new Schema.Parser().parse(schema));
    }

    static ContractAvroDeserializer reader(FakeRegistry registry, String schema, RowType columns) {
        return reader(config(registry.url(), schema, Duration.ofSeconds(10)), columns);
    }

    static ContractAvroDeserializer reader(FormatConfig config, RowType columns) {
        var reader = new ContractAvroDeserializer(config, columns, List.of(RecordMetadata.values()), null);
        reader.open(new DeserializationSchema.InitializationContext() {
            @Override
            public MetricGroup getMetricGroup() {
                return new UnregisteredMetricsGroup();
            }

            @Override
            public UserCodeClassLoader getUserCodeClassLoader() {
                return SimpleUserCodeClassLoader.create(Formats.class.getClassLoader());
            }
        });
        return reader;
    }

    static ContractAvroSerializer writer(FakeRegistry registry, String schema, RowType columns) throws IOException {
        var writer = new ContractAvroSerializer(config(registry.url(), schema, Duration.ofSeconds(10)), columns);
        writer.open(null);
        return writer;
    }

    static FormatConfig config(String registryUrl, String schema, Duration retryTimeout) {
        return new FormatConfig(registryUrl, retryTimeout, schema, "things-value", new RecordLimits(MAX_RECORD_BYTES, RAW_MAX_BYTES));
    }

    /** A record's value: the header, then the Avro data. */
    static byte[] framed(int schemaId, byte[] data) {
        return ByteBuffer.allocate(5 + data.length).put((byte) 0).putInt(schemaId).put(data).array();
    }

    /** A metadata column of a decoded row; null where a good record has none. */
    static String metadata(GenericRowData row, RecordMetadata key) {
        Object value = row.getField(row.getArity() - RecordMetadata.values().length + key.ordinal());
        return value == null ? null : value.toString();
    }

    /** The row's columns without its metadata. */
    static GenericRowData columnsOf(GenericRowData row) {
        GenericRowData columns = new GenericRowData(row.getArity() - RecordMetadata.values().length);
        for (int i = 0; i < columns.getArity(); i++) {
            columns.setField(i, row.getField(i));
        }
        return columns;
    }
}
