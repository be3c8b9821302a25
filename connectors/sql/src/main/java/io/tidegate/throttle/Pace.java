package io.tidegate.throttle;

/** When the next record is due, at so many a second; what was not used is lost but for a tenth of a second. */
final class Pace {
    private static final long NS_PER_SECOND = 1_000_000_000L;
    private static final long KEPT_NS = NS_PER_SECOND / 10;

    private final double everyNs;
    private double dueNs = Double.NEGATIVE_INFINITY;

    Pace(double perSecond) {
        everyNs = NS_PER_SECOND / perSecond;
    }

    /** How long the record that is here now has to wait; called once for each. */
    long waitNs(long nowNs) {
        dueNs = Math.max(dueNs, (double) nowNs - KEPT_NS);
        long wait = (long) (dueNs - nowNs);
        dueNs += everyNs;
        return Math.max(0, wait);
    }
}
