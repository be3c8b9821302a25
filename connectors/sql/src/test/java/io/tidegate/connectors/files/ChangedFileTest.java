package io.tidegate.connectors.files;

import static io.tidegate.connectors.files.FileReading.with;
import static io.tidegate.connectors.files.SplitRowsTest.AB;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.connectors.files.FileReading.Found;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.apache.flink.connector.file.src.FileSourceSplit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file must be the same from when it was listed until it has been read. */
class ChangedFileTest {
    @TempDir
    private Path folder;

    private Path file;
    private FileReading reading;

    @BeforeEach
    void write() throws Exception {
        file = folder.resolve("day.csv");
        Files.writeString(file, "a,b\n1,2\n3,4\n");
        reading = new FileReading(with(AB, "split-bytes", "6 b"));
    }

    private IOException failure() throws Exception {
        List<FileSourceSplit> splits = List.copyOf(reading.splits(file));
        assertEquals(2, splits.size());
        change();
        return assertThrows(IOException.class, () -> reading.read(splits.get(1)));
    }

    private Change changing;

    private interface Change {
        void run() throws IOException;
    }

    private void change() throws IOException {
        changing.run();
    }

    @Test
    void aFileThatGrowsFailsItsSplit() throws Exception {
        changing = () -> Files.writeString(file, "5,6\n", StandardOpenOption.APPEND);
        String said = failure().getMessage();
        assertTrue(said.contains("day.csv has changed while it was read: it had 12 bytes"), said);
        assertTrue(said.contains("and has 16"), said);
    }

    @Test
    void aFileThatIsWrittenAgainFailsItsSplit() throws Exception {
        changing = () -> Files.setLastModifiedTime(file, FileTime.fromMillis(1_000));
        assertTrue(failure().getMessage().contains("has changed while it was read"));
    }

    @Test
    void aTimeThatIsListedIsTheArrivalsAndNobodyAsksTheCopyForIt() throws Exception {
        List<Found> rows = reading.read(file.toUri() + "\t12\t5000");
        assertEquals("[1, 2] [3, 4]", SplitRowsTest.shown(rows));
        assertEquals("1970-01-01T00:00:05", rows.get(0).metadata().get("timestamp").toString());

        List<FileSourceSplit> splits = List.copyOf(reading.splits(file.toUri() + "\t12\t5000"));
        Files.writeString(file, "5,6\n", StandardOpenOption.APPEND);
        String said = assertThrows(IOException.class, () -> reading.read(splits.get(1))).getMessage();
        assertTrue(said.contains("had 12 bytes, and has 16"), said);
    }

    @Test
    void aFileThatLosesItsEndFailsItsSplit() throws Exception {
        changing = () -> Files.writeString(file, "a,b\n1,2\n");
        String said = failure().getMessage();
        assertTrue(said.endsWith("day.csv ended at byte 8 of 12."), said);
    }

    @Test
    void aFileThatIsRemovedFailsItsSplit() throws Exception {
        changing = () -> Files.delete(file);
        assertTrue(failure() instanceof FileNotFoundException);
    }

    @Test
    void aFileOfAnotherSizeThanWhenItWasListedMakesNoSplits() throws Exception {
        var failure = assertThrows(IOException.class, () -> reading.splits(file.toUri() + "\t11"));
        assertTrue(failure.getMessage().endsWith("day.csv has changed since it was listed: it had 11 bytes, and has 12."));
    }
}
