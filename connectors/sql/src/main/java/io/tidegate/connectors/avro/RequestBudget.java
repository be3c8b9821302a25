package io.tidegate.connectors.avro;

import java.time.Duration;
import java.util.function.LongSupplier;

/** So many requests at once, and then so many a second. */
final class RequestBudget {
    private static final long NANOS_PER_SECOND = Duration.ofSeconds(1).toNanos();

    private final int atOnce;
    private final int perSecond;
    private final LongSupplier nanoTime;
    private double left;
    private long countedNanos;

    RequestBudget(int atOnce, int perSecond, LongSupplier nanoTime) {
        this.atOnce = atOnce;
        this.perSecond = perSecond;
        this.nanoTime = nanoTime;
        left = atOnce;
        countedNanos = nanoTime.getAsLong();
    }

    /** Whether one more may be made now; then it counts. */
    boolean take() {
        long now = nanoTime.getAsLong();
        left = Math.min(atOnce, left + (double) (now - countedNanos) * perSecond / NANOS_PER_SECOND);
        countedNanos = now;
        if (left < 1) {
            return false;
        }
        left--;
        return true;
    }
}
