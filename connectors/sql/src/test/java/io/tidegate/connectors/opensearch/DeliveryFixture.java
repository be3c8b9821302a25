package io.tidegate.connectors.opensearch;

import io.tidegate.connectors.opensearch.DocumentEntry.Address;
import io.tidegate.connectors.opensearch.DocumentEntry.Rejection;
import io.tidegate.connectors.opensearch.DocumentEntry.SourceRecord;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;

/** A sender against an address, with dead letters kept in memory, and documents to send. */
final class DeliveryFixture {

    /** Dead letters by document id. */
    static final class Kept implements DeadLetters {
        final Map<String, Rejection> byId = new ConcurrentHashMap<>();

        @Override
        public void add(DocumentEntry entry, Rejection rejection) {
            byId.put(entry.address() == null ? "?" : entry.address().id(), rejection);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    /** Counters by name, behind the values of the groups they are in. */
    static final class Counters extends UnregisteredMetricsGroup {
        private final String prefix;
        private final Map<String, Counter> byName;

        Counters() {
            this("", new ConcurrentHashMap<>());
        }

        private Counters(String prefix, Map<String, Counter> byName) {
            this.prefix = prefix;
            this.byName = byName;
        }

        @Override
        public MetricGroup addGroup(String key, String value) {
            return new Counters(prefix + value + ".", byName);
        }

        @Override
        public <C extends Counter> C counter(String name, C counter) {
            byName.put(prefix + name, counter);
            return counter;
        }

        /** The counters that are not 0. */
        Map<String, Long> counted() {
            return byName.entrySet().stream()
                    .filter(entry -> entry.getValue().getCount() > 0)
                    .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().getCount()));
        }
    }

    final Counters metrics = new Counters();
    final Kept deadLetters = new Kept();
    final BulkSender sender;

    DeliveryFixture(String address) {
        this(address, Duration.ofSeconds(10), null);
    }

    /** A sender whose requests are given up after a time, and whose documents have versions if there is a clock. */
    DeliveryFixture(String address, Duration requestTimeout, VersionClock clock) {
        ConnectionConfig connection = new ConnectionConfig(
                List.of(address),
                new ConnectionConfig.Credentials("ann", "secret"),
                Duration.ofSeconds(2),
                requestTimeout,
                false);
        sender = new BulkSender(
                new HttpBulkTransport(connection),
                new BulkBody("index", clock),
                new Backoff(Duration.ofMillis(5), Duration.ofMillis(50)),
                deadLetters,
                new SinkMetrics(metrics));
    }

    static DocumentEntry document(String id, String json) {
        SourceRecord source = new SourceRecord("raw.clicks", 1, 42, 1_000L, 3, null);
        return new DocumentEntry(new Address("events", id, null), json.getBytes(StandardCharsets.UTF_8), source, null);
    }

    static DocumentEntry deletion(String id) {
        return document(id, "");
    }

    static List<DocumentEntry> documents(int count) {
        return IntStream.range(0, count).mapToObj(i -> document("d" + i, "{\"n\":" + i + "}")).toList();
    }
}
