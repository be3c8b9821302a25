package io.tidegate.connectors.avro;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.common.ErrorCode;
import io.tidegate.common.RegistryClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;
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
        var reader = AvroTypes.parseContract("contract-avro.schema", SCHEMA);
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

    @Test
    void anAnswerOfSomethingElseIsWaitedForAndNoRecordIsBlamed() throws Exception {
        for (String strange : List.of("<html>Sign in</html>", "[]", "{\"title\": \"ok\"}", "{\"schema\": 7}", "")) {
            registry.answer("/schemas/ids/7", 200, strange);
            var reader = Formats.reader(registry, SCHEMA, Formats.columns(SCHEMA));
            var row = CompletableFuture.supplyAsync(() -> unchecked(() -> (GenericRowData) reader.deserialize(MESSAGE)));
            assertThrows(TimeoutException.class, () -> row.get(300, TimeUnit.MILLISECONDS));
            registry.answer("/schemas/ids/7", 200, asSchema(SCHEMA));
            assertNull(Formats.metadata(row.get(5, TimeUnit.SECONDS), RecordMetadata.ERROR_CODE));
        }
    }

    @Test
    void nothingIsWrittenUnderAnIdThatNoRegistryGives() {
        for (String strange : List.of("<html>Sign in</html>", "{}", "{\"id\": 0}", "{\"id\": -1}", "{\"id\": \"7\"}")) {
            registry.answer("/subjects/things-value", 200, strange);
            var client = new RegistryClient(registry.url(), Duration.ofMillis(150));
            assertThrows(IOException.class, () -> client.idOf("things-value", SCHEMA));
        }
    }

    @Test
    void noRegistryIsAskedForAnIdBelowOne() throws IOException {
        var reader = Formats.reader(registry, SCHEMA, Formats.columns(SCHEMA));
        for (int id : new int[] {0, -1, Integer.MIN_VALUE}) {
            assertEquals("UNKNOWN_SCHEMA", code(reader, Formats.framed(id, new byte[] {2, 'a'})));
        }
        assertEquals(0, registry.requests.get());
    }

    @Test
    void everOtherIdsAreNotARequestEachAndTheNextOfARegistryIsStillFound() throws IOException {
        AtomicLong now = new AtomicLong();
        var contract = AvroTypes.parseContract("contract-avro.schema", SCHEMA);
        var writers = new WriterSchemas(
                new RegistryClient(registry.url(), Duration.ofSeconds(5)),
                writer -> ReaderCompiler.compile(writer, contract, Formats.columns(SCHEMA), 0),
                now::get);
        writers.reader(Formats.SCHEMA_ID);
        for (int id = 1_000_000; id < 1_002_000; id++) {
            int unknown = id;
            assertEquals(ErrorCode.UNKNOWN_SCHEMA, assertThrows(BadRecord.class, () -> writers.reader(unknown)).code());
        }
        assertEquals(201, registry.requests.get());
        registry.with(8, SCHEMA).with(5_000_000, SCHEMA);
        assertEquals(1, writers.reader(8).readers().length);
        assertThrows(BadRecord.class, () -> writers.reader(5_000_000));
        now.addAndGet(Duration.ofSeconds(1).toNanos());
        assertEquals(1, writers.reader(5_000_000).readers().length);
    }

    @Test
    void aServerThatFreezesInTheMiddleOfAnAnswerIsAnOutage() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Thread frozen = new Thread(() -> answerHalf(server));
            frozen.setDaemon(true);
            frozen.start();
            var client = new RegistryClient("http://127.0.0.1:" + server.getLocalPort(), Duration.ofMillis(200), Duration.ofMillis(200));
            assertTimeoutPreemptively(Duration.ofSeconds(10), () -> assertThrows(IOException.class, () -> client.schemaById(1)));
        }
    }

    private static void answerHalf(ServerSocket server) {
        List<Socket> open = new ArrayList<>();
        try {
            while (true) {
                Socket socket = server.accept();
                open.add(socket);
                socket.getOutputStream().write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{".getBytes(StandardCharsets.US_ASCII));
            }
        } catch (IOException closed) {
            open.clear();
        }
    }

    @Test
    void whatIsNoAvroSchemaIsAMismatchAndAskedForOnce() throws IOException {
        for (String answer : List.of(
                "{\"schema\": \"{\\\"type\\\": \\\"object\\\"}\", \"schemaType\": \"JSON\"}",
                "{\"schema\": \"syntax = \\\"proto3\\\";\", \"schemaType\": \"PROTOBUF\"}",
                "{\"schema\": \"\\\"string\\\"\"}",
                "{\"schema\": \"" + "[".repeat(100_000) + "\"}",
                "{\"schema\": \"no schema\"}",
                asSchema(SCHEMA.replace("string", "Elsewhere")),
                asSchema(SCHEMA.replace("[", "[{\"name\": \"id\", \"type\": \"int\"}, ")),
                asSchema(SCHEMA.replace("\"string\"", "{\"type\": \"array\", \"items\": ".repeat(101) + "1" + "}".repeat(101))))) {
            registry.answer("/schemas/ids/7", 200, answer);
            registry.requests.set(0);
            var reader = Formats.reader(registry, SCHEMA, Formats.columns(SCHEMA));
            assertEquals("SCHEMA_MISMATCH", code(reader, MESSAGE), answer.substring(0, Math.min(answer.length(), 100)));
            assertEquals("SCHEMA_MISMATCH", code(reader, MESSAGE));
            assertEquals(1, registry.requests.get());
        }
    }

    @Test
    void aSchemaIsReadWithThoseItRefersTo() throws IOException {
        String main = SCHEMA.replace("\"fields\": [", "\"fields\": [{\"name\": \"at\", \"type\": \"a.Place\"}, ");
        String place = "{\"type\": \"record\", \"name\": \"a.Place\", \"fields\": [{\"name\": \"x\", \"type\": \"a.X\"}]}";
        String x = "{\"type\": \"enum\", \"name\": \"a.X\", \"symbols\": [\"A\"]}";
        registry.answer("/schemas/ids/7", 200, referring(main, "place"))
                .answer("/subjects/place/versions/1", 200, referring(place, "x"))
                .answer("/subjects/x/versions/1", 200, referring(x, "place"));
        byte[] message = Formats.framed(7, new byte[] {0, 2, 'a'});
        assertNull(code(Formats.reader(registry, SCHEMA, Formats.columns(SCHEMA)), message));

        registry.answer("/subjects/x/versions/1", 404, "{\"error_code\": 40401}");
        assertEquals("SCHEMA_MISMATCH", code(Formats.reader(registry, SCHEMA, Formats.columns(SCHEMA)), message));
    }

    private static String referring(String schema, String subject) {
        String references = ", \"references\": [{\"name\": \"r\", \"subject\": \"" + subject + "\", \"version\": 1}]}";
        return asSchema(schema).replaceAll("}$", references);
    }

    private static String asSchema(String schema) {
        return new ObjectMapper().createObjectNode().put("schema", schema).toString();
    }

    private static String code(ContractAvroDeserializer reader, byte[] message) throws IOException {
        return Formats.metadata((GenericRowData) reader.deserialize(message), RecordMetadata.ERROR_CODE);
    }

    private static <T> T unchecked(Callable<T> work) {
        try {
            return work.call();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
