package io.tidegate.connectors.files;

import static io.tidegate.connectors.files.FileReading.ofStrings;
import static io.tidegate.connectors.files.FileReading.read;
import static io.tidegate.connectors.files.FileReading.with;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.common.Sha256;
import io.tidegate.connectors.files.FileReading.Found;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.flink.table.data.MapData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole files: what is a row of them, what is none, and what is wrong with a row or the file. */
class SplitRowsTest {
    static final Map<String, String> AB = ofStrings("a", "b");

    /** Columns of good rows, codes of bad ones. */
    static String shown(List<Found> rows) {
        return rows.stream().filter(Found::isRow)
                .map(row -> row.code() == null ? row.columns().toString() : row.code())
                .collect(Collectors.joining(" "));
    }

    static Found end(List<Found> rows) {
        return rows.get(rows.size() - 1);
    }

    @Test
    void rowsAreFoundByTheHeaderAndBadOnesCostThemselvesAlone() throws Exception {
        List<Found> rows = read(AB, "b,a\n2,1\r\n\"x,y\",3\n\n1,2,3\r\"abc,4\n5,é");

        assertEquals("[1, 2] [3, x,y] CELL_COUNT NOT_CSV [é, 5]", shown(rows));
        assertEquals("3 cells under 2 columns", rows.get(2).message());
        assertEquals("cell 1: a quote that does not end", rows.get(3).message());
        assertEquals(5L, end(rows).number("rows"));
        assertEquals(1L, end(rows).number("header-lines"));
        assertEquals(1L, end(rows).number("blank-lines"));
    }

    @Test
    void aRowHasItsPlaceAndItsBytes() throws Exception {
        List<Found> rows = read(with(AB, "split-bytes", "7 b"), "a,b\n1,2\n3,x\n4,5");

        Found second = rows.stream().filter(row -> row.isRow() && row.raw().equals("3,x")).findFirst().orElseThrow();
        assertEquals(8, second.number("offset"));
        assertEquals(3, second.number("length"));
        assertEquals(7, second.number("split"));
        assertEquals(1, second.number("split-row"));
        assertNull(second.metadata().get("row"));
        assertEquals(1L, rows.get(0).number("row"));
        assertEquals(15, second.number("file-size"));
        assertEquals("[1, 2] [3, x] [4, 5]", shown(rows));
    }

    @Test
    void aRowHasTheCoordinatesOfARecord() throws Exception {
        Path file = Files.writeString(Files.createTempFile("tidegate-", ".csv"), "a,b\n1,2\n3\n");
        List<Found> rows;
        try {
            rows = new FileReading(AB).read(file.toUri() + "\t10\t1500\t31\tsftp://shop/day.csv");
        } finally {
            Files.delete(file);
        }

        assertEquals(3, rows.size());
        for (Found row : rows) {
            assertEquals("sftp://shop/day.csv", row.metadata().get("topic").toString());
            assertEquals(31, row.metadata().get("partition"));
            assertEquals("1970-01-01T00:00:01.500", row.metadata().get("timestamp").toString());
            assertEquals("1970-01-01T00:00:01.500", row.metadata().get("file-modified").toString());
            assertEquals(0, ((MapData) row.metadata().get("headers")).size());
            assertTrue(row.metadata().get("file").toString().endsWith(file.getFileName().toString()));
        }
    }

    @Test
    void aSplitTellsAHashOfItsRowsPlacesGoodAndBad() throws Exception {
        String content = "a,b\n1,2\n3\n\n#\n4,5";
        List<Found> whole = read(with(AB, "csv.comment", "#"), content);
        assertEquals(Places.hash(4) + Places.hash(8) + Places.hash(13), end(whole).number("places"));
        assertNull(whole.get(0).metadata().get("places"));
        for (int bytes = 1; bytes < 20; bytes++) {
            List<Found> rows = read(with(AB, "csv.comment", "#", "split-bytes", bytes + " b"), content);
            long sum = rows.stream().filter(row -> !row.isRow()).mapToLong(row -> row.number("places")).sum();
            assertEquals(end(whole).number("places"), sum);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-8", "ISO-8859-1", "windows-1252", "UTF-16LE", "UTF-16BE"})
    void textIsReadInItsEncoding(String encoding) throws Exception {
        byte[] content = "a,b\n\"é\"\"ü\",x\nß,\n".getBytes(Charset.forName(encoding));

        assertEquals("[é\"ü, x] [ß, ]", shown(read(with(AB, "encoding", encoding), content)));
    }

    @Test
    void aByteOrderMarkIsNoPartOfTheFirstName() throws Exception {
        assertEquals("[1, 2]", shown(read(AB, "\ufeffa,b\n1,2\n")));
        assertEquals("[1, 2]", shown(read(with(AB, "encoding", "UTF-16"), "\ufeffa,b\n1,2".getBytes(StandardCharsets.UTF_16LE))));
        assertEquals("[1, 2]", shown(read(with(AB, "encoding", "UTF-16LE"), "\ufeffa,b\n1,2".getBytes(StandardCharsets.UTF_16LE))));
        for (int bytes = 1; bytes < 6; bytes++) {
            assertEquals("[1, 2]", shown(read(with(AB, "split-bytes", bytes + " b"), "\ufeffa,b\n1,2\n")));
        }
    }

    /** As where files were put one behind the other. */
    @ParameterizedTest
    @ValueSource(strings = {"UTF-8", "UTF-16LE", "UTF-16"})
    void aByteOrderMarkWithinAFileIsNoPartOfAValue(String encoding) throws Exception {
        byte[] content = "\ufeffa,b\n1,2\n\ufeffa,b\n3,4\n\ufeff5,6\n7,\ufeff8\n".getBytes(
                encoding.equals("UTF-8") ? UTF_8 : StandardCharsets.UTF_16LE);
        for (String split : List.of("1 mb", "3 b")) {
            List<Found> rows = read(with(AB, "encoding", encoding, "split-bytes", split), content);
            assertEquals("[1, 2] NOT_CSV [3, 4] NOT_CSV [7, \ufeff8]", shown(rows));
            List<String> said = rows.stream().filter(row -> row.isRow() && row.code() != null).map(Found::message).toList();
            assertEquals(List.of("the header once more", "cell 1: a byte order mark, which is no part of a text"), said);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "ISO-8859-1   | UTF-8 | it begins with the byte order mark of UTF-8, but its encoding is said to be ISO-8859-1",
        "windows-1252 | UTF-8 | it begins with the byte order mark of UTF-8, but its encoding is said to be windows-1252",
        "UTF-8    | UTF-16LE | it begins with the byte order mark of UTF-16LE, but its encoding is said to be UTF-8",
        "UTF-16BE | UTF-16LE | it begins with the byte order mark of UTF-16LE, but its encoding is said to be UTF-16BE",
        "UTF-16   | UTF-8    | it begins with the byte order mark of UTF-8, but its encoding is said to be UTF-16"
    })
    void aMarkOfAnotherEncodingIsAFaultOfTheFile(String said, String real, String message) throws Exception {
        List<Found> rows = read(with(AB, "encoding", said), "\ufeffa,b\n1,2\n".getBytes(Charset.forName(real)));

        assertEquals(1, rows.size());
        assertEquals("BAD_ENCODING", rows.get(0).code());
        assertEquals(message, rows.get(0).message());
    }

    @Test
    void utf16WithoutAMarkHasNoOrder() throws Exception {
        assertEquals("BAD_ENCODING", end(read(with(AB, "encoding", "UTF-16"), "a,b\n".getBytes(StandardCharsets.UTF_16LE))).code());
    }

    @ParameterizedTest
    @CsvSource({"any,[1; 2] CELL_COUNT [4; 5] [6; 7]", "lf,CELL_COUNT [6; 7]", "cr,[1; 2] CELL_COUNT CELL_COUNT"})
    void whatEndsALineIsSaid(String newline, String expected) throws Exception {
        String content = newline.equals("cr") ? "a,b\r1,2\r3\r4,5\n6,7" : "a,b\n1,2\r3\r4,5\n6,7\r\n";

        assertEquals(expected.replace(';', ','), shown(read(with(AB, "newline", newline), content)));
    }

    @Test
    void linesMayEndInCrAlone() throws Exception {
        assertEquals("[1, 2] [3, 4]", shown(read(AB, "a,b\r1,2\r3,4\r")));
        assertEquals("[1, 2] [3, 4]", shown(read(with(AB, "split-bytes", "5 b"), "a,b\r1,2\r3,4")));
    }

    @Test
    void anEmptyFileHasNoHeaderAndOneOfAHeaderNoRows() throws Exception {
        Found empty = end(read(AB, ""));
        assertEquals("BAD_HEADER", empty.code());
        assertEquals("no header: the file has no row", empty.message());
        assertNull(end(read(with(AB, "csv.header", "false"), "")).code());
        for (String content : List.of("a,b", "a,b\n", "\n\na,b\r\n\n")) {
            List<Found> rows = read(AB, content);
            assertEquals(1, rows.size());
            assertNull(rows.get(0).code());
            assertEquals(1L, rows.get(0).number("header-lines"));
            assertEquals(0L, rows.get(0).number("rows"));
        }
    }

    @Test
    void aHeaderThatTheFileEndsWithIsReadForEachSplit() throws Exception {
        for (int bytes = 1; bytes < 12; bytes++) {
            List<Found> ends = read(with(AB, "csv.comment", "#", "split-bytes", bytes + " b"), "# no rows\na,b");
            assertEquals((12 + bytes) / bytes, ends.size());
            assertEquals(1, ends.stream().mapToLong(end -> end.number("header-lines")).sum());
            assertTrue(ends.stream().allMatch(end -> end.code() == null));
        }
    }

    @Test
    void theHeaderOnceMoreIsABadRow() throws Exception {
        List<Found> rows = read(AB, "a,b\n1,2\na,b\n3,4\n");

        assertEquals("[1, 2] NOT_CSV [3, 4]", shown(rows));
        assertEquals("the header once more", rows.get(1).message());
    }

    @Test
    void aFileWithoutAHeaderHasTheSchemasColumnsOrThoseThatAreSaid() throws Exception {
        Map<String, String> bare = with(AB, "csv.header", "false");

        assertEquals("[1, 2] [a, b]", shown(read(bare, "1,2\na,b\n")));
        assertEquals("[2, 1]", shown(read(with(bare, "csv.columns", "b;a"), "1,2\n")));
    }

    @Test
    void aByteOfZeroAndBytesOfNoTextCostTheirRow() throws Exception {
        byte[] content = "a,b\n1,2\n\0,3\nx?,4\n5,6\n".getBytes(UTF_8);
        content[13] = (byte) 0xff;

        assertEquals("[1, 2] NOT_CSV BAD_UTF8 [5, 6]", shown(read(AB, content)));
    }

    @Test
    void aRowThatIsTooLargeIsCutAndItsHashIsToldOfTheWhole() throws Exception {
        String large = "1," + "x".repeat(50_000);
        Map<String, String> options = with(AB, "max-row-bytes", "1000 b", "raw.max-bytes", "100 b");
        List<Found> rows = read(options, "a,b\n1,2\n" + large + "\r\n3,4\n" + large);

        assertEquals("[1, 2] RECORD_TOO_LARGE [3, 4] RECORD_TOO_LARGE", shown(rows));
        Found cut = rows.get(1);
        assertEquals("50002 bytes are over the limit of 1000", cut.message());
        assertEquals(50_002, cut.number("length"));
        assertEquals(50_002, cut.metadata().get("value.raw-length"));
        assertEquals(large.substring(0, 100), cut.raw());
        assertEquals(Sha256.hexOf(large.getBytes(UTF_8)), cut.metadata().get("value.raw-sha256"));
        assertEquals(cut.metadata().get("value.raw-sha256"), rows.get(3).metadata().get("value.raw-sha256"));
    }

    /** Whatever its size is where memory ends, and where the line's end lies. */
    @ParameterizedTest
    @ValueSource(strings = {"any", "lf"})
    void aCutRowEndsWhereItEnds(String newline) throws Exception {
        Map<String, String> options = with(AB, "max-row-bytes", "10 b", "newline", newline);
        for (int size = 262_100; size < 262_160; size++) {
            List<Found> rows = read(options, "a,b\n" + "x".repeat(size) + "\r\n3,4");
            assertEquals(size, rows.get(0).number("length"));
            assertEquals("RECORD_TOO_LARGE [3, 4]", shown(rows));
        }
    }

    /** As somebody's monitors are sold: the others are read. */
    @Test
    void aQuoteWithinQuotesThatIsNotDoubledCostsItsRow() throws Exception {
        List<Found> rows = read(AB, "a,b\nL1,\"19\" monitor\"\nL2,19\" monitor\nL3,\"19\"\" monitor\"\n");

        assertEquals("NOT_CSV [L2, 19\" monitor] [L3, 19\" monitor]", shown(rows));
        assertEquals("cell 2: something follows the quote that ends the cell", rows.get(0).message());
    }

    @Test
    void aBadRowHasItsHashAndAGoodOneNeedsNone() throws Exception {
        List<Found> rows = read(AB, "a,b\n1,2\n3\n");

        assertNull(rows.get(0).metadata().get("value.raw-sha256"));
        assertEquals(Sha256.hexOf("3".getBytes(UTF_8)), rows.get(1).metadata().get("value.raw-sha256"));
    }

    @Test
    void commentsAreCountedAndNoRows() throws Exception {
        Map<String, String> options = with(AB, "csv.comment", "#");
        List<Found> rows = read(options, "# made by \"hand\n\na,b\n#1,2\n3,#4\n");

        assertEquals("[3, #4]", shown(rows));
        assertEquals(2L, end(rows).number("comment-lines"));
        assertEquals(1L, end(rows).number("blank-lines"));
    }

    @Test
    void manySmallSplitsLeaveNoGapWhateverIsInFrontOfTheHeader() throws Exception {
        String content = "\ufeff# a comment\n\n\"b\",a\n\n2,1\n4,3\n";
        for (int bytes = 1; bytes < 40; bytes++) {
            List<Found> rows = read(with(AB, "csv.comment", "#", "split-bytes", bytes + " b"), content);
            assertEquals("[1, 2] [3, 4]", shown(rows));
            List<Found> ends = rows.stream().filter(row -> !row.isRow()).toList();
            assertEquals(1, ends.stream().mapToLong(end -> end.number("header-lines")).sum());
            assertEquals(2, ends.stream().mapToLong(end -> end.number("blank-lines")).sum());
            assertEquals(1, ends.stream().mapToLong(end -> end.number("comment-lines")).sum());
            assertEquals(content.getBytes(UTF_8).length, ends.stream().mapToLong(end -> end.number("length")).sum());
            assertTrue(ends.stream().allMatch(end -> end.code() == null));
        }
    }
}
