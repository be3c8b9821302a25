package io.tidegate.throttle;

import io.tidegate.common.Placement;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Puts the operator that holds records back behind the one that brings them. */
public final class ThrottlePlacement {
    private ThrottlePlacement() {}

    /**
     * @param uid of the operator whose rows are held back
     * @param own uid of the operator that is put in
     * @param perSecond rows a second, of all parallel parts together
     * @return how many operators read from it now
     */
    public static int after(StreamExecutionEnvironment environment, String uid, String own, double perSecond) {
        if (perSecond <= 0) {
            throw new IllegalArgumentException("a rate of " + perSecond);
        }
        return new Placement(environment, uid).put("throttle", own, new ThrottleOperator(perSecond));
    }
}
