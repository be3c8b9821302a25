package io.tidegate.connectors.json;

import io.tidegate.connectors.avro.AvroTypes;
import io.tidegate.connectors.avro.RecordLimits;
import io.tidegate.connectors.avro.RecordMetadata;
import io.tidegate.connectors.avro.Shown;
import java.util.List;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.util.SimpleUserCodeClassLoader;
import org.apache.flink.util.UserCodeClassLoader;

/** An opened reader of a schema, as a job would have it, with all metadata. */
final class JsonFormats {
    static final int MAX_RECORD_BYTES = 1024 * 1024;

    private final RowType columns;
    private final ContractJsonDeserializer reader;

    JsonFormats(String schema, UnknownFields unknownFields) throws Exception {
        var config = new JsonConfig(schema, unknownFields, new RecordLimits(MAX_RECORD_BYTES, MAX_RECORD_BYTES));
        columns = (RowType) AvroTypes.columnType(config.schema());
        reader = new ContractJsonDeserializer(config, columns, List.of(RecordMetadata.values()), null);
        reader.open(new DeserializationSchema.InitializationContext() {
            @Override
            public MetricGroup getMetricGroup() {
                return new UnregisteredMetricsGroup();
            }

            @Override
            public UserCodeClassLoader getUserCodeClassLoader() {
                return SimpleUserCodeClassLoader.create(JsonFormats.class.getClassLoader());
            }
        });
    }

    GenericRowData row(byte[] message) throws Exception {
        return (GenericRowData) reader.deserialize(message);
    }

    /** The columns of a good record, the code of another. */
    Object result(byte[] message) throws Exception {
        GenericRowData row = row(message);
        String code = metadata(row, RecordMetadata.ERROR_CODE);
        return code != null ? code : Shown.shown(row, columns);
    }

    String metadata(byte[] message, RecordMetadata key) throws Exception {
        return metadata(row(message), key);
    }

    private static String metadata(GenericRowData row, RecordMetadata key) {
        Object value = row.getField(row.getArity() - RecordMetadata.values().length + key.ordinal());
        return value == null ? null : value.toString();
    }
}
