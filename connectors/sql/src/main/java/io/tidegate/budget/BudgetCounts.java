package io.tidegate.budget;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Records and dead letters of the last while, and the dead letters in a row of each partition. By any clock. */
final class BudgetCounts {
    static final int BUCKETS = 60;
    private static final long NONE = -1;

    private final long bucketMs;
    private final long[] ids = new long[BUCKETS];
    private final long[] records = new long[BUCKETS];
    private final long[] letters = new long[BUCKETS];
    private int now;

    private long[] previous = new long[0];
    private long[] lastLetter = new long[0];
    private long[] run = new long[0];

    BudgetCounts(long windowMs) {
        bucketMs = Math.max(1, windowMs / BUCKETS);
        Arrays.fill(ids, NONE);
    }

    /** Lets go what is older than the window; from now on is counted at this time. */
    void advance(long nowMs) {
        long id = nowMs / bucketMs;
        now = bucketOf(id);
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            if (ids[bucket] != NONE && ids[bucket] <= id - BUCKETS) {
                clear(bucket, NONE);
            }
        }
    }

    /** The offset of the partition's record before; to be asked before that record is counted. */
    long previous(int partition) {
        return partition < previous.length ? previous[partition] : NONE;
    }

    void record(int partition, long offset) {
        if (partition >= previous.length) {
            grow(partition + 1);
        }
        previous[partition] = offset;
        records[now]++;
    }

    /**
     * A record that was counted is a dead letter.
     *
     * @param before offset of the partition's record before it; -1 where that is not known
     * @return how many there are in a row now
     */
    long letter(int partition, long offset, long before) {
        if (partition >= previous.length) {
            grow(partition + 1);
        }
        long last = lastLetter[partition];
        if (last == offset && last != NONE) {
            return run[partition]; // another item of the same record
        }
        boolean follows = last != NONE && (last == offset - 1 || last == before);
        run[partition] = follows ? run[partition] + 1 : 1;
        lastLetter[partition] = offset;
        letters[now]++;
        return run[partition];
    }

    /** Dead letters in a row at the end of the partition. */
    long inARow(int partition) {
        return lastLetter[partition] != NONE && lastLetter[partition] >= previous[partition] ? run[partition] : 0;
    }

    int partitions() {
        return previous.length;
    }

    long records() {
        return Arrays.stream(records).sum();
    }

    long letters() {
        return Arrays.stream(letters).sum();
    }

    /** Start in ms, records and letters of each part of the window, for {@link #addWindow}. */
    List<long[]> window() {
        List<long[]> found = new ArrayList<>();
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            if (records[bucket] > 0 || letters[bucket] > 0) {
                found.add(new long[] {ids[bucket] * bucketMs, records[bucket], letters[bucket]});
            }
        }
        return found;
    }

    /** Partition, its newest record, its newest letter and the run, for {@link #addRun}. */
    List<long[]> runs() {
        List<long[]> found = new ArrayList<>();
        for (int partition = 0; partition < previous.length; partition++) {
            if (previous[partition] != NONE) {
                found.add(new long[] {partition, previous[partition], lastLetter[partition], run[partition]});
            }
        }
        return found;
    }

    /** Takes what a window held before a restart; what is too old at {@code nowMs} is left out. */
    void addWindow(long[] part, long nowMs) {
        long id = part[0] / bucketMs;
        if (id <= nowMs / bucketMs - BUCKETS || id > nowMs / bucketMs) {
            return;
        }
        int bucket = bucketOf(id);
        records[bucket] += part[1];
        letters[bucket] += part[2];
    }

    /** Of several that tell of the same partition, as after a change of parallelism, the one that is furthest counts. */
    void addRun(long[] told) {
        int partition = (int) told[0];
        grow(partition + 1);
        if (told[1] >= previous[partition]) {
            previous[partition] = told[1];
            lastLetter[partition] = told[2];
            run[partition] = told[3];
        }
    }

    private int bucketOf(long id) {
        int bucket = (int) (id % BUCKETS);
        if (ids[bucket] != id) {
            clear(bucket, id);
        }
        return bucket;
    }

    private void clear(int bucket, long id) {
        ids[bucket] = id;
        records[bucket] = 0;
        letters[bucket] = 0;
    }

    private void grow(int partitions) {
        int before = previous.length;
        if (partitions > before) {
            previous = Arrays.copyOf(previous, partitions);
            lastLetter = Arrays.copyOf(lastLetter, partitions);
            run = Arrays.copyOf(run, partitions);
            Arrays.fill(previous, before, partitions, NONE);
            Arrays.fill(lastLetter, before, partitions, NONE);
        }
    }
}
