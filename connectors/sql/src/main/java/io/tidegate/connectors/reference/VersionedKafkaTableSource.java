package io.tidegate.connectors.reference;

import java.util.Arrays;
import java.util.List;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.connector.Projection;
import org.apache.flink.table.connector.format.DecodingFormat;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.connector.source.LookupTableSource;
import org.apache.flink.table.connector.source.lookup.LookupFunctionProvider;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.DataType;

/** The connector at planning time: it can be looked up by key and time, and nothing else. */
final class VersionedKafkaTableSource implements LookupTableSource {
    /** Metadata of format {@code contract-avro} that says why a record is not decodable. */
    private static final String ERROR_CODE = "error-code";

    private final ReferenceConfig config;
    private final DecodingFormat<DeserializationSchema<RowData>> format;
    private final DataType columns;

    VersionedKafkaTableSource(
            ReferenceConfig config, DecodingFormat<DeserializationSchema<RowData>> format, DataType columns) {
        this.config = config;
        this.format = format;
        this.columns = columns;
    }

    @Override
    public LookupRuntimeProvider getLookupRuntimeProvider(LookupContext context) {
        ReferenceLayout layout = config.layout();
        List<Integer> keys = Projection.of(context.getKeys()).isNested()
                ? List.of()
                : Arrays.stream(Projection.of(context.getKeys()).toTopLevelIndexes()).boxed().toList();
        if (keys.size() != 2 || !keys.contains(layout.key()) || !keys.contains(layout.asOf())) {
            String key = layout.columns().getFieldNames().get(layout.key());
            String asOf = layout.columns().getFieldNames().get(layout.asOf());
            throw new ValidationException("A versioned-kafka table is joined on its key and its as-of column, both of the same"
                    + " type as the event's: ON p." + key + " = e.<key> AND p." + asOf + " = e.<time>.");
        }
        return LookupFunctionProvider.of(new VersionedKafkaLookupFunction(
                config, decoder(context), keys.indexOf(layout.key()), keys.indexOf(layout.asOf())));
    }

    private DeserializationSchema<RowData> decoder(LookupContext context) {
        if (format.listReadableMetadata().containsKey(ERROR_CODE)) {
            format.applyReadableMetadata(List.of(ERROR_CODE));
        }
        int columnCount = config.layout().columns().getFieldCount();
        Projection stored = Projection.of(new int[] {config.layout().asOf()}).complement(columnCount);
        return format.createRuntimeDecoder(context, stored.project(columns));
    }

    @Override
    public DynamicTableSource copy() {
        return new VersionedKafkaTableSource(config, format, columns);
    }

    @Override
    public String asSummaryString() {
        return "versioned-kafka(" + config.topic() + ")";
    }
}
