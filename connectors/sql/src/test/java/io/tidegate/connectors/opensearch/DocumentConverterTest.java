package io.tidegate.connectors.opensearch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.connectors.opensearch.DocumentEntry.Address;
import io.tidegate.connectors.opensearch.DocumentEntry.SourceRecord;
import io.tidegate.connectors.opensearch.DocumentLayout.Version;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.types.RowKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DocumentConverterTest {

    private static final RowType CLICKS = (RowType) DataTypes.ROW(
                    DataTypes.FIELD("event_id", DataTypes.STRING()),
                    DataTypes.FIELD("event_time", DataTypes.TIMESTAMP_LTZ(3)),
                    DataTypes.FIELD("_source_topic", DataTypes.STRING()),
                    DataTypes.FIELD("_source_partition", DataTypes.INT()),
                    DataTypes.FIELD("_source_offset", DataTypes.BIGINT()),
                    DataTypes.FIELD("_ingested_at", DataTypes.TIMESTAMP_LTZ(3)),
                    DataTypes.FIELD("_schema_id", DataTypes.INT()))
            .getLogicalType();
    private static final String BY_DAY = "events-clicks-{event_time|yyyy.MM.dd}";

    @Test
    void aRowOf2015GoesToItsOwnDay() {
        DocumentEntry entry = convert(layout(BY_DAY, "event_id"), click("e1", "2015-05-17T23:59:59.999Z"));

        assertEquals(new Address("events-clicks-2015.05.17", "e1", null), entry.address());
        assertEquals(new SourceRecord("raw.clicks", 2, 99, 1_000L, 5, null), entry.source());
        assertNull(entry.rejection());
        assertTrue(new String(entry.json(), StandardCharsets.UTF_8).startsWith("{\"event_id\":\"e1\",\"event_time\":"));
    }

    @Test
    void aDeletedRowTakesItsDocumentAwayAndHasNone() {
        GenericRowData row = click("e1", "2015-05-17T23:59:59.999Z");
        row.setRowKind(RowKind.DELETE);

        DocumentEntry entry = convert(layout(BY_DAY, "event_id"), row);

        assertEquals(new Address("events-clicks-2015.05.17", "e1", null), entry.address());
        assertTrue(entry.isDeletion());
    }

    @Test
    void theDayIsThatOfUtcAlsoBefore1970() {
        assertEquals(
                "events-clicks-1969.12.31",
                convert(layout(BY_DAY, "event_id"), click("e1", "1969-12-31T23:59:59.999Z")).address().index());
    }

    @Test
    void aRowWithoutItsEventTimeIsRejectedWithItsCause() {
        DocumentEntry entry = convert(layout(BY_DAY, "event_id"), click("e1", null));

        assertNull(entry.address());
        assertEquals("DOCUMENT_REJECTED", entry.rejection().code());
        assertTrue(entry.rejection().message().contains("'event_time'"));
        assertEquals(99, entry.source().offset());
    }

    @Test
    void aRowWithoutItsIdentityIsRejected() {
        DocumentEntry entry = convert(layout("events", "event_id"), click(null, "2015-05-17T00:00:00Z"));

        assertTrue(entry.rejection().message().contains("event_id"));
    }

    @Test
    void severalColumnsMakeOneId() {
        DocumentLayout layout = new DocumentLayout(
                "events", List.of("_source_topic", "_source_partition", "event_time"), "|", Version.NONE, null);

        assertEquals(
                "raw.clicks|2|2015-05-17T00:00:00Z",
                convert(layout, click("e1", "2015-05-17T00:00:00Z")).address().id());
    }

    /** The same ids in tests/unit/contracts/test_envelope.py. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", value = {
        "a_b | c   | a~_b_c",
        "a   | b_c | a_b~_c",
        "a~  | b   | a~~_b",
        "a   | ~b  | a_~~b",
        "a~_ | b   | a~~~__b",
        "o-1 | 2   | o-1_2",
        "a_b | -   | a_b",
        "~   | -   | ~"
    })
    void aDelimiterInAValueIsNoDelimiter(String first, String second, String id) {
        assertEquals(id, idOf(first, second));
    }

    /** The same ids in tests/unit/contracts/test_envelope.py. */
    @Test
    void anIdIsNeverLongerThanOpenSearchAllows() {
        assertEquals("x".repeat(511), idOf("x".repeat(511), null));
        assertEquals(
                "x".repeat(447) + "~" + "64164443bb63e338ef1cfdb12a57117cd1212270cc935a798f6e8a665cdf4659", idOf("x".repeat(512), null));
        assertEquals(
                "é".repeat(223) + "~~" + "7250b66610f8b7dbd6f5e5426d2143bcba6d826cedb4bea8a358695da78db023", idOf("é".repeat(300), null));
        assertNotEquals(idOf("x".repeat(600), null), idOf("x".repeat(601), null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"~", "--", ""})
    void aDelimiterThatCanNotBeToldFromAValueIsRefused(String delimiter) {
        assertThrows(ValidationException.class, () -> new DocumentId(List.of("event_id"), delimiter, CLICKS));
    }

    @Test
    void anEmptyIdentityIsRejected() {
        DocumentEntry entry = convert(layout("events", "event_id"), click("", "2015-05-17T00:00:00Z"));

        assertTrue(entry.rejection().message().contains("event_id"));
    }

    private static String idOf(String first, String second) {
        List<String> columns = second == null ? List.of("event_id") : List.of("event_id", "_source_topic");
        GenericRowData row = click(first, "2015-05-17T00:00:00Z");
        row.setField(2, StringData.fromString(second));
        return new DocumentId(columns, "_", CLICKS).of(row);
    }

    @Test
    void aTimestampCanBeTheVersion() {
        DocumentLayout layout = new DocumentLayout("events", List.of("event_id"), "_", new Version("event_time", null), null);

        assertEquals(5_000L, convert(layout, click("e1", "1970-01-01T00:00:00.005Z")).address().version());
        assertTrue(convert(layout, click("e1", null)).rejection().message().contains("version"));
    }

    @Test
    void aTimeOfNonsenseIsAVersionAllTheSame() {
        DocumentLayout layout =
                new DocumentLayout("events", List.of("event_id"), "_", new Version("event_time", null), null);

        assertEquals(0L, convert(layout, click("e1", "1969-12-31T23:59:59Z")).address().version());
        assertEquals(
                9_000_000_000_000_000L,
                convert(layout, click("e1", "+290000-01-01T00:00:00Z")).address().version());
    }

    @Test
    void allDocumentsCanHaveOneVersion() {
        DocumentLayout layout = new DocumentLayout("events", List.of("event_id"), "_", new Version(null, 7L), null);

        assertEquals(7L, convert(layout, click("e1", null)).address().version());
    }

    @Test
    void aDocumentBeyondTheLimitIsTooLarge() {
        DocumentEntry entry = new DocumentConverter(CLICKS, layout("events", "event_id"), 1_000)
                .apply(click("x".repeat(2_000), "2015-05-17T00:00:00Z"), null);

        assertEquals("DOCUMENT_TOO_LARGE", entry.rejection().code());
    }

    @Test
    void aTableWithoutCoordinatesHasNoSource() {
        RowType table = (RowType) DataTypes.ROW(DataTypes.FIELD("id", DataTypes.INT())).getLogicalType();
        DocumentEntry entry =
                new DocumentConverter(table, layout("kpi", "id"), 1_000).apply(GenericRowData.of(4), null);

        assertEquals("4", entry.address().id());
        assertNull(entry.source());
    }

    @Test
    void aRowOfAnExplodedRecordHasItsNumber() {
        DocumentLayout layout = new DocumentLayout("events", List.of("event_id"), "_", Version.NONE, "_schema_id");

        assertEquals(5L, convert(layout, click("e1", "2015-05-17T00:00:00Z")).source().row());
        for (String wrong : List.of("nope", "event_id")) {
            DocumentLayout unfit = new DocumentLayout("events", List.of("event_id"), "_", Version.NONE, wrong);
            var failure = assertThrows(ValidationException.class, () -> new DocumentConverter(CLICKS, unfit, 1_000));
            assertTrue(failure.getMessage().contains(wrong), failure.getMessage());
        }
    }

    @Test
    void aPatternThatDoesNotFitTheTableIsRefused() {
        for (String index : List.of("e-{nope|yyyy}", "e-{event_id|yyyy}", "e-{event_time|HH}", "e-{event_time}", "{")) {
            assertThrows(ValidationException.class, () -> IndexName.parse(index, CLICKS), index);
        }
    }

    private static DocumentLayout layout(String index, String idColumn) {
        return new DocumentLayout(index, List.of(idColumn), "_", Version.NONE, null);
    }

    private static DocumentEntry convert(DocumentLayout layout, GenericRowData row) {
        return new DocumentConverter(CLICKS, layout, 1_000_000).apply(row, null);
    }

    private static GenericRowData click(String id, String time) {
        return GenericRowData.of(
                StringData.fromString(id),
                time == null ? null : TimestampData.fromInstant(Instant.parse(time)),
                StringData.fromString("raw.clicks"),
                2,
                99L,
                TimestampData.fromEpochMillis(1_000),
                5);
    }
}
