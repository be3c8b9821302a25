package io.tidegate.connectors.files;

import static io.tidegate.connectors.files.FileReading.with;
import static io.tidegate.connectors.files.SplitRowsTest.AB;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.table.api.ValidationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What can't be meant is refused when the query is planned. */
class FilesOptionsTest {
    private static FilesConfig config(String... options) {
        return FilesConfig.from(Configuration.fromMap(with(with(AB, "layout", "csv"), options)));
    }

    @ParameterizedTest
    @CsvSource({
        "encoding, klingon", "encoding, UTF-32", "encoding, Shift_JIS", "encoding, IBM1047",
        "csv.delimiter, ¦", "csv.delimiter, ;;", "csv.quote, ';'", "csv.comment, '\"'"
    })
    void aSignOrEncodingThatCanNotBe(String option, String value) {
        String[] options = {"csv.delimiter", ";", option, value};
        assertThrows(ValidationException.class, () -> config(options));
    }

    @Test
    void aTabIsSpelled() {
        assertEquals('\t', config("csv.delimiter", "\\t").csv().dialect().delimiter());
    }

    @Test
    void filesAreListedByLines() {
        assertEquals(
                List.of(new ListedFile("s3://lake/a b.csv", 12, 99, 0, "s3://lake/a b.csv", null),
                        new ListedFile("/tmp/c.csv", -1, -1, 1, "/tmp/c.csv", null),
                        new ListedFile("s3://files/0f", -1, 7, 31, "sftp://shop/d.csv", Layout.JSON_LINES)),
                ListedFile.parse("\n  s3://lake/a b.csv\t12\t99\n\n/tmp/c.csv\n"
                        + "s3://files/0f\t\t7\t31\tsftp://shop/d.csv\tjson-lines\n"));
    }

    @Test
    void aNameMayEndInABlank() {
        assertEquals("/in/a.csv ", ListedFile.parse("s3://files/0f\t\t\t1\t/in/a.csv \n").get(0).name());
        assertEquals("/in/a.csv ", ListedFile.parse("/in/a.csv ").get(0).uri());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "a.csv\tbig", "a.csv\t1\t2\tfirst", "a.csv\t1\t2\t-3", "a.csv\t1\t2\t3\ta\tcsv", "a.csv\t1\t2\t3\ta\tjson-lines\tb",
        "a.csv\t1\na.csv\t2", "a.csv\t\t\t7\nb.csv\t\t\t7", "a.csv\t\t\t1\nb.csv"
    })
    void aListThatCanNotBeMeantIsRefused(String lines) {
        assertThrows(ValidationException.class, () -> ListedFile.parse(lines));
    }

    @Test
    void oneCopyMayStandForFilesOfTwoNames() {
        assertEquals(2, ListedFile.parse("s3://files/0f\t\t\t1\ta.csv\ns3://files/0f\t\t\t2\tb.csv").size());
    }
}
