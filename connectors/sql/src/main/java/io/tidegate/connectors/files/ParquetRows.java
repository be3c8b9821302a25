package io.tidegate.connectors.files;

import io.tidegate.connectors.avro.BadRecord;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.apache.flink.avro.shaded.org.apache.avro.Schema;
import org.apache.iceberg.shaded.org.apache.parquet.ParquetReadOptions;
import org.apache.iceberg.shaded.org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.iceberg.shaded.org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.iceberg.shaded.org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.iceberg.shaded.org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.iceberg.shaded.org.apache.parquet.io.ColumnIOFactory;
import org.apache.iceberg.shaded.org.apache.parquet.io.MessageColumnIO;
import org.apache.iceberg.shaded.org.apache.parquet.io.RecordReader;
import org.apache.iceberg.shaded.org.apache.parquet.io.api.GroupConverter;
import org.apache.iceberg.shaded.org.apache.parquet.io.api.RecordMaterializer;
import org.apache.iceberg.shaded.org.apache.parquet.schema.MessageType;

/**
 * The rows of the row groups that begin in a split, each as one JSON object. The place of a row is its number in the file,
 * from 0, and so are those between which the split lies: what it looked at are the rows that the file's end tells of it.
 */
final class ParquetRows implements RowsOfSplit {
    /** A row group is held in memory as it lies in the file. */
    static final long MAX_GROUP_BYTES = 256L * 1024 * 1024;

    private interface Step<T> {
        T taken() throws IOException;
    }

    private final FilesConfig config;
    private final SplitInput input;
    private final ParquetInput file;
    private final FilePart part;
    private final ParquetJson json = new ParquetJson();
    private final Deque<Integer> groups = new ArrayDeque<>();

    private ParquetFileReader reader;
    private MessageColumnIO columns;
    private RecordMaterializer<ParquetJson> row;
    private RecordReader<ParquetJson> records;
    private boolean isOver;
    private long left;
    private long from;
    private long to;
    private long rows;
    private long places;

    /** @param input whose to close is up to this from now on */
    ParquetRows(FilesConfig config, SplitInput input, FileOrigin origin) {
        this.config = config;
        this.input = input;
        this.file = input.anywhere();
        this.part = new FilePart(origin, input.start(), config.encoding(), null);
    }

    @Override
    public FileRow next() throws IOException {
        if (isOver) {
            return null;
        }
        FileFault fault = null;
        try {
            if (reader == null) {
                open();
            }
            if (isAtRow()) {
                return row();
            }
        } catch (FileFault found) {
            fault = found;
        }
        isOver = true;
        input.requireUnchanged();
        return FileRow.of(part, new PartEnd(from, to, rows, places, 0, 0, 0, fault));
    }

    private void open() throws IOException {
        ParquetReadOptions options = ParquetReadOptions.builder(new PlainParquetConfiguration())
                .withCodecFactory(new ParquetCodecs())
                .usePageChecksumVerification()
                .build();
        reader = sound("its end", () -> ParquetFileReader.open(file, options));
        MessageType schema = reader.getFileMetaData().getSchema();
        Schema wanted = config.parquet().schema();
        CsvHeader.of(ParquetGroup.namesOf(schema), config.parquet());
        columns = new ColumnIOFactory(reader.getFileMetaData().getCreatedBy()).getColumnIO(schema);
        row = new Row(new ParquetGroup(schema, wanted, json, () -> { }), json);
        sound("its end", () -> {
            choose(reader.getRowGroups());
            return null;
        });
    }

    /** A group is where its first byte is, or where one before it is: then the rows of a split have no gap. */
    private void choose(List<BlockMetaData> all) throws IOException {
        long before = 0;
        long at = 0;
        for (int i = 0; i < all.size(); i++) {
            BlockMetaData group = all.get(i);
            require(group, i);
            at = Math.max(at, Math.min(group.getStartingPos(), file.getLength() - 1));
            from = input.isBefore(at) ? before + group.getRowCount() : from;
            if (input.holds(at) && group.getRowCount() > 0) {
                groups.add(i);
            }
            before += group.getRowCount();
            to = input.isBefore(at) || input.holds(at) ? before : to;
        }
    }

    private void require(BlockMetaData group, int number) throws IOException {
        if (group.getRowCount() < 0 || group.getCompressedSize() > MAX_GROUP_BYTES) {
            throw fault("its row group " + number + " has " + group.getRowCount() + " rows in " + group.getCompressedSize()
                    + " bytes; at most " + MAX_GROUP_BYTES + " are read: write smaller ones");
        }
        for (ColumnChunkMetaData column : group.getColumns()) {
            if (!ParquetCodecs.isRead(column.getCodec())) {
                throw fault("column '" + column.getPath().toDotString() + "' is packed by " + column.getCodec()
                        + ", which is not read");
            }
            long start = column.getStartingPos();
            if (start < 0 || column.getTotalSize() < 0 || column.getTotalSize() > file.getLength() - start) {
                throw fault("column '" + column.getPath().toDotString() + "' lies behind its end: it is cut off or broken");
            }
        }
    }

    /** Whether there is another row; begins the next group behind the last row of one. */
    private boolean isAtRow() throws IOException {
        if (left == 0 && !groups.isEmpty()) {
            int group = groups.remove();
            left = reader.getRowGroups().get(group).getRowCount();
            records = sound("row group " + group, () -> columns.getRecordReader(reader.readRowGroup(group), row));
        }
        return left > 0;
    }

    private FileRow row() throws IOException {
        long place = from + rows;
        sound("row " + place, records::read);
        BadRecord fault = json.fault();
        Line line = line(place, json.take());
        left--;
        rows++;
        places += Places.hash(place);
        return FileRow.of(part, rows, line, line.isCut() ? config.limits().tooLarge(line) : fault);
    }

    private Line line(long place, byte[] text) {
        if (text.length <= config.limits().maxBytes()) {
            return new Line(place, text.length, text, null);
        }
        Line.Cut cut = new Line.Cut(place, config.limits().keptBytes());
        cut.add(text, 0, text.length);
        return cut.line();
    }

    /** What the library throws at a file is the file's fault, unless the file system has thrown it. */
    private <T> T sound(String what, Step<T> step) throws IOException {
        try {
            return step.taken();
        } catch (FileFault fault) {
            throw fault;
        } catch (IOException | RuntimeException broken) {
            file.requireNoOutage();
            throw fault(what + " can't be read: " + reason(broken));
        }
    }

    private static String reason(Throwable broken) {
        Throwable root = broken;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage() == null ? root : root.getMessage()).lines().findFirst().orElse("");
    }

    private static FileFault fault(String message) {
        return new FileFault(FileFault.Code.BAD_PARQUET, message);
    }

    @Override
    public void close() throws IOException {
        try (input) {
            if (reader != null) {
                reader.close();
            }
        }
    }

    /** Tells the library where values go to. */
    private static final class Row extends RecordMaterializer<ParquetJson> {
        private final ParquetGroup fields;
        private final ParquetJson json;

        Row(ParquetGroup fields, ParquetJson json) {
            this.fields = fields;
            this.json = json;
        }

        @Override
        public ParquetJson getCurrentRecord() {
            return json;
        }

        @Override
        public GroupConverter getRootConverter() {
            return fields;
        }
    }
}
