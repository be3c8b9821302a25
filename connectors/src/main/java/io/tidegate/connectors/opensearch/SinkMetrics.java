package io.tidegate.connectors.opensearch;

import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.ThreadSafeSimpleCounter;

/** Documents by verdict, counted by the threads that receive the answers. */
final class SinkMetrics {

    private final Counter indexed;
    private final Counter retried;
    private final Counter deadLettered;
    private final AtomicInteger waitingRequests = new AtomicInteger();

    SinkMetrics(MetricGroup group) {
        indexed = group.counter("documentsIndexed", new ThreadSafeSimpleCounter());
        retried = group.counter("documentsRetried", new ThreadSafeSimpleCounter());
        deadLettered = group.counter("documentsDeadLettered", new ThreadSafeSimpleCounter());
        group.gauge("requestsWaitingToRetry", (Gauge<Integer>) waitingRequests::get);
    }

    void indexed(int documents) {
        indexed.inc(documents);
    }

    void deadLettered() {
        deadLettered.inc();
    }

    void retryScheduled(int documents) {
        retried.inc(documents);
        waitingRequests.incrementAndGet();
    }

    void retryStarted() {
        waitingRequests.decrementAndGet();
    }
}
