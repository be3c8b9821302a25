package io.tidegate.connectors.files;

import io.tidegate.common.LakeOptions;
import io.tidegate.connectors.avro.AvroTypes;
import io.tidegate.connectors.avro.RecordMetadata;
import io.tidegate.connectors.avro.Shown;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.DefaultOpenContext;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.file.src.FileSourceSplit;
import org.apache.flink.connector.file.src.reader.BulkFormat;
import org.apache.flink.connector.file.src.util.RecordAndPosition;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.VarCharType;
import org.apache.flink.util.Collector;

/** Reads files as a job would: their splits one by one, each row through the decoder's operator. */
final class FileReading {
    /** What is read of a row that is not CSV: its text. */
    private static final class TextDecoder implements DeserializationSchema<RowData> {
        @Override
        public RowData deserialize(byte[] message) {
            return GenericRowData.of(StringData.fromBytes(message), null, null);
        }

        @Override
        public boolean isEndOfStream(RowData row) {
            return false;
        }

        @Override
        public TypeInformation<RowData> getProducedType() {
            return null;
        }
    }

    /** A row as it comes out of the source; {@code columns} null of one that is bad, or none. */
    record Found(List<Object> columns, String code, String message, Map<String, Object> metadata) {
        long number(String key) {
            return (Long) metadata.get(key);
        }

        boolean isRow() {
            return metadata.get("kind").toString().equals("row");
        }

        String raw() {
            return new String((byte[]) metadata.get("value.raw"), StandardCharsets.UTF_8);
        }

        /** As the tests of Python compare it. */
        Map<String, Object> shown() {
            Map<String, Object> shown = new HashMap<>();
            metadata.forEach((key, value) -> shown.put(key, value instanceof byte[] bytes
                    ? HexFormat.of().formatHex(bytes)
                    : value instanceof Long || value == null ? value : value.toString()));
            shown.put("columns", columns);
            shown.put("code", code);
            shown.put("message", message);
            return shown;
        }
    }

    private final FilesConfig config;
    private final long splitBytes;
    private final RowType columns;
    private final FileDecoder decoding;
    private final Last last = new Last();
    private final Map<String, String> lake;
    private FileList listed;

    FileReading(Map<String, String> given) throws Exception {
        lake = LakeOptions.of(given);
        Map<String, String> options = new HashMap<>(given);
        options.putIfAbsent("layout", "csv");
        Configuration read = Configuration.fromMap(options);
        config = FilesConfig.from(read);
        splitBytes = read.get(FilesOptions.SPLIT_BYTES).getBytes();
        boolean isCsv = config.csv() != null;
        columns = isCsv
                ? (RowType) AvroTypes.columnType(config.csv().schema())
                : RowType.of(VarCharType.STRING_TYPE);
        List<RecordMetadata> errors = List.of(RecordMetadata.ERROR_CODE, RecordMetadata.ERROR_MESSAGE);
        DeserializationSchema<RowData> decoder =
                isCsv ? new CsvDeserializer(config.csv(), columns, errors, null) : new TextDecoder();
        int count = columns.getFieldCount();
        int[] fields = new int[count + 2 + FileMetadata.values().length];
        for (int i = 0; i < fields.length; i++) {
            fields[i] = i < count + 2 ? i : -1 - (i - count - 2);
        }
        FileDecoder decode =
                new FileDecoder(decoder, new FileDecoder.Fields(count, count + 2, fields), config.limits().keptBytes());
        decode.setRuntimeContext(withMetrics());
        decode.open(DefaultOpenContext.INSTANCE);
        decoding = decode;
    }

    /** A task's context that has what a decoder asks of it. */
    private static RuntimeContext withMetrics() {
        return (RuntimeContext) Proxy.newProxyInstance(
                FileReading.class.getClassLoader(), new Class<?>[] {RuntimeContext.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("getMetricGroup")) {
                        return UnregisteredMetricsGroup.createOperatorMetricGroup();
                    }
                    throw new UnsupportedOperationException(method.getName());
                });
    }

    /** Options for columns of strings; what is no value is spelled as no cell is. */
    static Map<String, String> ofStrings(String... names) {
        List<String> fields = new ArrayList<>();
        for (String name : names) {
            fields.add("{\"name\": \"" + name + "\", \"type\": \"string\"}");
        }
        String schema = "{\"type\": \"record\", \"name\": \"R\", \"fields\": [" + String.join(", ", fields) + "]}";
        return new HashMap<>(Map.of("csv.schema", schema, "csv.null", "<null>"));
    }

    static Map<String, String> with(Map<String, String> options, String... more) {
        Map<String, String> changed = new HashMap<>(options);
        for (int i = 0; i < more.length; i += 2) {
            changed.put(more[i], more[i + 1]);
        }
        return changed;
    }

    static List<Found> read(Map<String, String> options, Path file) throws Exception {
        return new FileReading(options).read(file);
    }

    static List<Found> read(Map<String, String> options, byte[] content) throws Exception {
        Path file = Files.createTempFile("tidegate-", ".csv");
        try {
            Files.write(file, content);
            return read(options, file);
        } finally {
            Files.delete(file);
        }
    }

    static List<Found> read(Map<String, String> options, String content) throws Exception {
        return read(options, content.getBytes(StandardCharsets.UTF_8));
    }

    Collection<FileSourceSplit> splits(Path file) throws IOException {
        return splits(file.toUri().toString());
    }

    /** @param lines option {@code files} */
    Collection<FileSourceSplit> splits(String lines) throws IOException {
        listed = new FileList(ListedFile.parse(lines), lake);
        return new FileSplits(listed, config, splitBytes).enumerateSplits(null, 1);
    }

    /** Of a file whose splits were made. */
    FileRowFormat format() {
        return new FileRowFormat(config, listed);
    }

    List<Found> read(Path file) throws Exception {
        return read(file.toUri().toString());
    }

    /** @param lines option {@code files} */
    List<Found> read(String lines) throws Exception {
        List<Found> found = new ArrayList<>();
        for (FileSourceSplit split : splits(lines)) {
            found.addAll(read(split));
        }
        return found;
    }

    List<Found> read(FileSourceSplit split) throws Exception {
        List<Found> found = new ArrayList<>();
        try (BulkFormat.Reader<FileRow> reader = format().createReader(new Configuration(), split)) {
            for (var batch = reader.readBatch(); batch != null; batch = reader.readBatch()) {
                for (RecordAndPosition<FileRow> row = batch.next(); row != null; row = batch.next()) {
                    List<RowData> decoded = new ArrayList<>();
                    decoding.flatMap(row.getRecord(), new ListCollector<>(decoded));
                    decoded.forEach(each -> found.add(found(each)));
                }
            }
        }
        return found;
    }

    /** Decodes a row, and tells 1 if that failed. */
    int countBad(FileRow row) throws IOException {
        decoding.flatMap(row, last);
        return last.row.isNullAt(columns.getFieldCount()) ? 0 : 1;
    }

    /** Keeps one row. */
    private static final class Last implements Collector<RowData> {
        private RowData row;

        @Override
        public void collect(RowData found) {
            row = found;
        }

        @Override
        public void close() {
            // There is nothing to close.
        }
    }

    private Found found(RowData row) {
        GenericRowData values = (GenericRowData) row;
        int count = columns.getFieldCount();
        Object code = values.getField(count);
        Object message = values.getField(count + 1);
        Map<String, Object> metadata = new HashMap<>();
        for (FileMetadata each : FileMetadata.values()) {
            metadata.put(each.key, values.getField(count + 2 + each.ordinal()));
        }
        boolean isGood = code == null && metadata.get("kind").toString().equals("row");
        return new Found(
                isGood ? Shown.shown(row, columns) : null,
                code == null ? null : code.toString(),
                message == null ? null : message.toString(),
                metadata);
    }
}
