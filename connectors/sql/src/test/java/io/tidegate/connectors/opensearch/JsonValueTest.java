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
import java.util.List;
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
import org.apache.flink.table.types.logical.RowType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

    /** Each entry of a flat_object is a term of Lucene's, with the field's name and its key. */
    @Test
    void mapEntriesTooLongForATermAreSetAsideWhereverTheMapIs() throws Exception {
        DataType map = DataTypes.MAP(DataTypes.STRING(), DataTypes.STRING());
        DataType inner = DataTypes.ROW(DataTypes.FIELD("tags", map));
        DataType type = DataTypes.ROW(
                DataTypes.FIELD("n", DataTypes.INT()),
                DataTypes.FIELD("attributes", map),
                DataTypes.FIELD("resource", inner),
                DataTypes.FIELD("items", DataTypes.ARRAY(inner)));
        Map<Object, Object> entries = new LinkedHashMap<>();
        entries.put(StringData.fromString("big"), StringData.fromString("x".repeat(40_000)));
        entries.put(StringData.fromString("k".repeat(40_000)), StringData.fromString("v"));
        entries.put(StringData.fromString("fits"), StringData.fromString("y".repeat(31_900)));
        entries.put(StringData.fromString(""), StringData.fromString("."));
        GenericMapData data = new GenericMapData(entries);
        GenericRowData resource = GenericRowData.of(data);
        GenericRowData row = GenericRowData.of(1, data, resource, new GenericArrayData(new Object[] {resource, resource}));
        JsonBuffer buffer = new JsonBuffer();
        JsonValue document = JsonValue.document((RowType) type.getLogicalType());

        for (int again = 0; again < 2; again++) {
            buffer.clear();
            document.write(row, buffer);
            JsonNode json = JSON.readTree(buffer.toBytes());
            assertEquals(1, json.path("n").asInt());
            for (JsonNode found : List.of(
                    json.path("attributes"), json.path("resource").path("tags"), json.path("items").path(1).path("tags"))) {
                assertEquals(2, found.size());
                assertEquals(31_900, found.path("fits").asText().length());
                assertEquals(".", found.path("").asText());
            }
            JsonNode aside = json.path("_unindexed");
            assertEquals(8, aside.size());
            assertEquals(40_000, aside.path(0).path("attributes").path("big").asText().length());
            assertEquals("v", aside.path(3).path("resource.tags").path("k".repeat(40_000)).asText());
        }
    }

    @Test
    void nothingIsSetAsideWhereNothingIsTooLong() {
        DataType type = DataTypes.ROW(DataTypes.FIELD("a", DataTypes.MAP(DataTypes.STRING(), DataTypes.STRING())));
        JsonBuffer buffer = new JsonBuffer();
        Map<StringData, StringData> one = Map.of(StringData.fromString("k"), StringData.fromString("v"));

        JsonValue.document((RowType) type.getLogicalType()).write(GenericRowData.of(new GenericMapData(one)), buffer);

        assertEquals("{\"a\":{\"k\":\"v\"}}", new String(buffer.toBytes(), StandardCharsets.UTF_8));
    }

    /** A byte that such a number would make of a digit could be a quote, or end the line and spoil the whole request. */
    @ParameterizedTest
    @ValueSource(ints = {-1, 86_400_000, Integer.MAX_VALUE, Integer.MIN_VALUE, -596_523, 1_000_000_000})
    void whatIsNoTimeOfDayIsTheNumberAsAText(int millis) {
        assertEquals("\"" + millis + "\"", json(DataTypes.TIME(3), millis));
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
