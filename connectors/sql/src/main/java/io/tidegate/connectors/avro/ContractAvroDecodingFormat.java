package io.tidegate.connectors.avro;

import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.format.DecodingFormat;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.RowType;

/** The reading half of the format, at planning time. */
final class ContractAvroDecodingFormat implements DecodingFormat<DeserializationSchema<RowData>> {
    private final FormatConfig config;
    private List<RecordMetadata> metadata = List.of();

    ContractAvroDecodingFormat(FormatConfig config) {
        this.config = config;
    }

    @Override
    public Map<String, DataType> listReadableMetadata() {
        return RecordMetadata.types();
    }

    @Override
    public void applyReadableMetadata(List<String> keys) {
        metadata = keys.stream().map(RecordMetadata::ofKey).toList();
    }

    @Override
    public DeserializationSchema<RowData> createRuntimeDecoder(DynamicTableSource.Context context, DataType physicalType) {
        RowType columns = (RowType) physicalType.getLogicalType();
        Columns.requireReadable(config.schema(), columns);
        DataType producedType = RecordMetadata.besides(physicalType, metadata);
        return new ContractAvroDeserializer(config, columns, metadata, context.createTypeInformation(producedType));
    }

    @Override
    public ChangelogMode getChangelogMode() {
        return ChangelogMode.insertOnly();
    }
}
