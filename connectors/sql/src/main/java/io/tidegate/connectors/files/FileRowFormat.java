package io.tidegate.connectors.files;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.file.src.FileSourceSplit;
import org.apache.flink.connector.file.src.reader.BulkFormat;
import org.apache.flink.connector.file.src.util.ArrayResultIterator;
import org.apache.flink.connector.file.src.util.CheckpointedPosition;

/** Reads splits for Flink's file source, in batches; a position is a number of rows. */
final class FileRowFormat implements BulkFormat<FileRow, FileSourceSplit> {
    private static final long serialVersionUID = 1L;
    /** What waits between the thread that reads and the task: a few batches. */
    private static final int BATCH_ROWS = 1000;

    private static final int BATCH_BYTES = 512 * 1024;

    private final FilesConfig config;
    private final FileList list;

    FileRowFormat(FilesConfig config, FileList list) {
        this.config = config;
        this.list = list;
    }

    @Override
    public Reader<FileRow> createReader(Configuration flink, FileSourceSplit split) throws IOException {
        return new SplitReader(rows(split), 0);
    }

    @Override
    public Reader<FileRow> restoreReader(Configuration flink, FileSourceSplit split) throws IOException {
        long done = split.getReaderPosition().map(CheckpointedPosition::getRecordsAfterOffset).orElse(0L);
        RowsOfSplit rows = rows(split);
        for (long i = 0; i < done; i++) {
            rows.next();
        }
        return new SplitReader(rows, done);
    }

    private RowsOfSplit rows(FileSourceSplit split) throws IOException {
        ListedFile file = list.fileOf(split);
        SplitInput input = new SplitInput(split, file.uri(), list.storeOf(file));
        FileOrigin origin = FileOrigin.of(file, split);
        FilesConfig ofFile = config.of(file);
        return ofFile.layout() == Layout.PARQUET
                ? new ParquetRows(ofFile, input, origin)
                : new SplitRows(ofFile, input, origin);
    }

    @Override
    public boolean isSplittable() {
        return config.isSplittable();
    }

    @Override
    public TypeInformation<FileRow> getProducedType() {
        return new FileRowType();
    }

    private static final class SplitReader implements Reader<FileRow> {
        private final RowsOfSplit rows;
        private long done;

        SplitReader(RowsOfSplit rows, long done) {
            this.rows = rows;
            this.done = done;
        }

        @Override
        public RecordIterator<FileRow> readBatch() throws IOException {
            List<FileRow> batch = new ArrayList<>(BATCH_ROWS);
            long bytes = 0;
            while (batch.size() < BATCH_ROWS && bytes < BATCH_BYTES) {
                FileRow row = rows.next();
                if (row == null) {
                    break;
                }
                batch.add(row);
                bytes += row.line() == null ? 0 : row.line().bytes().length;
            }
            if (batch.isEmpty()) {
                return null;
            }
            ArrayResultIterator<FileRow> found = new ArrayResultIterator<>();
            found.set(batch.toArray(FileRow[]::new), batch.size(), CheckpointedPosition.NO_OFFSET, done);
            done += batch.size();
            return found;
        }

        @Override
        public void close() throws IOException {
            rows.close();
        }
    }
}
