package io.tidegate.connectors.files;

import io.tidegate.common.Names;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.connector.file.src.FileSource;
import org.apache.flink.core.fs.Path;
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
 * Rows of files, with the metadata that records of a topic have, and those of {@link FileMetadata}.
 *
 * <p>A column {@code _key} is null, for they have none.
 */
final class FilesTableSource implements ScanTableSource, SupportsReadingMetadata {
    private static final String VALUE_PREFIX = "value.";
    /** Always read: the decoder tells bad rows by them. */
    private static final List<String> ERROR = List.of("error-code", "error-message");

    private final FileList list;
    private final FilesConfig config;
    private final long splitBytes;
    private final DecodingFormat<DeserializationSchema<RowData>> format;
    private final DataType columns;
    private List<String> metadata = List.of();
    private DataType producedType;

    FilesTableSource(
            FileList list,
            FilesConfig config,
            long splitBytes,
            DecodingFormat<DeserializationSchema<RowData>> format,
            DataType columns) {
        this.list = list;
        this.config = config;
        this.splitBytes = splitBytes;
        this.format = format;
        this.columns = columns;
        this.producedType = columns;
    }

    @Override
    public Map<String, DataType> listReadableMetadata() {
        Map<String, DataType> found = new LinkedHashMap<>();
        format.listReadableMetadata().forEach((key, type) -> found.put(VALUE_PREFIX + key, type));
        found.putAll(FileMetadata.types());
        return found;
    }

    @Override
    public void applyReadableMetadata(List<String> keys, DataType produced) {
        metadata = keys;
        producedType = produced;
    }

    @Override
    public ChangelogMode getChangelogMode() {
        return ChangelogMode.insertOnly();
    }

    @Override
    public ScanRuntimeProvider getScanRuntimeProvider(ScanContext context) {
        List<String> decoded = keysOfFormat();
        format.applyReadableMetadata(decoded);
        DeserializationSchema<RowData> decoder = format.createRuntimeDecoder(context, decodedColumns());
        FileDecoder decode = new FileDecoder(decoder, fields(decoded), config.limits().keptBytes());
        InternalTypeInfo<RowData> type = InternalTypeInfo.of(producedType.getLogicalType());
        return new DataStreamScanProvider() {
            @Override
            public DataStream<RowData> produceDataStream(ProviderContext provider, StreamExecutionEnvironment environment) {
                return environment.fromSource(source(), WatermarkStrategy.noWatermarks(), "raw_bytes")
                        .flatMap(decode)
                        .returns(type)
                        .name("raw_records");
            }

            @Override
            public boolean isBounded() {
                return true;
            }
        };
    }

    private FileSource<FileRow> source() {
        // Flink wants paths, of which the list is made: ours lists them itself.
        Path[] paths = list.files().stream().map(file -> new Path(file.uri())).toArray(Path[]::new);
        FileList listed = list;
        FilesConfig ofFiles = config;
        long partBytes = splitBytes;
        return FileSource.forBulkFileFormat(new FileRowFormat(config, listed), paths)
                .setFileEnumerator(() -> new FileSplits(listed, ofFiles, partBytes))
                .build();
    }

    private List<String> keysOfFormat() {
        List<String> keys = new ArrayList<>(ERROR);
        metadata.stream()
                .filter(key -> FileMetadata.ofKey(key) == null)
                .map(key -> key.substring(VALUE_PREFIX.length()))
                .filter(key -> !ERROR.contains(key))
                .forEach(keys::add);
        return keys;
    }

    private DataType decodedColumns() {
        List<DataTypes.Field> fields = new ArrayList<>(DataType.getFields(columns));
        fields.removeIf(field -> field.getName().equals(Names.KEY));
        return DataTypes.ROW(fields.toArray(DataTypes.Field[]::new)).notNull();
    }

    private FileDecoder.Fields fields(List<String> decoded) {
        List<String> names = DataType.getFieldNames(columns);
        int[] places = new int[names.size() + metadata.size()];
        int count = 0;
        for (int i = 0; i < names.size(); i++) {
            places[i] = names.get(i).equals(Names.KEY) ? FileDecoder.NOTHING : count++;
        }
        for (int i = 0; i < metadata.size(); i++) {
            FileMetadata own = FileMetadata.ofKey(metadata.get(i));
            places[names.size() + i] = own != null
                    ? -1 - own.ordinal()
                    : count + decoded.indexOf(metadata.get(i).substring(VALUE_PREFIX.length()));
        }
        return new FileDecoder.Fields(count, count + decoded.size(), places);
    }

    @Override
    public DynamicTableSource copy() {
        FilesTableSource copy = new FilesTableSource(list, config, splitBytes, format, columns);
        copy.metadata = metadata;
        copy.producedType = producedType;
        return copy;
    }

    @Override
    public String asSummaryString() {
        return "rows of files";
    }
}
