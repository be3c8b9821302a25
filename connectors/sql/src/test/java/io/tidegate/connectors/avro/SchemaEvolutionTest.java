package io.tidegate.connectors.avro;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.util.Arrays;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.types.logical.RowType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Records of an older or newer writer, read with the contract's schema. */
class SchemaEvolutionTest {

    @Test
    void anAddedFieldGetsItsDefault() throws IOException {
        GenericRowData row = readAs(
                record("{'name': 'id', 'type': 'string'}"),
                record("{'name': 'id', 'type': 'string'}, {'name': 'site', 'type': 'string', 'default': 'main'},"
                        + " {'name': 'price', 'type': {'type': 'bytes', 'logicalType': 'decimal', 'precision': 4, 'scale': 2},"
                        + " 'default': '\\u0005'}, {'name': 'note', 'type': ['null', 'string'], 'default': null}"),
                StringData.fromString("a"));
        DecimalData fiveCents = DecimalData.fromUnscaledLong(5, 4, 2);
        assertEquals(
                GenericRowData.of(StringData.fromString("a"), StringData.fromString("main"), fiveCents, null),
                Formats.columnsOf(row));
    }

    @Test
    void fieldsThatOnlyTheWriterHasArePassedOver() throws IOException {
        String nested = "{'name': 'more', 'type': {'type': 'record', 'name': 'More', 'fields': ["
                + "{'name': 'self', 'type': ['null', 'More']}, {'name': 'kind', 'type': {'type': 'enum', 'name': 'K',"
                + " 'symbols': ['A', 'B']}}, {'name': 'hash', 'type': {'type': 'fixed', 'name': 'F', 'size': 3}},"
                + " {'name': 'map', 'type': {'type': 'map', 'values': ['null', 'double']}},"
                + " {'name': 'list', 'type': {'type': 'array', 'items': 'float'}}]}}";
        byte[] data = {
            2, // more.self: one more inside
            0, 2, 1, 2, 3, 0, 0, // self null, kind B, hash, no map, no list
            0, 9, 9, 9, // kind A, hash
            2, 2, 'k', 2, 1, 2, 3, 4, 5, 6, 7, 8, 0, // map {k: double}
            1, 8, 1, 2, 3, 4, 0, // list as a block with its size
            2, 'z' // id
        };
        GenericRowData row = decode(
                record(nested + ", {'name': 'id', 'type': 'string'}"), record("{'name': 'id', 'type': 'string'}"), data);
        assertNull(Formats.metadata(row, RecordMetadata.ERROR_MESSAGE));
        assertEquals("z", row.getString(0).toString());
    }

    @Test
    void endlessRecursionInAPassedOverFieldIsABadValue() throws IOException {
        String endless = "{'name': 'more', 'type': {'type': 'record', 'name': 'More', 'fields': ["
                + "{'name': 'self', 'type': ['null', 'More']}]}}";
        byte[] data = new byte[1000];
        Arrays.fill(data, (byte) 2);
        GenericRowData row = decode(
                record(endless + ", {'name': 'id', 'type': 'string'}"), record("{'name': 'id', 'type': 'string'}"), data);
        assertEquals("BAD_VALUE", Formats.metadata(row, RecordMetadata.ERROR_CODE));
    }

    @Test
    void numbersArePromotedAndNullabilityIsAdded() throws IOException {
        GenericRowData row = readAs(
                record("{'name': 'a', 'type': 'int'}, {'name': 'b', 'type': 'int'}, {'name': 'c', 'type': ['null', 'float']}"),
                record("{'name': 'c', 'type': ['double', 'null']}, {'name': 'b', 'type': 'double'},"
                        + " {'name': 'a', 'type': ['null', 'long']}"),
                3, 4, 0.5f);
        assertEquals(GenericRowData.of(0.5, 4.0, 3L), Formats.columnsOf(row));
    }

    @Test
    void anAliasReadsTheOldName() throws IOException {
        GenericRowData row = readAs(
                record("{'name': 'uid', 'type': 'string'}"),
                record("{'name': 'user_id', 'type': 'string', 'aliases': ['uid']}"),
                StringData.fromString("u1"));
        assertEquals("u1", row.getString(0).toString());
    }

    @Test
    void anAliasCountsInAnyNamespaceAndIsNeverADefault() throws IOException {
        String written = record("{'name': 'uid', 'type': 'string'}").replace("Thing", "old.space.Thing");
        GenericRowData row = readAs(
                written,
                record("{'name': 'user_id', 'type': 'string', 'aliases': ['uid'], 'default': 'nobody'}"),
                StringData.fromString("u1"));
        assertEquals("u1", row.getString(0).toString());
    }

    @Test
    void aRecordIsReadByItsAlias() throws IOException {
        String reader = record("{'name': 'id', 'type': 'string'}").replace("'fields'".replace('\'', '"'), "\"aliases\": [\"a.Old\"], \"fields\"");
        GenericRowData row = readAs(record("{'name': 'id', 'type': 'string'}").replace("Thing", "Old"), reader,
                StringData.fromString("a"));
        assertEquals("a", row.getString(0).toString());
    }

    @Test
    void theNameCountsBeforeAnAlias() throws IOException {
        GenericRowData row = readAs(
                record("{'name': 'uid', 'type': 'string'}, {'name': 'user_id', 'type': 'string'}"),
                record("{'name': 'user_id', 'type': 'string', 'aliases': ['uid']}"),
                StringData.fromString("old"), StringData.fromString("new"));
        assertEquals("new", row.getString(0).toString());
    }

    @Test
    void aRecordTypeIsUsedTwice() throws IOException {
        String schema = record("{'name': 'start', 'type': {'type': 'record', 'name': 'a.Point', 'fields': [{'name': 'x', 'type': 'int'}]}},"
                + " {'name': 'end', 'type': ['null', 'a.Point']}");
        GenericRowData row = readAs(schema, schema, GenericRowData.of(1), GenericRowData.of(2));
        assertEquals(GenericRowData.of(GenericRowData.of(1), GenericRowData.of(2)), Formats.columnsOf(row));
    }

    @Test
    void aDecimalMayGetMoreDigits() throws IOException {
        String price = "{'name': 'price', 'type': {'type': 'bytes', 'logicalType': 'decimal', 'precision': %d, 'scale': 2}}";
        GenericRowData row = readAs(record(price.formatted(4)), record(price.formatted(12)), DecimalData.fromUnscaledLong(1250, 4, 2));
        assertEquals(DecimalData.fromUnscaledLong(1250, 12, 2), row.getField(0));
    }

    @Test
    void anIncompatibleWriterIsASchemaMismatch() throws IOException {
        assertMismatch("{'name': 'id', 'type': 'long'}", "{'name': 'id', 'type': 'string'}");
        assertMismatch("{'name': 'id', 'type': 'string'}", "{'name': 'id', 'type': 'string'}, {'name': 'b', 'type': 'int'}");
        assertMismatch("{'name': 'id', 'type': ['null']}", "{'name': 'id', 'type': 'string'}");
    }

    @Test
    void anotherMeaningOfTheSameBytesIsASchemaMismatch() throws IOException {
        String at = "{'name': 'at', 'type': {'type': 'long', 'logicalType': 'timestamp-%s'}}";
        assertMismatch(at.formatted("micros"), at.formatted("millis"));
        String price = "{'name': 'price', 'type': {'type': 'bytes', 'logicalType': 'decimal', 'precision': 9, 'scale': %s}}";
        assertMismatch(price.formatted(3), price.formatted(2));
        assertMismatch(at.formatted("nanos"), at.formatted("micros"));
        assertMismatch("{'name': 'price', 'type': 'string'}", price.formatted(2));
        assertMismatch(price.formatted(2), "{'name': 'price', 'type': 'string'}");
        assertMismatch(price.formatted("'3'"), price.formatted(2));
    }

    private static final String KIND = "{'type': 'enum', 'name': 'Kind', 'symbols': ['NEW', 'PAID']}";
    private static final String HASH = "{'type': 'fixed', 'name': 'Hash', 'size': 3}";
    private static final String UUID = "{'type': 'fixed', 'name': 'Uuid', 'size': 16, 'logicalType': 'uuid'}";
    private static final String PRICE =
            "{'type': 'fixed', 'name': 'Price', 'size': 3, 'logicalType': 'decimal', 'precision': 6, 'scale': 2}";

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatNoColumnStoresIsReadAsTextBytesOrDecimal(boolean asWritten) throws IOException {
        String written = fields(KIND, HASH, UUID, PRICE);
        String plain = fields("'string'", "'bytes'", "'string'",
                "{'type': 'bytes', 'logicalType': 'decimal', 'precision': 6, 'scale': 2}");
        byte[] data = new byte[1 + 3 + 16 + 3];
        data[0] = 2; // the second symbol
        data[1] = 7;
        data[19] = 1; // the uuid's last byte
        data[22] = 125;
        GenericRowData row = decode(record(written), record(asWritten ? written : plain), data);
        assertNull(Formats.metadata(row, RecordMetadata.ERROR_MESSAGE));
        assertEquals("PAID", row.getString(0).toString());
        assertArrayEquals(new byte[] {7, 0, 0}, row.getBinary(1));
        assertEquals("00000000-0000-0000-0000-000000000001", row.getString(2).toString());
        assertEquals(DecimalData.fromUnscaledLong(125, 6, 2), row.getField(3));
    }

    @Test
    void aSymbolThatTheContractDoesNotListIsReadAndOneThatTheWriterLacksIsABadValue() throws IOException {
        String known = "{'name': 'f', 'type': {'type': 'enum', 'name': 'Kind', 'symbols': ['NEW']}}";
        String writer = "{'name': 'f', 'type': " + KIND + "}";
        assertEquals("PAID", decode(record(writer), record(known), new byte[] {2}).getString(0).toString());
        assertEquals("BAD_VALUE", code(writer, known, new byte[] {4}));
        assertEquals("BAD_VALUE", code(writer, known, new byte[] {1}));
    }

    @Test
    void defaultsOfForeignTypesAreFilledIn() throws IOException {
        String added = "{'name': 'k', 'type': " + KIND + ", 'default': 'NEW'}, {'name': 'h', 'type': " + HASH
                + ", 'default': '\\u0001\\u0002\\u0003'}, {'name': 'p', 'type': " + PRICE
                + ", 'default': '\\u0000\\u0000\\u007d'}";
        GenericRowData row = decode(record("{'name': 'id', 'type': 'int'}"), record("{'name': 'id', 'type': 'int'}, " + added), new byte[] {2});
        assertEquals("NEW", row.getString(1).toString());
        assertArrayEquals(new byte[] {1, 2, 3}, row.getBinary(2));
        assertEquals(DecimalData.fromUnscaledLong(125, 6, 2), row.getField(3));
    }

    @Test
    void aNullThatTheContractDoesNotAllowIsABadValueOfItsRecordAlone() throws IOException {
        String written = "{'name': 'id', 'type': ['null', 'string']}";
        String read = "{'name': 'id', 'type': 'string'}";
        assertEquals("a", decode(record(written), record(read), new byte[] {2, 2, 'a'}).getString(0).toString());
        assertEquals("BAD_VALUE", code(written, read, new byte[] {0}));
    }

    @Test
    void aFixedOfAnotherMeaningIsASchemaMismatch() throws IOException {
        assertMismatch(fields(HASH), fields("'string'"));
        assertMismatch(fields(UUID), fields("'int'"));
        assertMismatch(fields(KIND), fields("'bytes'"));
        assertMismatch(fields(PRICE), fields(PRICE.replace("2}", "3}")));
        assertMismatch(fields("'string'"), fields(PRICE));
    }

    private static String code(String writer, String reader, byte[] data) throws IOException {
        return Formats.metadata(decode(record(writer), record(reader), data), RecordMetadata.ERROR_CODE);
    }

    private static String fields(String... types) {
        var fields = new StringBuilder();
        for (int i = 0; i < types.length; i++) {
            fields.append(i == 0 ? "" : ", ").append("{'name': 'f").append(i).append("', 'type': ").append(types[i]).append("}");
        }
        return fields.toString();
    }

    private static void assertMismatch(String written, String read) throws IOException {
        GenericRowData row = decode(record(written), record(read), new byte[20]);
        assertEquals("SCHEMA_MISMATCH", Formats.metadata(row, RecordMetadata.ERROR_CODE));
    }

    private static GenericRowData readAs(String writer, String reader, Object... values) throws IOException {
        try (FakeRegistry registry = new FakeRegistry().with(Formats.SCHEMA_ID, writer)) {
            byte[] message = Formats.writer(registry, writer, Formats.columns(writer)).serialize(GenericRowData.of(values));
            return (GenericRowData) Formats.reader(registry, reader, Formats.columns(reader)).deserialize(message);
        }
    }

    private static GenericRowData decode(String writer, String reader, byte[] data) throws IOException {
        RowType columns = Formats.columns(reader);
        try (FakeRegistry registry = new FakeRegistry().with(Formats.SCHEMA_ID, writer)) {
            byte[] message = Formats.framed(Formats.SCHEMA_ID, data);
            return (GenericRowData) Formats.reader(registry, reader, columns).deserialize(message);
        }
    }

    private static String record(String fields) {
        return ("{'type': 'record', 'name': 'Thing', 'fields': [" + fields + "]}").replace('\'', '"');
    }
}
