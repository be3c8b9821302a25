package io.tidegate.connectors.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.api.common.serialization.AbstractDeserializationSchema;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.kafka.shaded.org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.flink.kafka.shaded.org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.flink.kafka.shaded.org.apache.kafka.common.KafkaException;
import org.apache.flink.kafka.shaded.org.apache.kafka.common.Node;
import org.apache.flink.kafka.shaded.org.apache.kafka.common.PartitionInfo;
import org.apache.flink.kafka.shaded.org.apache.kafka.common.TopicPartition;
import org.apache.flink.kafka.shaded.org.apache.kafka.common.errors.TimeoutException;
import org.apache.flink.kafka.shaded.org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.flink.kafka.shaded.org.apache.kafka.common.record.TimestampType;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Uses Kafka's own stand-in for a consumer; tests/stack runs the connector against a real broker. */
class TopicFollowerTest {
    private static final TopicPartition PARTITION = new TopicPartition("ref.products", 0);
    private static final ReferenceLayout LAYOUT = ReferenceLayout.of(
            DataTypes.ROW(
                    DataTypes.FIELD("product_id", DataTypes.STRING()),
                    DataTypes.FIELD("as_of", DataTypes.TIMESTAMP_LTZ(3)),
                    DataTypes.FIELD("updated_at", DataTypes.TIMESTAMP_LTZ(3))),
            "product_id",
            "updated_at",
            "as_of");

    private static final Duration KEPT = Duration.ofMillis(1000);
    private final AtomicLong now = new AtomicLong();
    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
    private final RecordLoader loader = new RecordLoader(LAYOUT, new KeyAtTime());
    private final TopicFollower follower = new TopicFollower("ref.products", consumer, loader, KEPT, now::get);

    /** Values are {@code key@millis}; {@code !} in place of the millis is an undecodable record. */
    private static final class KeyAtTime extends AbstractDeserializationSchema<RowData> {
        @Override
        public RowData deserialize(byte[] message) {
            String[] parts = new String(message, StandardCharsets.UTF_8).split("@");
            return parts[1].equals("!")
                    ? GenericRowData.of(null, null, StringData.fromString("BAD_UTF8"))
                    : GenericRowData.of(
                            StringData.fromString(parts[0]), TimestampData.fromEpochMillis(Long.parseLong(parts[1])), null);
        }
    }

    /** Waits like the client of a registry that does not answer, and like it is told the end by an interruption. */
    private static DeserializationSchema<RowData> registryIsAway(CountDownLatch waits) {
        return new AbstractDeserializationSchema<>() {
            @Override
            public RowData deserialize(byte[] message) throws IOException {
                try {
                    waits.countDown();
                    new CountDownLatch(1).await();
                    return null;
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new InterruptedIOException("cancelled");
                }
            }
        };
    }

    @BeforeEach
    void createTopic() {
        createTopic(consumer);
    }

    private static void createTopic(MockConsumer<byte[], byte[]> consumer) {
        consumer.updatePartitions("ref.products", List.of(new PartitionInfo("ref.products", 0, Node.noNode(), null, null)));
        consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
    }

    private void start() {
        start(follower);
    }

    private static void start(TopicFollower follower) {
        Thread thread = new Thread(follower);
        thread.setDaemon(true);
        thread.start();
    }

    private static ConsumerRecord<byte[], byte[]> record(long offset, String key, String value) {
        return new ConsumerRecord<>("ref.products", 0, offset, 500, TimestampType.CREATE_TIME, 0, 0, bytes(key), bytes(value),
                new RecordHeaders(), Optional.empty());
    }

    private static byte[] bytes(String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    private RowData asOf(String key, long millis) {
        return loader.store().asOf(StringData.fromString(key), TimestampData.fromEpochMillis(millis));
    }

    @Test
    void itHasCaughtUpWhenTheEndIsReached() throws Exception {
        var caughtUp = follower.caughtUp();
        consumer.updateEndOffsets(Map.of(PARTITION, 3L));
        consumer.schedulePollTask(() -> consumer.addRecord(record(0, "p1", "p1@100")));
        consumer.schedulePollTask(() -> assertFalse(caughtUp.isDone()));
        consumer.schedulePollTask(() -> {
            consumer.addRecord(record(1, "p1", "p1@200"));
            consumer.addRecord(record(2, "p1", null));
        });
        start();
        caughtUp.get(10, TimeUnit.SECONDS);
        assertEquals(100, asOf("p1", 150).getTimestamp(1, 3).getMillisecond());
        assertEquals(200, asOf("p1", 499).getTimestamp(1, 3).getMillisecond());
        assertNull(asOf("p1", 500), "the tombstone holds from its Kafka timestamp on");
        follower.close();
        assertNull(follower.failure());
    }

    @Test
    void aLaterRequestWaitsForTheEndOfItsOwnTime() throws Exception {
        consumer.updateEndOffsets(Map.of(PARTITION, 0L));
        start();
        follower.caughtUp().get(10, TimeUnit.SECONDS);
        consumer.updateEndOffsets(Map.of(PARTITION, 1L));
        var caughtUp = follower.caughtUp();
        assertFalse(caughtUp.isDone());
        consumer.schedulePollTask(() -> consumer.addRecord(record(0, "p1", "p1@100")));
        caughtUp.get(10, TimeUnit.SECONDS);
        assertEquals(1, loader.store().keyCount());
        follower.close();
    }

    @Test
    void recordsThatAreNoVersionAreLeftOutAndCounted() throws Exception {
        consumer.updateEndOffsets(Map.of(PARTITION, 4L));
        consumer.schedulePollTask(() -> {
            consumer.addRecord(record(0, null, "p1@100"));
            consumer.addRecord(record(1, "p1", "p1@!"));
            consumer.addRecord(record(2, "p1", "p2@100"));
            consumer.addRecord(record(3, "p3", "p3@100"));
        });
        start();
        follower.caughtUp().get(10, TimeUnit.SECONDS);
        assertEquals(3, loader.skippedCount());
        assertEquals(1, loader.store().keyCount());
        follower.close();
    }

    @Test
    void versionsThatCompactionMayHaveRemovedAreForgotten() throws Exception {
        now.set(1501);
        consumer.updateEndOffsets(Map.of(PARTITION, 2L));
        consumer.schedulePollTask(() -> {
            consumer.addRecord(record(0, "p1", "p1@100"));
            consumer.addRecord(record(1, "p1", "p1@200"));
        });
        start();
        follower.caughtUp().get(10, TimeUnit.SECONDS);
        assertNull(asOf("p1", 150));
        assertEquals(200, asOf("p1", 250).getTimestamp(1, 3).getMillisecond());
        follower.close();
    }

    @Test
    void aFailureOfTheReaderIsKept() {
        KafkaException broken = new KafkaException("broken");
        consumer.updateEndOffsets(Map.of(PARTITION, 1L));
        consumer.schedulePollTask(() -> {
            throw broken;
        });
        start();
        assertThrows(ExecutionException.class, () -> follower.caughtUp().get(10, TimeUnit.SECONDS));
        assertSame(broken, follower.failure());
    }

    @Test
    void anOutageIsWaitedFor() throws Exception {
        consumer.updateEndOffsets(Map.of(PARTITION, 1L));
        consumer.schedulePollTask(() -> {
            throw new TimeoutException("no broker");
        });
        consumer.schedulePollTask(() -> consumer.addRecord(record(0, "p1", "p1@100")));
        start();
        follower.caughtUp().get(10, TimeUnit.SECONDS);
        assertNull(follower.failure());
        follower.close();
    }

    /** Kafka's consumer logs an error with a stack trace when an interrupted thread closes it. */
    @Test
    void theEndOfAJobEndsItsWaitingAndClosesTheConsumerInPeace() throws Exception {
        CountDownLatch waits = new CountDownLatch(1);
        CompletableFuture<Boolean> interruptedAtClose = new CompletableFuture<>();
        MockConsumer<byte[], byte[]> watched = new MockConsumer<>("earliest") {
            @Override
            public synchronized void close() {
                interruptedAtClose.complete(Thread.currentThread().isInterrupted());
                super.close();
            }
        };
        createTopic(watched);
        watched.schedulePollTask(() -> watched.addRecord(record(0, "p1", "p1@100")));
        TopicFollower waiting = new TopicFollower(
                "ref.products", watched, new RecordLoader(LAYOUT, registryIsAway(waits)), KEPT, now::get);
        start(waiting);
        assertTrue(waits.await(10, TimeUnit.SECONDS));
        waiting.close();
        assertFalse(interruptedAtClose.get(10, TimeUnit.SECONDS));
        assertNull(waiting.failure());
    }

    @Test
    void aTableThatIsGivenBackAtOnceIsNotRead() {
        follower.close();
        follower.run();
        assertTrue(consumer.closed());
        assertTrue(consumer.assignment().isEmpty());
        assertNull(follower.failure());
    }

    @Test
    void aMissingTopicIsNamed() {
        TopicFollower other = new TopicFollower("ref.nothing", consumer, loader, KEPT, now::get);
        other.run();
        assertTrue(other.failure().getMessage().contains("'ref.nothing' does not exist"), other.failure().getMessage());
    }

    @Test
    void theAnswerPutsTheTimeAskedForBackIntoItsColumn() {
        GenericRowData stored = GenericRowData.of(StringData.fromString("p1"), TimestampData.fromEpochMillis(100));
        TimestampData asked = TimestampData.fromEpochMillis(150);
        assertEquals(
                GenericRowData.of(stored.getField(0), asked, stored.getField(1)), LAYOUT.answer(stored, asked));
    }
}
