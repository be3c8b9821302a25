package io.tidegate.connectors.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.types.Row;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A job that fails behind a checkpoint goes on where that was: each row once, and each split's end once. */
class FilesRestartTest {
    private static final int ROWS = 30_000;
    private static final int SPLIT_BYTES = 64 * 1024;

    @TempDir
    private Path folder;

    /** Slow until a checkpoint has some of its rows; then it fails, once, and is in no hurry no more. */
    private static final class FailsOnce extends RichMapFunction<Row, Row> implements CheckpointListener {
        private static final long serialVersionUID = 1L;
        private static volatile boolean hasFailed;
        private static volatile long rowsBefore;

        private transient long rows;
        private transient boolean isDue;

        @Override
        public void open(OpenContext context) {
            rows = 0;
            isDue = false;
        }

        @Override
        public Row map(Row row) {
            rows++;
            if (!hasFailed) {
                if (isDue) {
                    hasFailed = true;
                    rowsBefore = rows;
                    throw new IllegalStateException("as it was told to");
                }
                LockSupport.parkNanos(200_000);
            }
            return row;
        }

        @Override
        public void notifyCheckpointComplete(long checkpoint) {
            isDue = rows > 1000;
        }
    }

    private static String content() {
        StringBuilder content = new StringBuilder("id\n");
        for (int i = 0; i < ROWS; i++) {
            content.append("row ").append(i).append('\n');
        }
        return content.toString();
    }

    @Test
    void eachRowComesOnceAndSoDoesWhatASplitHeld() throws Exception {
        Path file = Files.writeString(folder.resolve("day.csv"), content());
        Configuration options = new Configuration();
        options.setString("parallelism.default", "2");
        options.setString("execution.checkpointing.interval", "50 ms");
        options.setString("execution.checkpointing.dir", folder.resolve("checkpoints").toUri().toString());
        options.setString("restart-strategy.type", "fixed-delay");
        options.setString("restart-strategy.fixed-delay.attempts", "1");
        options.setString("restart-strategy.fixed-delay.delay", "0 s");
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment(options);
        StreamTableEnvironment sql = StreamTableEnvironment.create(environment);
        sql.executeSql("CREATE TABLE days (id STRING, kind STRING METADATA VIRTUAL, `offset` BIGINT METADATA VIRTUAL,"
                + " `rows` BIGINT METADATA VIRTUAL, places BIGINT METADATA VIRTUAL) WITH ('connector' = 'files', 'layout' = 'csv',"
                + " 'split-bytes' = '" + SPLIT_BYTES + " b', 'files' = '" + file.toUri() + "', 'csv.schema' ="
                + " '{\"type\": \"record\", \"name\": \"R\", \"fields\": [{\"name\": \"id\", \"type\": \"string\"}]}')");

        List<Row> rows = new ArrayList<>();
        try (CloseableIterator<Row> found =
                sql.toDataStream(sql.sqlQuery("SELECT * FROM days")).map(new FailsOnce()).executeAndCollect()) {
            found.forEachRemaining(rows::add);
        }

        assertTrue(FailsOnce.hasFailed && FailsOnce.rowsBefore > 1000);
        List<Row> good = rows.stream().filter(row -> row.getField(1).equals("row")).toList();
        List<Row> ends = rows.stream().filter(row -> row.getField(1).equals("split")).toList();
        assertEquals(ROWS, good.size());
        assertEquals(ROWS, good.stream().map(row -> row.getField(0)).distinct().count());
        assertEquals((Files.size(file) + SPLIT_BYTES - 1) / SPLIT_BYTES, ends.size());
        assertEquals(ROWS, ends.stream().mapToLong(end -> (Long) end.getField(3)).sum());
        assertEquals(
                good.stream().mapToLong(row -> Places.hash((Long) row.getField(2))).sum(),
                ends.stream().mapToLong(end -> (Long) end.getField(4)).sum());
    }
}
