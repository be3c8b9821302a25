package io.tidegate.connectors.reference;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongSupplier;
import org.apache.flink.kafka.shaded.org.apache.kafka.clients.consumer.Consumer;
import org.apache.flink.kafka.shaded.org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.flink.kafka.shaded.org.apache.kafka.common.PartitionInfo;
import org.apache.flink.kafka.shaded.org.apache.kafka.common.TopicPartition;
import org.apache.flink.kafka.shaded.org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a whole topic and then follows it, on a thread of its own. Kafka's client itself waits out a broker's outage; any other
 * failure ends the thread and is kept, so that nobody goes on with stale data.
 */
final class TopicFollower implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(TopicFollower.class);
    private static final Duration POLL_TIMEOUT = Duration.ofMillis(200);
    private static final Duration BETWEEN_SWEEPS = Duration.ofMinutes(10);

    private final String topic;
    private final Consumer<byte[], byte[]> consumer;
    private final RecordLoader loader;
    private final Duration kept;
    private final LongSupplier clock;
    private long nextSweepMs;
    private final Queue<CompletableFuture<Void>> requests = new ConcurrentLinkedQueue<>();
    private final List<CompletableFuture<Void>> waiting = new ArrayList<>();
    private Map<TopicPartition, Long> ends;
    private volatile Throwable failure;
    private final Object lock = new Object();
    private Thread reader;
    private volatile boolean closing;

    /** @param kept for how long after its arrival a version that is not the newest is surely kept */
    TopicFollower(String topic, Consumer<byte[], byte[]> consumer, RecordLoader loader, Duration kept, LongSupplier clock) {
        this.topic = topic;
        this.consumer = consumer;
        this.loader = loader;
        this.kept = kept;
        this.clock = clock;
    }

    /** Done when all that is in the topic now has been read; exceptionally, if it never will be. */
    CompletableFuture<Void> caughtUp() {
        CompletableFuture<Void> request = new CompletableFuture<>();
        requests.add(request);
        if (failure != null) {
            refuseRequests(failure);
        }
        return request;
    }

    /** Why the thread has ended; null while all is well. */
    Throwable failure() {
        return failure;
    }

    @Override
    public void run() {
        try {
            readUntilClosed();
        } catch (Throwable e) {
            if (!closing) {
                LOG.error("Reading reference topic {} has failed", topic, e);
                failure = e;
            }
            waiting.forEach(request -> request.completeExceptionally(e));
            refuseRequests(e);
        }
    }

    /** Ends the thread, whatever it waits for: Kafka, or the registry. */
    void close() {
        synchronized (lock) {
            closing = true;
            if (reader != null) {
                reader.interrupt();
            }
        }
        consumer.wakeup();
    }

    private void readUntilClosed() throws IOException {
        try {
            if (begin()) {
                follow();
            }
        } finally {
            closeConsumer();
        }
    }

    private boolean begin() {
        synchronized (lock) {
            reader = Thread.currentThread();
            return !closing;
        }
    }

    /** Kafka's client logs an error, with a stack trace, if the thread that closes it is interrupted. */
    private void closeConsumer() {
        synchronized (lock) {
            reader = null;
        }
        Thread.interrupted();
        consumer.close();
    }

    private void refuseRequests(Throwable reason) {
        for (var request = requests.poll(); request != null; request = requests.poll()) {
            request.completeExceptionally(reason);
        }
    }

    private void follow() throws IOException {
        List<TopicPartition> partitions = partitions();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        while (!closing) {
            try {
                answerRequests(partitions);
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL_TIMEOUT)) {
                    loader.load(record);
                }
                sweep();
            } catch (RetriableException outage) {
                LOG.warn("Reference topic {} is out of reach, trying again", topic, outage);
            }
        }
    }

    private void sweep() {
        long nowMs = clock.getAsLong();
        if (nowMs >= nextSweepMs) {
            loader.store().forgetBefore(nowMs - kept.toMillis());
            nextSweepMs = nowMs + BETWEEN_SWEEPS.toMillis();
        }
    }

    /** New requests wait for the end that the topic has now, all together. */
    private void answerRequests(List<TopicPartition> partitions) {
        if (waiting.isEmpty()) {
            ends = null;
            for (var request = requests.poll(); request != null; request = requests.poll()) {
                waiting.add(request);
            }
        }
        if (waiting.isEmpty()) {
            return;
        }
        if (ends == null) {
            ends = consumer.endOffsets(partitions);
        }
        if (partitions.stream().allMatch(each -> consumer.position(each) >= ends.get(each))) {
            waiting.forEach(request -> request.complete(null));
            waiting.clear();
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
