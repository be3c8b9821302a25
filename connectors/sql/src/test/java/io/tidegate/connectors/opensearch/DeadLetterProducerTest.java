package io.tidegate.connectors.opensearch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.connectors.opensearch.DocumentEntry.Rejection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.Map;
import org.apache.flink.avro.shaded.org.apache.avro.Schema;
import org.apache.flink.avro.shaded.org.apache.avro.generic.GenericDatumReader;
import org.apache.flink.avro.shaded.org.apache.avro.generic.GenericRecord;
import org.apache.flink.avro.shaded.org.apache.avro.io.DecoderFactory;
import org.apache.flink.kafka.shaded.org.apache.kafka.clients.producer.MockProducer;
import org.apache.flink.kafka.shaded.org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.flink.kafka.shaded.org.apache.kafka.common.errors.TimeoutException;
import org.apache.flink.kafka.shaded.org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.flink.util.FlinkRuntimeException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeadLetterProducerTest {

    private static final Path SCHEMA = Path.of("..", "..", "schemas", "dead_letter", "v2.avsc");
    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");

    private MockProducer<byte[], byte[]> kafka;
    private Schema schema;
    private DeadLetterProducer deadLetters;

    @BeforeEach
    void open() throws IOException {
        schema = new Schema.Parser().parse(Files.readString(SCHEMA));
        kafka = new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
        DeadLetterEncoder encoder = new DeadLetterEncoder(
                schema, 7, new DeadLetterEncoder.Processor("clicks", "index", "0.1.0", "job"));
        deadLetters = new DeadLetterProducer("dlq.clicks", kafka, encoder, Clock.fixed(NOW, ZoneOffset.UTC));
    }

    @Test
    void aDeadLetterTellsItsCauseItsCoordinatesAndItsBytes() throws Exception {
        deadLetters.add(DeliveryFixture.document("e1", "{\"n\":1}"), Rejection.refused("400 no"));

        ProducerRecord<byte[], byte[]> message = kafka.history().get(0);
        GenericRecord letter = decode(message.value());
        String id = sha256("raw.clicks/1/42/index").substring(0, 32);
        assertEquals("dlq.clicks", message.topic());
        assertEquals(id, letter.get("dead_letter_id").toString());
        assertEquals(id, new String(message.key(), StandardCharsets.UTF_8));
        assertEquals(NOW.toEpochMilli(), letter.get("failed_at"));
        assertEquals("index", letter.get("stage").toString());
        assertEquals("DOCUMENT_REJECTED", letter.get("error_code").toString());
        assertEquals("400 no", letter.get("error_message").toString());
        assertEquals(false, letter.get("retryable"));
        GenericRecord contract = (GenericRecord) letter.get("contract");
        assertEquals("raw.clicks-value", contract.get("subject").toString());
        assertEquals(3, contract.get("schema_id"));
        GenericRecord source = (GenericRecord) letter.get("source");
        assertEquals(42L, source.get("offset"));
        assertEquals(1_000L, source.get("timestamp"));
        assertEquals(sha256("{\"n\":1}"), letter.get("payload_sha256").toString());
        assertEquals("json", letter.get("payload_encoding").toString());
        assertArrayEquals("{\"n\":1}".getBytes(), bytes(letter.get("payload")));
    }

    /** Each line of an order that is refused has a letter of its own, and the letter says which. */
    @Test
    void eachRowOfAnExplodedRecordHasALetterOfItsOwn() throws Exception {
        for (long row = 1; row <= 2; row++) {
            var source = new DocumentEntry.SourceRecord("raw.orders", 1, 42, 1_000L, 3, row);
            deadLetters.add(new DocumentEntry(null, "{}".getBytes(), source, null), Rejection.refused("400 no"));
        }

        for (int row = 1; row <= 2; row++) {
            GenericRecord letter = decode(kafka.history().get(row - 1).value());
            assertEquals((long) row, ((GenericRecord) letter.get("source")).get("row"));
            assertEquals(
                    sha256("raw.orders/1/42/index/" + row).substring(0, 32), letter.get("dead_letter_id").toString());
        }
    }

    @Test
    void theHeadersAreThoseOfKafkaConnect() {
        deadLetters.add(DeliveryFixture.document("e1", "{}"), Rejection.tooLarge("5 MB"));

        assertEquals("raw.clicks", header("topic"));
        assertEquals("1", header("partition"));
        assertEquals("42", header("offset"));
        assertEquals("index", header("stage"));
        assertEquals("DOCUMENT_TOO_LARGE", header("exception.class.name"));
        assertEquals("5 MB", header("exception.message"));
    }

    @Test
    void aLargePayloadIsCutAndKeepsTheHashOfTheWhole() throws Exception {
        String json = "{\"t\":\"" + "x".repeat(2_000_000) + "\"}";
        deadLetters.add(DeliveryFixture.document("e1", json), Rejection.tooLarge("2 MB"));

        GenericRecord letter = decode(kafka.history().get(0).value());
        assertEquals(true, letter.get("payload_truncated"));
        assertEquals(900 * 1024, bytes(letter.get("payload")).length);
        assertEquals(sha256(json), letter.get("payload_sha256").toString());
    }

    /** OpenSearch repeats a value, or an id, in its reasons and those of the causes. */
    @ParameterizedTest
    @ValueSource(ints = {0, 100, 16_384, 1_000_000, 6_000_000})
    void whateverTheSizesTheLetterCanBeSent(int size) {
        String large = "x".repeat(size);
        deadLetters.add(DeliveryFixture.document(large, "{\"t\":\"" + large + "\"}"), Rejection.refused("400 " + large + large));

        ProducerRecord<byte[], byte[]> message = kafka.history().get(0);
        long bytes = message.value().length + message.key().length;
        for (var header : message.headers()) {
            bytes += header.key().length() + header.value().length;
        }
        assertTrue(bytes < 1_100_000, bytes + " bytes");
        assertTrue(bytes < (int) DeadLetterProducer.producerSettings(Map.of()).get("max.request.size"));
    }

    @Test
    void aRowWithoutCoordinatesHasAnIdOfItsOwn() throws Exception {
        deadLetters.add(new DocumentEntry(null, "{}".getBytes(), null, null), Rejection.refused("no id"));

        GenericRecord letter = decode(kafka.history().get(0).value());
        assertNull(letter.get("source"));
        assertEquals(sha256("{}").substring(0, 32), letter.get("dead_letter_id").toString());
    }

    @Test
    void aLostDeadLetterStopsTheJob() {
        deadLetters.add(DeliveryFixture.document("e1", "{}"), Rejection.refused("no"));
        kafka.errorNext(new TimeoutException("no broker"));

        FlinkRuntimeException failure = assertThrows(FlinkRuntimeException.class, deadLetters::flush);
        assertTrue(failure.getMessage().contains("dlq.clicks"));
        assertThrows(
                FlinkRuntimeException.class,
                () -> deadLetters.add(DeliveryFixture.document("e2", "{}"), Rejection.refused("no")));
    }

    @Test
    void flushWaitsForEveryDeadLetter() {
        deadLetters.add(DeliveryFixture.document("e1", "{}"), Rejection.refused("no"));

        deadLetters.flush();

        assertTrue(kafka.flushed());
    }

    private String header(String name) {
        return new String(
                kafka.history().get(0).headers().lastHeader("__connect.errors." + name).value(),
                StandardCharsets.UTF_8);
    }

    private GenericRecord decode(byte[] framed) throws IOException {
        ByteBuffer frame = ByteBuffer.wrap(framed);
        assertEquals(0, frame.get());
        assertEquals(7, frame.getInt());
        return new GenericDatumReader<GenericRecord>(schema)
                .read(null, DecoderFactory.get().binaryDecoder(framed, 5, framed.length - 5, null));
    }

    private static byte[] bytes(Object field) {
        ByteBuffer buffer = (ByteBuffer) field;
        byte[] content = new byte[buffer.remaining()];
        buffer.get(content);
        return content;
    }

    private static String sha256(String text) throws Exception {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(digest);
    }
}
