package io.tidegate.budget;

import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.functions.AggregateFunction;

/** What all parallel parts of the job count together, at the JobManager: each tells its number, records and letters. */
final class BudgetTotals implements AggregateFunction<long[], Map<Long, long[]>, long[]> {
    private static final long serialVersionUID = 1L;

    @Override
    public Map<Long, long[]> createAccumulator() {
        return new HashMap<>();
    }

    @Override
    public Map<Long, long[]> add(long[] told, Map<Long, long[]> all) {
        all.put(told[0], told);
        return all;
    }

    @Override
    public long[] getResult(Map<Long, long[]> all) {
        long[] sums = new long[2];
        for (long[] each : all.values()) {
            sums[0] += each[1];
            sums[1] += each[2];
        }
        return sums;
    }

    @Override
    public Map<Long, long[]> merge(Map<Long, long[]> some, Map<Long, long[]> others) {
        some.putAll(others);
        return some;
    }
}
