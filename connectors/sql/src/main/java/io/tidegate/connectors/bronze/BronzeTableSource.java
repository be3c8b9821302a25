package io.tidegate.connectors.bronze;

import io.tidegate.common.Names;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.ProviderContext;
import org.apache.flink.table.connector.format.DecodingFormat;
import org.apache.flink.table.connector.source.DataStreamScanProvider;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.connector.source.ScanTableSource;
import org.apache.flink.table.connector.source.abilities.SupportsReadingMetadata;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.types.DataType;

/**
 * Raw records out of the lake, with the same columns and metadata as a table of Kafka's connector has of the topic.
 *
 * <p>A column {@code _key} has the record's key; all others are the value's.
 */
final class BronzeTableSource implements ScanTableSource, SupportsReadingMetadata {
    private static final String VALUE_PREFIX = "value.";

    private final ScanTableSource bytes;
    private final OffsetSpans spans;
    private final DecodingFormat<DeserializationSchema<RowData>> format;
    private final DataType columns;
    private List<String> metadata = List.of();
    private DataType producedType;

    BronzeTableSource(
            ScanTableSource bytes,
            OffsetSpans spans,
            DecodingFormat<DeserializationSchema<RowData>> format,
            DataType columns) {
        this.bytes = bytes;
        this.spans = spans;
        this.format = format;
        this.columns = columns;
        this.producedType = columns;
    }

    @Override
    public Map<String, DataType> listReadableMetadata() {
        Map<String, DataType> found = new LinkedHashMap<>();
        format.listReadableMetadata().forEach((key, type) -> found.put(VALUE_PREFIX + key, type));
        for (RecordColumn column : RecordColumn.values()) {
            found.put(column.key, column.type);
        }
        return found;
    }

    @Override
    public void applyReadableMetadata(List<String> keys, DataType produced) {
        metadata = keys;
        producedType = produced;
        format.applyReadableMetadata(ofFormat());
    }

    @Override
    public ChangelogMode getChangelogMode() {
        return ChangelogMode.insertOnly();
    }

    @Override
    public ScanRuntimeProvider getScanRuntimeProvider(ScanContext context) {
        DeserializationSchema<RowData> decoder = format.createRuntimeDecoder(context, valueColumns());
        BronzeDecoder decode = new BronzeDecoder(decoder, spans, layout());
        DataStreamScanProvider lake = (DataStreamScanProvider) bytes.getScanRuntimeProvider(context);
        InternalTypeInfo<RowData> type = InternalTypeInfo.of(producedType.getLogicalType());
        return new DataStreamScanProvider() {
            @Override
            public DataStream<RowData> produceDataStream(ProviderContext provider, StreamExecutionEnvironment environment) {
                DataStream<RowData> read = lake.produceDataStream(provider, environment);
                read.getTransformation().setName("raw_bytes");
                read.getTransformation()
                        .setOutputType(InternalTypeInfo.of(RawBytes.COLUMNS.toPhysicalRowDataType().getLogicalType()));
                return read.flatMap(decode).returns(type).name("raw_records");
            }

            @Override
            public boolean isBounded() {
                return true;
            }
        };
    }

    /** Of each field of a row, its number among what the format decodes, or of the record's own, from -1 downwards. */
    private int[] layout() {
        List<String> names = DataType.getFieldNames(columns);
        int[] found = new int[names.size() + metadata.size()];
        int decoded = 0;
        for (int i = 0; i < names.size(); i++) {
            found[i] = names.get(i).equals(Names.KEY) ? -1 - RawBytes.KEY : decoded++;
        }
        for (int i = 0; i < metadata.size(); i++) {
            String key = metadata.get(i);
            found[names.size() + i] = key.startsWith(VALUE_PREFIX) ? decoded++ : -1 - RecordColumn.ofKey(key).index;
        }
        return found;
    }

    private DataType valueColumns() {
        List<DataTypes.Field> fields = new ArrayList<>(DataType.getFields(columns));
        fields.removeIf(field -> field.getName().equals(Names.KEY));
        return DataTypes.ROW(fields.toArray(DataTypes.Field[]::new)).notNull();
    }

    private List<String> ofFormat() {
        return metadata.stream()
                .filter(key -> key.startsWith(VALUE_PREFIX))
                .map(key -> key.substring(VALUE_PREFIX.length()))
                .toList();
    }

    @Override
    public DynamicTableSource copy() {
        BronzeTableSource copy = new BronzeTableSource((ScanTableSource) bytes.copy(), spans, format, columns);
        copy.metadata = metadata;
        copy.producedType = producedType;
        return copy;
    }

    @Override
    public String asSummaryString() {
        return "raw records of the lake";
    }

    /** Readable metadata, as Kafka's connector has them. */
    private enum RecordColumn {
        TOPIC("topic", RawBytes.TOPIC, DataTypes.STRING().notNull()),
        PARTITION("partition", RawBytes.PARTITION, DataTypes.INT().notNull()),
        HEADERS("headers", RawBytes.HEADERS, DataTypes.MAP(DataTypes.STRING().nullable(), DataTypes.BYTES().nullable()).notNull()),
        OFFSET("offset", RawBytes.OFFSET, DataTypes.BIGINT().notNull()),
        TIMESTAMP("timestamp", RawBytes.INGESTED_AT, DataTypes.TIMESTAMP_WITH_LOCAL_TIME_ZONE(3).notNull());

        final String key;
        final int index;
        final DataType type;

        RecordColumn(String key, int index, DataType type) {
            this.key = key;
            this.index = index;
            this.type = type;
        }

        static RecordColumn ofKey(String key) {
            for (RecordColumn column : values()) {
                if (column.key.equals(key)) {
                    return column;
                }
            }
            throw new IllegalArgumentException(key);
        }
    }
}
