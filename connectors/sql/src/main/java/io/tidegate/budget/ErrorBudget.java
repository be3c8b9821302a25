package io.tidegate.budget;

import java.io.Serializable;
import java.util.Locale;
import java.util.Optional;

/**
 * What a contract calls normal, and what happens past it.
 *
 * @param maxRatio share of records that may become dead letters within {@code windowMs}, once there were {@code minEvents}
 * @param maxConsecutive dead letters in a row in one partition
 * @param stops whether the job ends past it; else it tells
 * @param acceptedUntilMs records that arrived before then are let through uncounted; 0: none
 */
public record ErrorBudget(
        String dataset,
        double maxRatio,
        long maxConsecutive,
        long windowMs,
        long minEvents,
        boolean stops,
        long acceptedUntilMs)
        implements Serializable {

    /** Why the ratio is passed; empty within the budget. */
    Optional<String> ratioPassed(long records, long letters) {
        if (records < minEvents || letters <= maxRatio * records) {
            return Optional.empty();
        }
        return Optional.of(String.format(
                Locale.ROOT,
                "%,d of %,d records within %d s are dead letters: %.1f %%, max_ratio is %.4g %%",
                letters,
                records,
                windowMs / 1000,
                100.0 * letters / records,
                100 * maxRatio));
    }

    /** Why a partition has too many in a row; empty within the budget. */
    Optional<String> consecutivePassed(int partition, long run) {
        if (run <= maxConsecutive) {
            return Optional.empty();
        }
        return Optional.of(String.format(
                Locale.ROOT,
                "%,d dead letters in a row in partition %d, max_consecutive is %,d",
                run,
                partition,
                maxConsecutive));
    }
}
