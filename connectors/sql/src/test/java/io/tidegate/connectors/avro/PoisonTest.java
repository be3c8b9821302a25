package io.tidegate.connectors.avro;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.common.RecordFault;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.util.Collector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whatever a record holds, it becomes one row with a reason, and the records around it are untouched. */
class PoisonTest {
    private static final RowType COLUMNS = Formats.columns(Formats.ALL_TYPES);
    private static final String SMALL = """
            {"type": "record", "name": "Small", "fields": [
              {"name": "id", "type": "string"},
              {"name": "flag", "type": "boolean"},
              {"name": "note", "type": ["null", "string"]},
              {"name": "tags", "type": {"type": "array", "items": "string"}},
              {"name": "whole", "type": "int"},
              {"name": "price", "type": {"type": "bytes", "logicalType": "decimal", "precision": 4, "scale": 2}},
              {"name": "nothings", "type": {"type": "array", "items": {"type": "record", "name": "Empty", "fields": []}}}]}""";
    /** id "ab", flag true, note null, no tags, whole 1, price 0.05, no nothings. */
    private static final int[] GOOD = {4, 'a', 'b', 1, 0, 0, 2, 2, 5, 0};

    private FakeRegistry registry;
    private ContractAvroDeserializer small;

    @BeforeEach
    void open() throws IOException {
        registry = new FakeRegistry().with(Formats.SCHEMA_ID, Formats.ALL_TYPES).with(8, SMALL);
        small = Formats.reader(registry, SMALL, Formats.columns(SMALL));
    }

    @AfterEach
    void close() {
        registry.close();
    }

    @Test
    void framingErrorsHaveTheirOwnCodes() throws IOException {
        assertCode("TOMBSTONE", null);
        assertCode("EMPTY_VALUE", new byte[0]);
        assertCode("BAD_MAGIC", "{\"id\": 1}".getBytes(StandardCharsets.UTF_8));
        assertCode("TRUNCATED", new byte[] {0, 0, 0});
        assertCode("UNKNOWN_SCHEMA", Formats.framed(99, bytes(GOOD)));
        assertCode("RECORD_TOO_LARGE", new byte[Formats.MAX_RECORD_BYTES + 1]);
        assertCode(null, Formats.framed(8, bytes(GOOD)));
    }

    @Test
    void aRecordThatAnExpressionFailsForComesOnceMoreWithTheReasonAndWithoutValues() throws IOException {
        byte[] record = Formats.framed(8, bytes(GOOD));
        List<RowData> taken = new ArrayList<>();

        small.deserialize(record, failingFor(taken, new RecordFault("amount is null")));

        RowData refused = taken.get(1);
        assertEquals("ab", taken.get(0).getString(0).toString());
        assertTrue(refused.isNullAt(0));
        assertEquals("TRANSFORM_FAILED", Formats.metadata((GenericRowData) refused, RecordMetadata.ERROR_CODE));
        assertEquals("amount is null", Formats.metadata((GenericRowData) refused, RecordMetadata.ERROR_MESSAGE));
    }

    @Test
    void anOutageBelowIsNoFaultOfTheRecord() {
        byte[] record = Formats.framed(8, bytes(GOOD));
        RuntimeException outage = new IllegalStateException("the producer is closed");
        List<RowData> taken = new ArrayList<>();

        assertEquals(outage, assertThrows(RuntimeException.class, () -> small.deserialize(record, failingFor(taken, outage))));
        assertEquals(1, taken.size());
    }

    @Test
    void brokenValuesHaveTheirOwnCodes() throws IOException {
        assertCode("BAD_UTF8", small(4, 0xc0, 0xaf, 1, 0, 0, 2, 2, 5, 0));
        assertCode("BAD_LENGTH", small(0x80, 0x80, 0x80, 0x80, 0x10, 1, 0, 0, 2, 2, 5, 0));
        assertCode("BAD_LENGTH", small(1, 1, 0, 0, 2, 2, 5, 0));
        assertCode("BAD_UNION_BRANCH", small(4, 'a', 'b', 1, 4, 0, 2, 2, 5, 0));
        assertCode("BAD_UNION_BRANCH", small(4, 'a', 'b', 1, 1, 0, 2, 2, 5, 0));
        assertCode("TRAILING_BYTES", small(4, 'a', 'b', 1, 0, 0, 2, 2, 5, 0, 0));
        assertCode("BAD_VALUE", small(4, 'a', 'b', 2, 0, 0, 2, 2, 5, 0));
        assertCode("BAD_VALUE", small(4, 'a', 'b', 1, 0, 0, 0x80, 0x80, 0x80, 0x80, 0x20, 2, 5, 0));
        assertCode("BAD_VALUE", small(4, 'a', 'b', 1, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1));
        assertCode("BAD_VALUE", small(4, 'a', 'b', 1, 0, 0, 2, 4, 0x27, 0x10, 0));
        assertCode("BAD_VALUE", small(4, 'a', 'b', 1, 0, 0, 2, 0, 0));
    }

    @Test
    void countsAreBoundedBeforeAnythingIsAllocated() throws IOException {
        assertCode("BAD_LENGTH", small(4, 'a', 'b', 1, 0, 0xfe, 0xff, 0xff, 0xff, 0x0f));
        assertCode("TRUNCATED", small(4, 'a', 'b', 1, 0, 100, 0, 2, 2, 5, 0));
        int[] manyEmptyRecords = {4, 'a', 'b', 1, 0, 0, 2, 2, 5, 0xc0, 0x9a, 0x0c, 0xc0, 0x9a, 0x0c, 0};
        assertCode("BAD_LENGTH", small(manyEmptyRecords));
    }

    @Test
    void aDecimalCostsNoMoreThanToLookAtIt() {
        byte[] long4 = new byte[1000];
        Arrays.fill(long4, (byte) 0x7f);
        assertEquals(4, new AvroInput(long4, 0, 1000).readInteger(1000, 3).length);
        byte[] padded = new byte[1000];
        padded[999] = (byte) 0x80;
        assertEquals(128, new BigInteger(new AvroInput(padded, 0, 1000).readInteger(1000, 3)).intValue());
        Arrays.fill(padded, 0, 999, (byte) 0xff);
        assertEquals(-128, new BigInteger(new AvroInput(padded, 0, 1000).readInteger(1000, 3)).intValue());
    }

    @Test
    void theMessageNamesTheFieldAndTheRowIsEmpty() throws IOException {
        byte[] message = small(4, 'a', 'b', 1, 4, 0, 2, 2, 5, 0);
        GenericRowData row = (GenericRowData) small.deserialize(message);
        assertEquals("field 'note': union branch 2 of 2 (at byte 10)", Formats.metadata(row, RecordMetadata.ERROR_MESSAGE));
        assertEquals(new GenericRowData(7), Formats.columnsOf(row));
        assertEquals("15", Formats.metadata(row, RecordMetadata.RAW_LENGTH));
        assertEquals("8", Formats.metadata(row, RecordMetadata.SCHEMA_ID));
        assertEquals(message, row.getField(7 + RecordMetadata.RAW.ordinal()));
        assertEquals(64, Formats.metadata(row, RecordMetadata.RAW_SHA256).length());
    }

    @Test
    void aLongRecordIsKeptCutWithTheHashOfAllOfIt() throws IOException {
        byte[] message = new byte[2 * Formats.MAX_RECORD_BYTES];
        GenericRowData row = (GenericRowData) small.deserialize(message);
        byte[] raw = (byte[]) row.getField(7 + RecordMetadata.RAW.ordinal());
        assertEquals(Formats.RAW_MAX_BYTES, raw.length);
        assertEquals(String.valueOf(message.length), Formats.metadata(row, RecordMetadata.RAW_LENGTH));
        assertNotNull(Formats.metadata(row, RecordMetadata.RAW_SHA256));
    }

    @Test
    void aRecordCutAnywhereIsTruncated() throws IOException {
        var reader = Formats.reader(registry, Formats.ALL_TYPES, COLUMNS);
        var writer = Formats.writer(registry, Formats.ALL_TYPES, COLUMNS);
        RandomRows rows = new RandomRows(5);
        for (int i = 0; i < 50; i++) {
            byte[] good = writer.serialize(rows.row(COLUMNS));
            for (int length = 1; length < good.length; length++) {
                GenericRowData row = (GenericRowData) reader.deserialize(Arrays.copyOf(good, length));
                assertEquals("TRUNCATED", Formats.metadata(row, RecordMetadata.ERROR_CODE));
            }
            assertNull(Formats.metadata((GenericRowData) reader.deserialize(good), RecordMetadata.ERROR_CODE));
        }
    }

    @Test
    void noRandomBytesEverThrowOrDisturbTheNextRecord() throws IOException {
        var reader = Formats.reader(registry, Formats.ALL_TYPES, COLUMNS);
        byte[] good = Formats.writer(registry, Formats.ALL_TYPES, COLUMNS).serialize(new RandomRows(6).row(COLUMNS));
        Object expected = reader.deserialize(good);
        Random random = new Random(7);
        for (int i = 0; i < 100_000; i++) {
            byte[] message = i % 2 == 0 ? randomData(random) : flipped(good, random);
            assertNotNull(reader.deserialize(message));
            if (i % 100 == 0) {
                assertEquals(expected, reader.deserialize(good));
            }
        }
    }

    private static byte[] randomData(Random random) {
        byte[] data = new byte[random.nextInt(200)];
        random.nextBytes(data);
        return Formats.framed(Formats.SCHEMA_ID, data);
    }

    private static byte[] flipped(byte[] good, Random random) {
        byte[] message = good.clone();
        for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
            message[5 + random.nextInt(message.length - 5)] ^= (byte) (1 << random.nextInt(8));
        }
        return message;
    }

    @Test
    void utf8IsCheckedAsStrictlyAsJavaDoes() {
        Random random = new Random(8);
        int[] lead = {0x41, 0x7f, 0x80, 0xbf, 0xc1, 0xc2, 0xdf, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5, 0x9f, 0xa0, 0x8f, 0x90};
        for (int i = 0; i < 500_000; i++) {
            byte[] bytes = new byte[random.nextInt(12)];
            for (int at = 0; at < bytes.length; at++) {
                bytes[at] = (byte) lead[random.nextInt(lead.length)];
            }
            boolean valid = Arrays.equals(bytes, new String(bytes, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8));
            assertEquals(valid, Utf8.isValid(bytes, 0, bytes.length), () -> Arrays.toString(bytes));
        }
        assertTrue(Utf8.isValid("plain ascii, long enough".getBytes(StandardCharsets.UTF_8), 0, 24));
    }

    private void assertCode(String code, byte[] message) throws IOException {
        GenericRowData row = (GenericRowData) small.deserialize(message);
        assertEquals(code, Formats.metadata(row, RecordMetadata.ERROR_CODE));
        assertEquals(code == null, row.getField(0) != null);
    }

    private static byte[] small(int... data) {
        return Formats.framed(8, bytes(data));
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    /** Takes rows, and fails for the first. */
    private static Collector<RowData> failingFor(List<RowData> taken, RuntimeException failure) {
        return new Collector<>() {
            @Override
            public void collect(RowData row) {
                taken.add(row);
                if (taken.size() == 1) {
                    throw failure;
                }
            }

            @Override
            public void close() {}
        };
    }
}
