package io.tidegate.connectors.reference;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.kafka.shaded.org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.flink.table.api.TableRuntimeException;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;

/** One reference table in memory, shared by all tasks of this JVM that use it; the last one to leave closes it. */
final class ReferenceTable {
    private static final Map<ReferenceConfig, ReferenceTable> SHARED = new HashMap<>();

    private final ReferenceConfig config;
    private final RecordLoader loader;
    private final TopicFollower follower;
    private int users;

    private ReferenceTable(ReferenceConfig config, RecordLoader loader) {
        this.config = config;
        this.loader = loader;
        var consumer = new KafkaConsumer<byte[], byte[]>(config.consumerProperties());
        follower = new TopicFollower(config.topic(), consumer, loader, config.kept(), System::currentTimeMillis);
        Thread thread = new Thread(follower, "versioned-kafka " + config.topic());
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * The table of a configuration; a new one if there is none, or if the one there has failed. {@link #release} it after use.
     *
     * @param loader makes the loader of a new table
     */
    static ReferenceTable acquire(ReferenceConfig config, Callable<RecordLoader> loader) throws Exception {
        synchronized (SHARED) {
            ReferenceTable table = SHARED.get(config);
            if (table == null || table.follower.failure() != null) {
                table = new ReferenceTable(config, loader.call());
                SHARED.put(config, table);
            }
            table.users++;
            return table;
        }
    }

    void release() {
        synchronized (SHARED) {
            users--;
            if (users == 0) {
                SHARED.remove(config, this);
                follower.close();
            }
        }
    }

    /** Waits until everything that is in the topic now is here. */
    void awaitCaughtUp(Duration timeout) throws InterruptedException {
        try {
            follower.caughtUp().get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new TableRuntimeException("Reference topic '" + config.topic() + "' was not read to its end within " + timeout
                    + ". Check that Kafka and the registry answer, or raise 'lookup.startup-timeout'.");
        } catch (ExecutionException e) {
            throw failed(e.getCause());
        }
    }

    /** @throws TableRuntimeException if the topic is no longer followed */
    void requireHealthy() {
        if (follower.failure() != null) {
            throw failed(follower.failure());
        }
    }

    GenericRowData asOf(StringData key, TimestampData time) {
        return loader.store().asOf(key, time);
    }

    int keyCount() {
        return loader.store().keyCount();
    }

    int versionCount() {
        return loader.store().versionCount();
    }

    long skippedCount() {
        return loader.skippedCount();
    }

    private TableRuntimeException failed(Throwable cause) {
        return new TableRuntimeException(
                "Reference topic '" + config.topic() + "' cannot be read: " + cause.getMessage(), cause);
    }
}
