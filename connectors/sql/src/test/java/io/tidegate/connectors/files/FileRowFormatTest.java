package io.tidegate.connectors.files;

import static io.tidegate.connectors.files.SplitRowsTest.AB;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.file.src.FileSourceSplit;
import org.apache.flink.connector.file.src.reader.BulkFormat;
import org.apache.flink.connector.file.src.util.CheckpointedPosition;
import org.apache.flink.connector.file.src.util.RecordAndPosition;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Flink's file source asks of the format. */
class FileRowFormatTest {
    private static final int ROWS = 2500;

    @TempDir
    private Path folder;

    private FileRowFormat format;
    private FileSourceSplit split;

    @BeforeEach
    void write() throws Exception {
        StringBuilder content = new StringBuilder("a,b\n");
        for (int i = 0; i < ROWS; i++) {
            content.append(i).append(",x\n");
        }
        Path file = Files.writeString(folder.resolve("day.csv"), content);
        FileReading reading = new FileReading(AB);
        split = reading.splits(file).iterator().next();
        format = reading.format();
    }

    /** Each row's offset, the split's end as -1; and the position behind each. */
    private static List<Long> offsets(BulkFormat.Reader<FileRow> reader, List<CheckpointedPosition> positions) throws IOException {
        List<Long> offsets = new ArrayList<>();
        try (reader) {
            for (var batch = reader.readBatch(); batch != null; batch = reader.readBatch()) {
                for (RecordAndPosition<FileRow> row = batch.next(); row != null; row = batch.next()) {
                    offsets.add(row.getRecord().end() == null ? row.getRecord().line().offset() : -1);
                    positions.add(new CheckpointedPosition(row.getOffset(), row.getRecordSkipCount()));
                }
            }
        }
        return offsets;
    }

    @Test
    void aReaderGoesOnBehindAnyRow() throws Exception {
        List<CheckpointedPosition> positions = new ArrayList<>();
        List<Long> all = offsets(format.createReader(new Configuration(), split), positions);
        assertEquals(ROWS + 1, all.size());

        for (int done : new int[] {1, 999, 1000, 1001, ROWS, ROWS + 1}) {
            FileSourceSplit restored = split.updateWithCheckpointedPosition(positions.get(done - 1));
            List<CheckpointedPosition> rest = new ArrayList<>();
            assertEquals(all.subList(done, all.size()), offsets(format.restoreReader(new Configuration(), restored), rest));
            assertEquals(positions.subList(done, positions.size()), rest);
        }
    }

    @Test
    void theFormatTravelsToTheTasks() throws Exception {
        assertNotNull(InstantiationUtil.clone(format));
    }
}
