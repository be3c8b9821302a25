package io.tidegate.connectors.avro;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.common.ErrorCode;
import io.tidegate.common.RegistryClient;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.table.data.GenericRowData;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RegistryTest {
    private static final String SCHEMA = """
            {"type": "record", "name": "Thing", "fields": [{"name": "id", "type": "string"}]}""";
    private static final byte[] MESSAGE = Formats.framed(Formats.SCHEMA_ID, new byte[] {2, 'a'});

    private FakeRegistry registry;

    @BeforeEach
    void open() throws IOException {
        registry = new FakeRegistry().with(Formats.SCHEMA_ID, SCHEMA);
    }

    @AfterEach
    void close() {
        registry.close();
    }

    @Test
    void aSchemaIsAskedForOnce() throws IOException {
        var reader = Formats.reader(registry, SCHEMA, Formats.columns(SCHEMA));
        for (int i = 0; i < 10; i++) {
            reader.deserialize(MESSAGE);
        }
        assertEquals(1, registry.requests.get());
    }

    @Test
    void anUnknownIdIsRememberedForAWhileAndThenAskedForAgain() throws IOException {
        AtomicLong now = new AtomicLong();
        var reader = AvroTypes.parseContract(SCHEMA);
        var writers = new WriterSchemas(
                new RegistryClient(registry.url(), Duration.ofSeconds(5)),
                writer -> ReaderCompiler.compile(writer, reader, Formats.columns(SCHEMA), 0),
                now::get);
        for (int i = 0; i < 10; i++) {
            assertEquals(ErrorCode.UNKNOWN_SCHEMA, assertThrows(BadRecord.class, () -> writers.reader(99)).code());
        }
        assertEquals(1, registry.requests.get());
        registry.with(99, SCHEMA);
        assertThrows(BadRecord.class, () -> writers.reader(99));
        now.addAndGet(Duration.ofSeconds(31).toNanos());
        assertEquals(1, writers.reader(99).readers().length);
    }

    @Test
    void anOutageIsWaitedForAndNoRecordIsBlamed() throws IOException {
        registry.outages.set(3);
        var reader = Formats.reader(registry, SCHEMA, Formats.columns(SCHEMA));
        GenericRowData row = (GenericRowData) reader.deserialize(MESSAGE);
        assertNull(Formats.metadata(row, RecordMetadata.ERROR_CODE));
        assertEquals(4, registry.requests.get());
    }

    @Test
    void anOutageThatLastsFailsTheTask() {
        registry.close();
        var config = Formats.config(registry.url(), SCHEMA, Duration.ofMillis(250));
        var reader = Formats.reader(config, Formats.columns(SCHEMA));
        var error = assertThrows(IOException.class, () -> reader.deserialize(MESSAGE));
        assertTrue(error.getMessage().contains("has not answered for PT0.25S"), error.getMessage());
    }

    @Test
    void aWrongAddressIsNotTakenForUnknownSchemas() {
        var config = Formats.config(registry.url() + "/nowhere", SCHEMA, Duration.ofSeconds(5));
        var reader = Formats.reader(config, Formats.columns(SCHEMA));
        var error = assertThrows(IOException.class, () -> reader.deserialize(MESSAGE));
        assertTrue(error.getMessage().contains("registry.url"), error.getMessage());
    }

    @Test
    void anUnregisteredSchemaIsNeverRegisteredByWriting() {
        String other = SCHEMA.replace("Thing", "Other");
        var error = assertThrows(IOException.class, () -> Formats.writer(registry, other, Formats.columns(other)));
        assertTrue(error.getMessage().contains("tidegate contract register"), error.getMessage());
    }
}
