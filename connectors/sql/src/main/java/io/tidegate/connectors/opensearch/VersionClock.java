package io.tidegate.connectors.opensearch;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Versions of documents by the order in which they are sent: microseconds of the clock, and never the same twice. OpenSearch
 * may still carry out a request that was given up; with a version it can't overwrite what was sent after it.
 */
final class VersionClock {

    private static final Pattern HELD = Pattern.compile("current version \\[(\\d{1,18})\\]");
    private static final long LEAP = 3_600_000_000L;

    private final InstantSource clock;
    private long last;

    VersionClock(InstantSource clock) {
        this.clock = clock;
    }

    synchronized long next() {
        last = Math.max(last + 1, ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant()));
        return last;
    }

    /** Goes on beyond the version that a conflict names: another machine's clock was ahead of this one's. */
    synchronized void passBeyond(String conflict) {
        Matcher held = HELD.matcher(conflict);
        last = Math.max(last, held.find() ? Long.parseLong(held.group(1)) : last + LEAP);
    }
}
