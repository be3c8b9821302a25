package io.tidegate.connectors.opensearch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericMapData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.DataType;
import org.junit.jupiter.api.Test;

class JsonValueTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final DateTimeFormatter MILLIS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    @Test
    void anyTextComesBackAsItWas() throws Exception {
        Random random = new Random(7);
        for (int i = 0; i < 5_000; i++) {
            String text = randomText(random);
            assertEquals(text, JSON.readTree(json(DataTypes.STRING(), StringData.fromString(text))).asText());
        }
    }

    @Test
    void aDocumentIsOneLine() {
        assertFalse(json(DataTypes.STRING(), StringData.fromString("a\nb\r\u2028")).contains("\n"));
    }

    @Test
    void anyTimestampIsIsoInUtcWithMilliseconds() {
        Random random = new Random(7);
        for (int i = 0; i < 5_000; i++) {
            long millis = random.nextLong(-2_000_000_000_000L, 4_000_000_000_000L);
            String expected = '"' + MILLIS.format(Instant.ofEpochMilli(millis)) + '"';
            assertEquals(expected, json(DataTypes.TIMESTAMP_LTZ(3), TimestampData.fromEpochMillis(millis)));
        }
    }

    @Test
    void microsecondsAreCutToMilliseconds() {
        TimestampData value = TimestampData.fromInstant(Instant.parse("2015-05-17T10:05:03.123456Z"));
        assertEquals("\"2015-05-17T10:05:03.123Z\"", json(DataTypes.TIMESTAMP_LTZ(6), value));
    }

    @Test
    void datesAndTimesOfDayAreIso() {
        assertEquals("\"2015-05-17\"", json(DataTypes.DATE(), (int) LocalDate.of(2015, 5, 17).toEpochDay()));
        assertEquals("\"23:59:58.007\"", json(DataTypes.TIME(3), 86_398_007));
    }

    @Test
    void anyDecimalIsAPlainNumber() throws Exception {
        Random random = new Random(7);
        for (int i = 0; i < 2_000; i++) {
            BigDecimal value = BigDecimal.valueOf(random.nextLong(-999_999_999_999L, 999_999_999_999L), 2);
            String json = json(DataTypes.DECIMAL(12, 2), DecimalData.fromBigDecimal(value, 12, 2));
            assertFalse(json.contains("E"));
            assertEquals(value, new BigDecimal(json));
        }
    }

    @Test
    void numbersAndBooleansAreJsonOnes() {
        assertEquals("-9223372036854775808", json(DataTypes.BIGINT(), Long.MIN_VALUE));
        assertEquals("7", json(DataTypes.INT(), 7));
        assertEquals("true", json(DataTypes.BOOLEAN(), true));
        assertEquals("1.5", json(DataTypes.DOUBLE(), 1.5));
    }

    @Test
    void aNumberThatJsonLacksIsTextWhichTheMappingRefuses() {
        assertEquals("\"NaN\"", json(DataTypes.DOUBLE(), Double.NaN));
        assertEquals("\"Infinity\"", json(DataTypes.FLOAT(), Float.POSITIVE_INFINITY));
    }

    @Test
    void bytesAreBase64() {
        assertEquals("\"AAH/\"", json(DataTypes.BYTES(), new byte[] {0, 1, -1}));
    }

    @Test
    void nullFieldsAreLeftOutAndNullElementsStay() {
        DataType row = DataTypes.ROW(
                DataTypes.FIELD("a", DataTypes.INT()),
                DataTypes.FIELD("b", DataTypes.ARRAY(DataTypes.INT())),
                DataTypes.FIELD("c", DataTypes.ROW(DataTypes.FIELD("d", DataTypes.STRING()))));
        Object[] elements = {1, null};
        GenericRowData value = GenericRowData.of(null, new GenericArrayData(elements), GenericRowData.of((Object) null));

        assertEquals("{\"b\":[1,null],\"c\":{}}", json(row, value));
        assertEquals("{}", json(row, GenericRowData.of(null, null, null)));
    }

    @Test
    void aMapIsAnObject() throws Exception {
        Map<StringData, Object> content = new LinkedHashMap<>();
        content.put(StringData.fromString("a \"b\""), 1);
        content.put(StringData.fromString("gone"), null);
        JsonNode object = JSON.readTree(json(
                DataTypes.MAP(DataTypes.STRING(), DataTypes.INT()), new GenericMapData(content)));

        assertEquals(1, object.path("a \"b\"").asInt());
        assertEquals(1, object.size());
    }

    @Test
    void aTypeWithoutAJsonFormIsRefusedWhenTheTableIsPlanned() {
        ValidationException failure = assertThrows(
                ValidationException.class,
                () -> JsonValue.of(DataTypes.MAP(DataTypes.INT(), DataTypes.INT()).getLogicalType()));
        assertTrue(failure.getMessage().contains("keys must be STRING"));
        assertThrows(
                ValidationException.class,
                () -> JsonValue.of(DataTypes.MULTISET(DataTypes.INT()).getLogicalType()));
    }

    private static String json(DataType type, Object value) {
        JsonBuffer buffer = new JsonBuffer();
        JsonValue.of(type.getLogicalType()).write(value, buffer);
        return new String(buffer.toBytes(), StandardCharsets.UTF_8);
    }

    private static String randomText(Random random) {
        StringBuilder text = new StringBuilder();
        int length = random.nextInt(40);
        while (text.length() < length) {
            int codePoint = random.nextBoolean() ? random.nextInt(128) : random.nextInt(0x10FFFF);
            if (codePoint < 0xD800 || codePoint > 0xDFFF) {
                text.appendCodePoint(codePoint);
            }
        }
        return text.toString();
    }
}
