package io.tidegate.connectors.files;

import io.tidegate.connectors.avro.Columns;
import io.tidegate.connectors.avro.RecordMetadata;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.format.DecodingFormat;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.RowType;

/** How rows of CSV are read, at planning time. */
final class CsvDecodingFormat implements DecodingFormat<DeserializationSchema<RowData>> {
    private final CsvConfig config;
    private List<RecordMetadata> metadata = List.of();

    CsvDecodingFormat(CsvConfig config) {
        this.config = config;
    }

    @Override
    public Map<String, DataType> listReadableMetadata() {
        return RecordMetadata.allTypes();
    }

    @Override
    public void applyReadableMetadata(List<String> keys) {
        metadata = keys.stream().map(RecordMetadata::ofKey).toList();
    }

    @Override
    public DeserializationSchema<RowData> createRuntimeDecoder(DynamicTableSource.Context context, DataType physicalType) {
        RowType columns = (RowType) physicalType.getLogicalType();
        Columns.requireReadable(config.schema(), columns);
        config.schema().getFields().forEach(CellReaders::of);
        DataType producedType = RecordMetadata.besides(physicalType, metadata);
        return new CsvDeserializer(config, columns, metadata, context.createTypeInformation(producedType));
    }

    @Override
    public ChangelogMode getChangelogMode() {
        return ChangelogMode.insertOnly();
    }
}
