package io.tidegate.connectors.reference;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.kafka.shaded.org.apache.kafka.clients.consumer.Consumer;
import org.apache.flink.kafka.shaded.org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.flink.kafka.shaded.org.apache.kafka.common.PartitionInfo;
import org.apache.flink.kafka.shaded.org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a whole topic and then follows it, on a thread of its own. Kafka's client itself waits out a broker's outage; any other
 * failure ends the thread and is kept, so that nobody goes on with stale data.
 */
final class TopicFollower implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(TopicFollower.class);
    private static final Duration POLL_TIMEOUT = Duration.ofMillis(200);

    private final String topic;
    private final Consumer<byte[], byte[]> consumer;
    private final RecordLoader loader;
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private volatile Throwable failure;
    private volatile boolean closing;

    TopicFollower(String topic, Consumer<byte[], byte[]> consumer, RecordLoader loader) {
        this.topic = topic;
        this.consumer = consumer;
        this.loader = loader;
    }

    /** Done when the end that the topic had at the start is reached; exceptionally, if it never will be. */
    CompletableFuture<Void> ready() {
        return ready;
    }

    /** Why the thread has ended; null while all is well. */
    Throwable failure() {
        return failure;
    }

    @Override
    public void run() {
        try (consumer) {
            follow();
        } catch (Throwable e) {
            if (!closing) {
                LOG.error("Reading reference topic {} has failed", topic, e);
                failure = e;
            }
            ready.completeExceptionally(e);
        }
    }

    void close() {
        closing = true;
        consumer.wakeup();
    }

    private void follow() throws IOException {
        List<TopicPartition> partitions = partitions();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        while (!closing) {
            if (!ready.isDone() && partitions.stream().allMatch(each -> consumer.position(each) >= ends.get(each))) {
                ready.complete(null);
            }
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL_TIMEOUT)) {
                loader.load(record);
            }
        }
    }

    private List<TopicPartition> partitions() throws IOException {
        List<PartitionInfo> partitions = consumer.partitionsFor(topic);
        if (partitions == null || partitions.isEmpty()) {
            throw new IOException("Reference topic '" + topic + "' does not exist. Create it and load its data first.");
        }
        return partitions.stream().map(each -> new TopicPartition(topic, each.partition())).toList();
    }
}
