package io.tidegate.connectors.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.tidegate.connectors.avro.AvroTypes;
import io.tidegate.connectors.files.FileReading.Found;
import java.util.List;
import java.util.Map;
import org.apache.flink.avro.shaded.org.apache.avro.Schema;
import org.apache.flink.table.api.ValidationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What texts stand for; that Python takes the same is seen in {@code tests/flink/test_files_agree.py}. */
class CellReadersTest {
    private static final String MILLIS = "{\"type\": \"long\", \"logicalType\": \"timestamp-millis\"}";
    private static final String MICROS = "{\"type\": \"long\", \"logicalType\": \"timestamp-micros\"}";

    private static String type(String name) {
        return switch (name) {
            case "date" -> "{\"type\": \"int\", \"logicalType\": \"date\"}";
            case "millis" -> MILLIS;
            case "micros" -> MICROS;
            case "enum" -> "{\"type\": \"enum\", \"name\": \"E\", \"symbols\": [\"NEW\", \"OLD\"]}";
            case "fixed" -> "{\"type\": \"fixed\", \"name\": \"F\", \"size\": 2}";
            case "uuid" -> "{\"type\": \"fixed\", \"name\": \"U\", \"size\": 16, \"logicalType\": \"uuid\"}";
            default -> name.startsWith("decimal")
                    ? "{\"type\": \"bytes\", \"logicalType\": \"decimal\", \"precision\": %s, \"scale\": %s}"
                            .formatted((Object[]) name.substring("decimal".length()).split("-"))
                    : "\"" + name + "\"";
        };
    }

    private static Found read(String type, String cell) throws Exception {
        String schema = "{\"type\": \"record\", \"name\": \"R\", \"fields\": [{\"name\": \"v\", \"type\": " + type(type) + "}]}";
        return FileReading.read(Map.of("csv.schema", schema, "csv.quote", ""), "v\n" + cell + "\n").get(0);
    }

    @ParameterizedTest
    @CsvSource({
        "int,-12,-12", "int,007,7", "int,2147483647,2147483647", "long,9223372036854775807,9223372036854775807",
        "long,-9223372036854775808,-9223372036854775808", "boolean,T,true", "boolean,no,false", "boolean,1,true",
        "decimal12-2,12.5,1250", "decimal12-2,12.5000,1250", "decimal12-2,-0.01,-1", "decimal12-2,1e3,100000",
        "decimal12-2,+7,700", "decimal12-2,.5,50", "decimal12-2,12.,1200", "decimal38-10,-0.1,-1000000000",
        "decimal12-2,9999999999.99,999999999999", "decimal18-0,999999999999999999,999999999999999999",
        "date,2026-11-21,20778", "date,20261121,20778", "millis,2026-11-21T10:00:00.25Z,1795255200250",
        "millis,1795255200250,1795255200250", "micros,2026-11-21 10:00+02:00,1795248000000000", "enum,NEW,NEW", "string, x ,x",
        "bytes,AQI=,0102", "fixed,AQI=,0102", "uuid,019B7975-5000-7C3A-9F21-6F0D6A1B2C01,019b7975-5000-7c3a-9f21-6f0d6a1b2c01"
    })
    void aTextStandsForAValue(String type, String cell, String value) throws Exception {
        assertEquals(value, String.valueOf(read(type, cell).columns().get(0)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "int | 2147483648 | '2147483648' is not a whole number of type int",
        "int | 1.0 | '1.0' is not a whole number of type int",
        "int | +1 | '+1' is not a whole number of type int",
        "int | - | '-' is not a whole number of type int",
        "long | 9223372036854775808 | '9223372036854775808' is not a whole number of type long",
        "long | 1_0 | '1_0' is not a whole number of type long",
        "double | NaN | 'NaN' is not a number",
        "double | 1e400 | '1e400' is not a finite number of type double",
        "float | 1e-60 | '1e-60' is not a finite number of type float",
        "double | --1 | '--1' is not a number",
        "boolean | on | 'on' is not true or false",
        "decimal12-2 | 12.505 | '12.505' is not a decimal(12, 2)",
        "decimal12-2 | 10000000000 | '10000000000' is not a decimal(12, 2)",
        "decimal12-2 | 1.234,56 | CELL_COUNT",
        "decimal12-2 | 1e99999 | '1e99999' is not a decimal(12, 2)",
        "date | 2026-02-30 | '2026-02-30' is not a date",
        "date | 21.11.2026 | '21.11.2026' is not a date",
        "millis | 2026-11-21T10:00:00 | '2026-11-21T10:00:00' is not a time with a zone, in microseconds at the finest",
        "millis | 2026-11-21T10:00:00.0001Z | '2026-11-21T10:00:00.0001Z' is not a time in milliseconds: it is finer",
        "millis | 1795255200 | '1795255200' looks like 1 per second since 1970, but the field counts 1000",
        "millis | 99999999999999999999 | '99999999999999999999' is not a time",
        "enum | new | 'new' is not a symbol of it",
        "fixed | AQ== | 'AQ==' is 1 bytes in Base64, not 2",
        "bytes | AQI | 'AQI' is not Base64"
    })
    void anotherTextIsRefusedByFieldAndValue(String type, String cell, String message) throws Exception {
        Found found = read(type, cell);
        boolean isCount = message.equals("CELL_COUNT");
        assertEquals(isCount ? "CELL_COUNT" : "BAD_VALUE", found.code());
        assertEquals(isCount ? "2 cells under 1 columns" : "field 'v': " + message, found.message());
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-0.0", "1.5e3", ".5", "1.", "0.30000000000000004"})
    void aBinaryFractionIsTheNearest(String cell) throws Exception {
        assertEquals(Long.toString(Double.doubleToLongBits(Double.parseDouble(cell))), read("double", cell).columns().get(0));
        assertEquals(Float.floatToIntBits(Float.parseFloat(cell)), read("float", cell).columns().get(0));
    }

    @Test
    void aCellHoldsNoRecordAndNoList() {
        String schema = "{\"type\": \"record\", \"name\": \"R\", \"fields\": ["
                + "{\"name\": \"lines\", \"type\": {\"type\": \"array\", \"items\": \"int\"}}]}";
        Schema.Field field = AvroTypes.parseContract("csv.schema", schema).getFields().get(0);

        var refused = assertThrows(ValidationException.class, () -> CellReaders.of(field));
        assertEquals("Field 'lines' is array, which no cell of CSV holds. Make it a string, or take the file as JSON.",
                refused.getMessage());
    }

    @Test
    void aCellInQuotesStandsForTheSame() throws Exception {
        String schema = "{\"type\": \"record\", \"name\": \"R\", \"fields\": [{\"name\": \"v\", \"type\": \"int\"}]}";
        List<Found> rows = FileReading.read(Map.of("csv.schema", schema, "csv.escape", "\\"), "v\n\"12\"\n\"\\1\"\n1\\2\n");
        assertEquals(List.of("[12]", "[1]", "[12]"), rows.stream().limit(3).map(row -> row.columns().toString()).toList());
    }
}
