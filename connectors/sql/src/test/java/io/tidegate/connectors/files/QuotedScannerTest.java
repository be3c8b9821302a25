package io.tidegate.connectors.files;

import static io.tidegate.connectors.files.FileReading.read;
import static io.tidegate.connectors.files.FileReading.with;
import static io.tidegate.connectors.files.SplitRowsTest.AB;
import static io.tidegate.connectors.files.SplitRowsTest.shown;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.tidegate.common.Sha256;
import io.tidegate.connectors.files.FileReading.Found;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Rows whose cells hold the ends of lines, and lines whose quotes do not end. */
class QuotedScannerTest {
    @Test
    void aQuoteThatDoesNotEndCostsItsOwnLineThoughCellsMayHoldLines() throws Exception {
        Map<String, String> options = with(AB, "csv.multiline", "true");
        List<Found> rows = read(options, "a,b\n1,\"x\ny\"\n2,\"bad\n3,\"also\"\n4,\"p\r\n\"\"q\"\"\"\n");

        assertEquals("[1, x\ny] NOT_CSV [3, also] [4, p\r\n\"q\"]", shown(rows));
        assertArrayEquals("1,\"x\ny\"".getBytes(UTF_8), (byte[]) rows.get(0).metadata().get("value.raw"));
    }

    /** Wherever memory ends, and wherever the row's last line. */
    @Test
    void theLinesOfARowThatIsTooLargeAreNoRows() throws Exception {
        Map<String, String> options = with(AB, "csv.multiline", "true", "max-row-bytes", "50 kb", "raw.max-bytes", "10 b");
        for (int behind : new int[] {0, 5, 60_000, 300_000}) {
            String large = "1,\"" + "x,y\n".repeat(60_000) + "\"";
            String row = behind == 0 ? large : "\"x\n" + large.substring(3) + "," + "z".repeat(behind);
            List<Found> rows = read(options, "a,b\n1,2\n" + row + "\r\n3,4\n");

            assertEquals("[1, 2] RECORD_TOO_LARGE [3, 4]", shown(rows));
            assertEquals(row.length(), rows.get(1).number("length"));
            assertEquals(Sha256.hexOf(row.getBytes(UTF_8)), rows.get(1).metadata().get("value.raw-sha256"));
        }
    }

    /** Each line ends within quotes that the next one ends and begins again: no line is read to the end of all. */
    @Test
    void manyQuotesThatDoNotEndCostNoMoreThanTheirLines() throws Exception {
        String content = "a,b\n" + "x\",y,\"z\n".repeat(300_000);

        List<Found> rows = assertTimeoutPreemptively(
                Duration.ofSeconds(60), () -> read(with(AB, "csv.multiline", "true"), content));

        assertEquals(300_000, rows.stream().filter(row -> "NOT_CSV".equals(row.code())).count());
    }

    @Test
    void aCellOf50MegabytesIsNotHeld() throws Exception {
        byte[] content = new byte[50 * 1024 * 1024];
        Arrays.fill(content, (byte) 'x');
        System.arraycopy("a,b\n1,\"".getBytes(UTF_8), 0, content, 0, 7);
        System.arraycopy("\n3,4\n".getBytes(UTF_8), 0, content, content.length - 5, 5);

        for (String multiline : List.of("false", "true")) {
            List<Found> rows = read(with(AB, "csv.multiline", multiline), content);
            assertEquals("RECORD_TOO_LARGE [3, 4]", shown(rows));
            assertEquals(921_600, rows.get(0).raw().length());
        }
    }
}
