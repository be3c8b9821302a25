package io.tidegate.connectors.opensearch;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BackoffTest {

    @Test
    void waitsDoubleUpToTheMaximumAndNeverVanish() {
        Backoff backoff = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(10));
        Random random = new Random(3);
        for (int retry = 0; retry < 200; retry++) {
            long ceiling = retry < 7 ? 100L << retry : 10_000;
            long delayMs = backoff.delayMs(retry, random);
            assertTrue(delayMs >= ceiling / 2 && delayMs <= ceiling, retry + ": " + delayMs);
        }
    }
}
