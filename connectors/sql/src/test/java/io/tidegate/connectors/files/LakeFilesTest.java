package io.tidegate.connectors.files;

import static io.tidegate.connectors.files.FileReading.with;
import static io.tidegate.connectors.files.SplitRowsTest.AB;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.tidegate.connectors.files.FileReading.Found;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Objects by way of a FileIO of Iceberg's; a real store has {@code tests/stack/test_files_on_s3.py}. */
class LakeFilesTest {
    private static final String URI = "s3://in/a b//day.csv";
    private static final String CONTENT = "a,b\n1,2\n3,4\n5,6\n";

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void write() throws Exception {
        file = folder.resolve("in/a b/day.csv");
        Files.createDirectories(file.getParent());
        Files.writeString(file, CONTENT);
        Files.setLastModifiedTime(file, FileTime.fromMillis(7_000));
    }

    private FileReading reading(String... more) throws Exception {
        Map<String, String> lake = with(AB, "lake.io-impl", FolderFileIO.class.getName(), "lake.folder", folder.toString());
        return new FileReading(with(with(lake, "split-bytes", "5 b"), more));
    }

    private static IOException failure(FileReading reading, String lines) {
        return assertThrows(IOException.class, () -> reading.read(lines));
    }

    @Test
    void anObjectIsReadInPartsUnderItsUriAsItIsWritten() throws Exception {
        List<Found> rows = reading().read(URI);

        assertEquals("[1, 2] [3, 4] [5, 6]", SplitRowsTest.shown(rows));
        assertEquals(4, rows.stream().filter(row -> !row.isRow()).count());
        for (Found row : rows) {
            assertEquals(URI, row.metadata().get("file").toString());
            assertEquals(CONTENT.length(), row.number("file-size"));
            assertEquals("1970-01-01T00:00:07", row.metadata().get("timestamp").toString());
        }
    }

    @Test
    void whatIsNoObjectIsReadByFlink() throws Exception {
        assertEquals("[1, 2] [3, 4] [5, 6]", SplitRowsTest.shown(reading("lake.refuses", "never asked").read("file://" + file)));
    }

    @Test
    void anObjectThatIsNotThereIsSaidToBeMissing() throws Exception {
        for (String listed : List.of("", "\t16", "\t16\t5", "\t\t5")) {
            IOException failure = failure(reading(), "s3://in/none.csv" + listed);
            assertEquals(FileNotFoundException.class, failure.getClass());
            assertEquals("s3://in/none.csv is not there.", failure.getMessage());
        }
    }

    @Test
    void anotherSizeThanTheListedOneFails() throws Exception {
        String shorter = failure(reading(), URI + "\t15\t5").getMessage();
        assertEquals(URI + " has changed while it was read: it had 15 bytes, and has 16 bytes. Load it again once it is complete.", shorter);
        String longer = failure(reading(), URI + "\t17\t5").getMessage();
        assertEquals(URI + " has changed while it was read: it had 17 bytes, and has 16 bytes. Load it again once it is complete.", longer);
        assertEquals(URI + " has changed since it was listed: it had 17 bytes, and has 16.", failure(reading(), URI + "\t17").getMessage());
    }

    @Test
    void anObjectOfAnotherTimeWhileItIsReadFails() throws Exception {
        FileReading reading = reading();
        var splits = List.copyOf(reading.splits(URI));
        Files.setLastModifiedTime(file, FileTime.fromMillis(9_000));
        String said = assertThrows(IOException.class, () -> reading.read(splits.get(0))).getMessage();
        assertEquals(URI + " has changed while it was read: it had 16 bytes (modified at 7000 ms since 1970), and has 16 bytes (modified"
                + " at 9000 ms since 1970). Load it again once it is complete.", said);
    }

    /** Within a row of its first split, at the end of one, and of its last. */
    @Test
    void aConnectionThatEndsEarlyIsNoEndOfAFile() throws Exception {
        for (int at = 0; at < CONTENT.length(); at++) {
            String said = failure(reading("lake.breaks-at", Integer.toString(at)), URI + "\t16\t5").getMessage();
            assertEquals(URI + " ended at byte " + at + " of 16.", said);
        }
    }

    @Test
    void aConnectionThatEndsEarlyIsNoFaultOfAPackedFile() throws Exception {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(CONTENT.getBytes(StandardCharsets.UTF_8));
        }
        Files.write(file, packed.toByteArray());
        assertEquals("[1, 2] [3, 4] [5, 6]", SplitRowsTest.shown(reading().read(URI)));
        for (int at = 0; at < packed.size(); at++) {
            String said = failure(reading("lake.breaks-at", Integer.toString(at)), URI + "\t" + packed.size() + "\t5").getMessage();
            assertEquals(URI + " ended at byte " + at + " of " + packed.size() + ".", said);
        }
    }

    @Test
    void anEmptyObjectIsNotAskedForItsBytes() throws Exception {
        Files.writeString(file, "");
        List<Found> rows = reading("csv.header", "false").read(URI + "\t0\t5");
        assertEquals(1, rows.size());
        assertEquals(0, rows.get(0).number("rows"));
        assertEquals(null, rows.get(0).code());
    }

    @Test
    void aStoreThatRefusesIsAnOutageInOneLine() throws Exception {
        FileReading refused = reading("lake.refuses", "Access Denied (Status Code: 403)");
        assertEquals(URI + " can't be read for now: Access Denied (Status Code: 403)", failure(refused, URI).getMessage());
        assertEquals(URI + " can't be read for now: Access Denied (Status Code: 403)", failure(refused, URI + "\t16\t5").getMessage());
    }
}
