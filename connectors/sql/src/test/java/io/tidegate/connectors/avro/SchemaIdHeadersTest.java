package io.tidegate.connectors.avro;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.flink.kafka.shaded.org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.flink.kafka.shaded.org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.flink.kafka.shaded.org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.flink.kafka.shaded.org.apache.kafka.common.TopicPartition;
import org.apache.flink.kafka.shaded.org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.flink.kafka.shaded.org.apache.kafka.common.record.TimestampType;
import org.apache.flink.table.data.GenericRowData;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A record that names its schema in a header is read like one that names it before its data; its bytes stay as they are. */
class SchemaIdHeadersTest {
    private static final String SCHEMA = """
            {"type": "record", "name": "Thing", "fields": [{"name": "id", "type": "string"}]}""";
    private static final TopicPartition PARTITION = new TopicPartition("raw.things", 3);
    private static final UUID GUID = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
    private static final String BY_GUID = "/schemas/guids/" + GUID;
    private static final byte[] BODY = {2, 'a'};
    private static final byte[] ID_HEADER = {0, 0, 0, 0, Formats.SCHEMA_ID};

    private FakeRegistry registry;
    private ContractAvroDeserializer reader;

    @BeforeEach
    void open() throws IOException {
        registry = new FakeRegistry().with(Formats.SCHEMA_ID, SCHEMA);
        reader = Formats.reader(registry, SCHEMA, Formats.columns(SCHEMA));
    }

    @AfterEach
    void close() {
        registry.close();
    }

    @Test
    void aBatchWithoutSuchHeadersIsPassedOnAsItIs() {
        var batch = batch(record(BODY, "trace", ID_HEADER), record(null, SchemaIdHeaders.NAME, ID_HEADER));
        assertSame(batch, new SchemaIdHeaders().onConsume(batch));
    }

    @Test
    void onlyTheValueOfARecordWithTheHeaderIsAnother() {
        var plain = record(BODY, "trace", ID_HEADER);
        var named = record(BODY, SchemaIdHeaders.NAME, ID_HEADER);
        var batch = batch(plain, named);

        var marked = new SchemaIdHeaders().onConsume(batch);

        assertEquals(batch.nextOffsets(), marked.nextOffsets());
        assertSame(plain, marked.records(PARTITION).get(0));
        var record = marked.records(PARTITION).get(1);
        assertArrayEquals(BODY, HeaderFrame.of(record.value()).value());
        assertEquals(named.headers(), record.headers());
        assertEquals(
                List.of(named.topic(), named.partition(), named.offset(), named.timestamp(), named.timestampType(), named.key(),
                        named.leaderEpoch(), named.serializedValueSize()),
                List.of(record.topic(), record.partition(), record.offset(), record.timestamp(), record.timestampType(),
                        record.key(), record.leaderEpoch(), record.serializedValueSize()));
    }

    @Test
    void anIdInAHeaderIsReadAndTheValueStaysAsItIs() throws IOException {
        GenericRowData row = decode(ID_HEADER, BODY);
        assertNull(Formats.metadata(row, RecordMetadata.ERROR_MESSAGE));
        assertEquals("a", row.getString(0).toString());
        assertEquals("7", Formats.metadata(row, RecordMetadata.SCHEMA_ID));
        assertEquals("2", Formats.metadata(row, RecordMetadata.RAW_LENGTH));
        assertArrayEquals(BODY, (byte[]) row.getField(1 + RecordMetadata.RAW.ordinal()));
    }

    @Test
    void aGuidIsResolvedOnceAndHasTheLowestOfItsIds() throws IOException {
        registry.answer(BY_GUID, 200, "{\"schema\": \"" + SCHEMA.replace("\"", "\\\"") + "\"}")
                .answer(BY_GUID + "/ids", 200, "[{\"context\": \".b\", \"id\": 12}, {\"context\": \".\", \"id\": 9}]");
        for (int i = 0; i < 3; i++) {
            GenericRowData row = decode(guidHeader(), BODY);
            assertEquals("a", row.getString(0).toString());
            assertEquals("9", Formats.metadata(row, RecordMetadata.SCHEMA_ID));
        }
        assertEquals(2, registry.requests.get());
    }

    @Test
    void aGuidWithoutAnIdHasZero() throws IOException {
        registry.answer(BY_GUID, 200, "{\"schema\": \"" + SCHEMA.replace("\"", "\\\"") + "\"}");
        assertEquals("0", Formats.metadata(decode(guidHeader(), BODY), RecordMetadata.SCHEMA_ID));
    }

    @Test
    void aRegistryThatKnowsNoGuidsIsNamedInTheReason() throws IOException {
        registry.answer(BY_GUID, 404, "<html>no such page</html>");
        for (int i = 0; i < 3; i++) {
            GenericRowData row = decode(guidHeader(), BODY);
            assertEquals("UNKNOWN_SCHEMA", Formats.metadata(row, RecordMetadata.ERROR_CODE));
            assertEquals(
                    "the registry has no schema with GUID " + GUID + ", or knows no GUIDs",
                    Formats.metadata(row, RecordMetadata.ERROR_MESSAGE));
        }
        assertEquals(1, registry.requests.get());
    }

    @Test
    void aBadRecordKeepsItsOwnBytes() throws IOException {
        byte[] broken = {4, 'a'};
        for (byte[] header : new byte[][] {ID_HEADER, {}, null, {2, 1, 1, 1, 1}, {0, 1}, new byte[300]}) {
            GenericRowData row = decode(header, broken);
            boolean known = header == ID_HEADER;
            boolean named = header != null && header.length >= 5 && header[0] == 0;
            assertEquals(
                    known ? "TRUNCATED" : named ? "UNKNOWN_SCHEMA" : "BAD_MAGIC",
                    Formats.metadata(row, RecordMetadata.ERROR_CODE));
            assertArrayEquals(broken, (byte[]) row.getField(1 + RecordMetadata.RAW.ordinal()));
        }
    }

    private GenericRowData decode(byte[] header, byte[] value) throws IOException {
        var marked = new SchemaIdHeaders().onConsume(batch(record(value, SchemaIdHeaders.NAME, header)));
        return (GenericRowData) reader.deserialize(marked.iterator().next().value());
    }

    private static byte[] guidHeader() {
        return ByteBuffer.allocate(17).put((byte) 1).putLong(GUID.getMostSignificantBits())
                .putLong(GUID.getLeastSignificantBits()).array();
    }

    private static ConsumerRecord<byte[], byte[]> record(byte[] value, String header, byte[] named) {
        return new ConsumerRecord<>(
                PARTITION.topic(), PARTITION.partition(), 5, 6, TimestampType.LOG_APPEND_TIME, 1, 2, new byte[] {1}, value,
                new RecordHeaders().add(header, named), Optional.of(4));
    }

    @SafeVarargs
    private static ConsumerRecords<byte[], byte[]> batch(ConsumerRecord<byte[], byte[]>... records) {
        return new ConsumerRecords<>(Map.of(PARTITION, List.of(records)), Map.of(PARTITION, new OffsetAndMetadata(6)));
    }
}
