package io.tidegate.connectors.avro;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.tidegate.common.ConfluentHeader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import org.apache.flink.avro.shaded.org.apache.avro.Schema;
import org.apache.flink.avro.shaded.org.apache.avro.generic.GenericDatumReader;
import org.apache.flink.avro.shaded.org.apache.avro.generic.GenericDatumWriter;
import org.apache.flink.avro.shaded.org.apache.avro.io.BinaryEncoder;
import org.apache.flink.avro.shaded.org.apache.avro.io.DecoderFactory;
import org.apache.flink.avro.shaded.org.apache.avro.io.EncoderFactory;
import org.apache.flink.table.api.TableRuntimeException;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.junit.jupiter.api.Test;

class RoundTripTest {
    private static final RowType COLUMNS = Formats.columns(Formats.ALL_TYPES);

    @Test
    void everyRowComesBackAsItWasWritten() throws IOException {
        try (FakeRegistry registry = new FakeRegistry().with(Formats.SCHEMA_ID, Formats.ALL_TYPES)) {
            var writer = Formats.writer(registry, Formats.ALL_TYPES, COLUMNS);
            var reader = Formats.reader(registry, Formats.ALL_TYPES, COLUMNS);
            RandomRows rows = new RandomRows(1);
            for (int i = 0; i < 20_000; i++) {
                GenericRowData row = rows.row(COLUMNS);
                GenericRowData back = (GenericRowData) reader.deserialize(writer.serialize(row));
                assertNull(Formats.metadata(back, RecordMetadata.ERROR_MESSAGE));
                assertEquals(row, Formats.columnsOf(back));
                assertEquals("7", Formats.metadata(back, RecordMetadata.SCHEMA_ID));
            }
        }
    }

    @Test
    void avroItselfReadsWhatIsWrittenAndWritesTheSameBytes() throws IOException {
        Schema schema = new Schema.Parser().parse(Formats.ALL_TYPES);
        try (FakeRegistry registry = new FakeRegistry().with(Formats.SCHEMA_ID, Formats.ALL_TYPES)) {
            var writer = Formats.writer(registry, Formats.ALL_TYPES, COLUMNS);
            RandomRows rows = new RandomRows(2);
            for (int i = 0; i < 5_000; i++) {
                byte[] message = writer.serialize(rows.row(COLUMNS));
                byte[] data = Arrays.copyOfRange(message, ConfluentHeader.BYTES, message.length);
                Object record = new GenericDatumReader<>(schema).read(null, DecoderFactory.get().binaryDecoder(data, null));
                assertEquals(data.length, rewritten(schema, record).length);
                Object again = new GenericDatumReader<>(schema)
                        .read(null, DecoderFactory.get().binaryDecoder(rewritten(schema, record), null));
                assertEquals(record, again);
            }
        }
    }

    private static byte[] rewritten(Schema schema, Object record) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
        new GenericDatumWriter<>(schema).write(record, encoder);
        encoder.flush();
        return bytes.toByteArray();
    }

    @Test
    void aTableMayDeclareSomeOfTheColumnsInAnyOrder() throws IOException {
        RowType some = RowType.of(
                new LogicalType[] {
                    COLUMNS.getTypeAt(COLUMNS.getFieldIndex("price")), COLUMNS.getTypeAt(COLUMNS.getFieldIndex("text"))
                },
                new String[] {"price", "text"});
        try (FakeRegistry registry = new FakeRegistry().with(Formats.SCHEMA_ID, Formats.ALL_TYPES)) {
            GenericRowData row = new RandomRows(3).row(COLUMNS);
            byte[] message = Formats.writer(registry, Formats.ALL_TYPES, COLUMNS).serialize(row);
            GenericRowData back = (GenericRowData) Formats.reader(registry, Formats.ALL_TYPES, some).deserialize(message);
            assertEquals(GenericRowData.of(row.getField(COLUMNS.getFieldIndex("price")), row.getField(0)), Formats.columnsOf(back));
        }
    }

    @Test
    void aNullThatTheSchemaForbidsIsNamed() throws IOException {
        try (FakeRegistry registry = new FakeRegistry().with(Formats.SCHEMA_ID, Formats.ALL_TYPES)) {
            var writer = Formats.writer(registry, Formats.ALL_TYPES, COLUMNS);
            GenericRowData row = new RandomRows(4).row(COLUMNS);
            byte[] good = writer.serialize(row);
            Object whole = row.getField(2);
            row.setField(2, null);
            var error = assertThrows(TableRuntimeException.class, () -> writer.serialize(row));
            assertEquals(0, error.getMessage().indexOf("Column 'whole' is NULL"));
            row.setField(2, whole);
            assertArrayEquals(good, writer.serialize(row));
        }
    }
}
