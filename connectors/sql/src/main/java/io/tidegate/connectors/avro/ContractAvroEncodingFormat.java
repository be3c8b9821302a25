package io.tidegate.connectors.avro;

import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.format.EncodingFormat;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.RowType;

/** The writing half of the format, at planning time. */
record ContractAvroEncodingFormat(FormatConfig config) implements EncodingFormat<SerializationSchema<RowData>> {

    @Override
    public SerializationSchema<RowData> createRuntimeEncoder(DynamicTableSink.Context context, DataType physicalType) {
        RowType columns = (RowType) physicalType.getLogicalType();
        Columns.requireWritable(config.schema(), columns);
        config.requiredSubject();
        return new ContractAvroSerializer(config, columns);
    }

    @Override
    public ChangelogMode getChangelogMode() {
        return ChangelogMode.insertOnly();
    }
}
