package io.tidegate.connectors.opensearch;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.ThreadSafeSimpleCounter;

/** Documents by what became of them and by OpenSearch's status, counted by the threads that receive the answers. */
final class SinkMetrics {

    private static final String NO_ANSWER = "none";

    /** Causes are OpenSearch's types of errors, of which it has some dozens; more than these are one. */
    private static final int MAX_CAUSES = 50;

    private static final String OTHER = "other";

    private final MetricGroup group;
    private final Map<String, Counter> heldBack = new ConcurrentHashMap<>();
    private final Map<String, Counter> verdicts;
    private final Counter indexed;
    private final Counter retried;
    private final Counter deadLettered;
    private final AtomicInteger waitingRequests = new AtomicInteger();

    SinkMetrics(MetricGroup group) {
        this.group = group;
        verdicts = Stream.of("2xx", "409", "429", "4xx", "5xx", NO_ANSWER)
                .collect(Collectors.toUnmodifiableMap(Function.identity(), status -> group.addGroup("status", status)
                        .counter("verdicts", new ThreadSafeSimpleCounter())));
        indexed = group.counter("documentsIndexed", new ThreadSafeSimpleCounter());
        retried = group.counter("documentsRetried", new ThreadSafeSimpleCounter());
        deadLettered = group.counter("documentsDeadLettered", new ThreadSafeSimpleCounter());
        group.gauge("requestsWaitingToRetry", (Gauge<Integer>) waitingRequests::get);
    }

    /** Counts what OpenSearch said about documents, each time it said something. */
    void verdict(int status, int documents) {
        verdicts.get(statusClass(status)).inc(documents);
    }

    /** Counts documents of a request that got no answer, or none that can be read. */
    void noAnswer(int documents) {
        verdicts.get(NO_ANSWER).inc(documents);
    }

    /** The two statuses with a meaning of their own here, else the class; what is no status counts as no answer. */
    static String statusClass(int status) {
        return switch (status) {
            case 409, 429 -> String.valueOf(status);
            default -> switch (status / 100) {
                case 2 -> "2xx";
                case 4 -> "4xx";
                case 5 -> "5xx";
                default -> NO_ANSWER;
            };
        };
    }

    void indexed(int documents) {
        indexed.inc(documents);
    }

    void deadLettered() {
        deadLettered.inc();
    }

    /** Counts documents that must wait, by what OpenSearch, or its absence, says. */
    void heldBack(String cause, int documents) {
        String known = heldBack.containsKey(cause) || heldBack.size() < MAX_CAUSES ? cause : OTHER;
        heldBack.computeIfAbsent(known, each -> group.addGroup("reason", each)
                        .counter("documentsHeldBack", new ThreadSafeSimpleCounter()))
                .inc(documents);
    }

    void retryScheduled(int documents) {
        retried.inc(documents);
        waitingRequests.incrementAndGet();
    }

    void retryStarted() {
        waitingRequests.decrementAndGet();
    }
}
