package io.tidegate.functions;

import java.io.Serializable;
import java.util.function.LongSupplier;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.functions.FunctionContext;
import org.apache.flink.table.functions.ScalarFunction;

/**
 * {@code CountsStill(time, dataset, max_lateness_ms, empty_at, since) -> BOOLEAN}: whether an event may still change the
 * figures of its time, and counts it if not.
 *
 * <p>State is kept for a time that runs by the clock, from when it was last written. So what counts is how old the event is
 * now, not how late it came into a topic: one that is at most {@code max_lateness_ms} old meets all of the state that earlier
 * events of its time have made, for they were not seen before they happened. Nor were they seen before {@code empty_at},
 * when the state was begun. Of times before {@code since} the rows are not all there. The last two may be NULL. Where there is no
 * time there is no event.
 */
public final class CountsStill extends ScalarFunction {
    static final String TOO_LATE = "too_late";
    static final String BEFORE_SINCE = "before_since";

    private final Clock clock;
    private transient MetricGroup metrics;
    private transient Counter tooLate;
    private transient Counter beforeSince;

    /** Milliseconds since 1970, by the clock that state's time to live runs by. */
    interface Clock extends LongSupplier, Serializable {}

    public CountsStill() {
        this(System::currentTimeMillis);
    }

    CountsStill(Clock clock) {
        this.clock = clock;
    }

    @Override
    public void open(FunctionContext context) {
        metrics = context.getMetricGroup();
    }

    public Boolean eval(
            @DataTypeHint(value = "TIMESTAMP_LTZ(6)", bridgedTo = TimestampData.class) TimestampData time,
            @DataTypeHint(value = "STRING", bridgedTo = StringData.class) StringData dataset,
            Long maxLatenessMs,
            Long emptyAtMs,
            Long sinceMs) {
        if (time == null) {
            return false;
        }
        if (tooLate == null) {
            tooLate = counter(dataset, TOO_LATE);
            beforeSince = counter(dataset, BEFORE_SINCE);
        }
        long timeMs = time.getMillisecond();
        if (sinceMs != null && timeMs < sinceMs) {
            beforeSince.inc();
            return false;
        }
        long firstSeenMs = emptyAtMs == null ? timeMs : Math.max(timeMs, emptyAtMs);
        if (firstSeenMs < clock.getAsLong() - maxLatenessMs) {
            tooLate.inc();
            return false;
        }
        return true;
    }

    /** Its answer depends on the clock, so Flink must not compute it in advance. */
    @Override
    public boolean isDeterministic() {
        return false;
    }

    private Counter counter(StringData dataset, String reason) {
        return metrics.addGroup("dataset", dataset.toString()).addGroup("reason", reason).counter("eventsNotCounted");
    }
}
