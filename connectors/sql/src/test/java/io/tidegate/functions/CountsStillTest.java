package io.tidegate.functions;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.SimpleCounter;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.functions.FunctionContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CountsStillTest {
    private static final StringData CLICKS = StringData.fromString("clicks");
    private static final long HOUR = 3_600_000;
    private static final long LATENESS = 6 * HOUR;
    private static final long NOW = 1000 * HOUR;

    private final Map<String, Counter> counters = new HashMap<>();
    private final CountsStill function = new CountsStill(() -> NOW);

    /** Counters by the names and values of their groups. */
    private final class Groups extends UnregisteredMetricsGroup {
        private final String path;

        Groups(String path) {
            this.path = path;
        }

        @Override
        public MetricGroup addGroup(String key, String value) {
            return new Groups(path + key + "=" + value + " ");
        }

        @Override
        public Counter counter(String name) {
            return counters.computeIfAbsent(path + name, each -> new SimpleCounter());
        }
    }

    @BeforeEach
    void open() {
        function.open(new FunctionContext(null, null, null) {
            @Override
            public MetricGroup getMetricGroup() {
                return new Groups("");
            }
        });
    }

    private boolean counts(long timeMs, Long emptyAtMs, Long sinceMs) {
        return function.eval(TimestampData.fromEpochMillis(timeMs), CLICKS, LATENESS, emptyAtMs, sinceMs);
    }

    private long counted(String reason) {
        return counters.get("dataset=clicks reason=" + reason + " eventsNotCounted").getCount();
    }

    @Test
    void anEventCountsWhileTheStateOfItsTimeIsSurelyThere() {
        assertTrue(counts(NOW, null, null));
        assertTrue(counts(NOW - LATENESS, null, null));
        assertFalse(counts(NOW - LATENESS - 1, null, null));
        assertEquals(1, counted("too_late"));
    }

    @Test
    void whileStateIsBuiltFromNothingOldEventsCount() {
        long longAgo = NOW - 100 * LATENESS;
        assertTrue(counts(longAgo, NOW, null));
        assertTrue(counts(longAgo, NOW - LATENESS, null));
        assertFalse(counts(longAgo, NOW - LATENESS - 1, null));
        assertTrue(counts(NOW - 1, NOW - LATENESS - 1, null));
        assertEquals(1, counted("too_late"));
    }

    @Test
    void whatLiesBeforeTheFirstWholeDayDoesNotCountAndIsCounted() {
        assertFalse(counts(NOW - 2, NOW, NOW - 1));
        assertTrue(counts(NOW - 1, NOW, NOW - 1));
        assertEquals(1, counted("before_since"));
        assertEquals(0, counted("too_late"));
    }

    @Test
    void itIsNotComputedInAdvance() {
        assertFalse(new CountsStill().isDeterministic());
    }
}
