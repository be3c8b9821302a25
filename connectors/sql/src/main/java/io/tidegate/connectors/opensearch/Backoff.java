package io.tidegate.connectors.opensearch;

import java.io.Serializable;
import java.time.Duration;
import java.util.random.RandomGenerator;

/** Exponential waiting times with jitter: half of each is fixed, half is random, so that writers don't retry in step. */
record Backoff(Duration delay, Duration maxDelay) implements Serializable {

    private static final int MAX_DOUBLINGS = 30;

    /** How long to wait before the given retry, counted from 0. */
    long delayMs(int retry, RandomGenerator random) {
        long doubled = delay.toMillis() << Math.min(retry, MAX_DOUBLINGS);
        long ceiling = Math.max(1, Math.min(doubled, maxDelay.toMillis()));
        return ceiling / 2 + random.nextLong(ceiling / 2 + 1);
    }
}
