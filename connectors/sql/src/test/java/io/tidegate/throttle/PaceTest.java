package io.tidegate.throttle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PaceTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void recordsThatAreHereAtOnceWaitForTheirTurn() {
        Pace pace = new Pace(100);
        long nowNs = 0;
        for (int i = 0; i < 1000; i++) {
            nowNs += pace.waitNs(nowNs);
        }
        assertTrue(nowNs > 9.8 * SECOND && nowNs <= 10 * SECOND, nowNs + " ns for ten seconds' records");
    }

    @Test
    void whatWasNotUsedForLongIsLost() {
        Pace pace = new Pace(100);
        pace.waitNs(0);
        long nowNs = 60 * SECOND;
        long end = nowNs;
        for (int i = 0; i < 110; i++) {
            end += pace.waitNs(end);
        }
        assertEquals(1.0, (end - nowNs) / (double) SECOND, 0.02);
    }

    @Test
    void slowerRecordsDoNotWait() {
        Pace pace = new Pace(100);
        for (int i = 0; i < 10; i++) {
            assertEquals(0, pace.waitNs(i * SECOND));
        }
    }
}
