package io.tidegate.connectors.files;

import static io.tidegate.connectors.files.FileReading.read;
import static io.tidegate.connectors.files.FileReading.with;
import static io.tidegate.connectors.files.SplitRowsTest.end;
import static io.tidegate.connectors.files.SplitRowsTest.shown;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.tidegate.connectors.files.FileReading.Found;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArrayScannerTest {
    private static final Map<String, String> OPTIONS = Map.of("layout", "json-array");

    @Test
    void valuesAreCutAndNotRead() throws Exception {
        List<Found> rows = read(OPTIONS, "\ufeff [\n {\"a\": \"]}\\\"\"} , [1, [2]],3,\"x,\"\n]\n");

        assertEquals("[{\"a\": \"]}\\\"\"}] [[1, [2]]] [3] [\"x,\"]", shown(rows));
        assertNull(end(rows).code());
        assertEquals(7, rows.get(0).number("offset"));
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', delimiter = '|', value = {
        "``         | no JSON array begins (byte 0)",
        "{}         | no JSON array begins (byte 0)",
        "[1         | the array ends within a value (byte 2)",
        "[{},       | a value is missing (byte 4)",
        "[{}        | the array does not end (byte 3)",
        "[1 2]      | no comma stands between two values (byte 3)",
        "[,1]       | a value is missing (byte 1)",
        "[1,,2]     | a value is missing (byte 3)",
        "[1,]       | a value is missing (byte 3)",
        "[{\"a\":[}]  | a bracket ends another one's (byte 8)",
        "[1}]       | a bracket ends what did not begin (byte 2)",
        "[1] x      | something follows the array (byte 4)",
        "[\"x\\      | the array ends within a value (byte 4)"
    })
    void anArrayThatIsNoneIsAFaultOfTheFile(String content, String message) throws Exception {
        Found end = end(read(OPTIONS, content));

        assertEquals("NOT_JSON", end.code());
        assertEquals(message, end.message());
    }

    @Test
    void halfASignBehindTheArrayIsNotPassedOver() throws Exception {
        byte[] array = "[1, 2]\n".getBytes(StandardCharsets.UTF_16LE);
        Map<String, String> options = with(OPTIONS, "encoding", "UTF-16LE");

        assertNull(end(read(options, array)).code());
        Found end = end(read(options, Arrays.copyOf(array, array.length + 1)));
        assertEquals("something follows the array (byte 14)", end.message());
    }

    @Test
    void aLineThatEndsWithinAStringIsNotReadOnTo() throws Exception {
        List<Found> rows = read(OPTIONS, "[{\"a\": 1},\n{\"a\": \"x},\n{\"a\": \"y\"}]");

        assertEquals("[{\"a\": 1}]", shown(rows));
        assertEquals("a line ends within a string (byte 21)", end(rows).message());
    }

    @Test
    void aValueThatIsTooLargeIsCutWhateverIsWithin() throws Exception {
        String large = "{\"a\": [" + "{\"b\": \"\\\"]\"}, ".repeat(1000) + "0]}";
        Map<String, String> options = with(OPTIONS, "max-row-bytes", "100 b", "raw.max-bytes", "10 b");
        List<Found> rows = read(options, "[1, " + large + ",2]");

        assertEquals("[1] RECORD_TOO_LARGE [2]", shown(rows));
        assertEquals(large.length(), rows.get(1).number("length"));
        assertEquals(large.substring(0, 10), rows.get(1).raw());
    }

    @Test
    void bracketsMayLieDeeperThanAnyStack() throws Exception {
        String deep = "[".repeat(100_000) + "]".repeat(100_000);

        assertEquals(deep, read(OPTIONS, "[" + deep + "]").get(0).raw());
    }
}
