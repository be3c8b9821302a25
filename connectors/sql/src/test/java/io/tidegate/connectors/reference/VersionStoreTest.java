package io.tidegate.connectors.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.Random;
import java.util.TreeMap;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.junit.jupiter.api.Test;

class VersionStoreTest {
    private static final StringData KEY = StringData.fromString("p1");
    private static final long ARRIVED = 1000;

    @Test
    void theAnswerIsTheLatestVersionThatIsNotNewer() {
        VersionStore store = new VersionStore();
        store.put(KEY, at(20), row(2), ARRIVED);
        store.put(KEY, at(10), row(1), ARRIVED);
        assertNull(store.asOf(KEY, at(9)));
        assertEquals(row(1), store.asOf(KEY, at(10)));
        assertEquals(row(1), store.asOf(KEY, at(19)));
        assertEquals(row(2), store.asOf(KEY, at(20)));
        assertEquals(row(2), store.asOf(KEY, at(999)));
        assertNull(store.asOf(StringData.fromString("p2"), at(999)));
    }

    @Test
    void aDeletedKeyHasNoAnswerUntilItComesBack() {
        VersionStore store = new VersionStore();
        store.put(KEY, at(10), row(1), ARRIVED);
        store.put(KEY, at(20), null, ARRIVED);
        store.put(KEY, at(30), row(3), ARRIVED);
        assertEquals(row(1), store.asOf(KEY, at(19)));
        assertNull(store.asOf(KEY, at(25)));
        assertEquals(row(3), store.asOf(KEY, at(30)));
    }

    @Test
    void aLaterRecordOfTheSameTimeReplacesTheEarlier() {
        VersionStore store = new VersionStore();
        store.put(KEY, at(10), row(1), ARRIVED);
        store.put(KEY, at(10), row(2), ARRIVED);
        assertEquals(row(2), store.asOf(KEY, at(10)));
        assertEquals(1, store.keyCount());
    }

    @Test
    void aRowThatIsRestoredWithItsOldTimeIsThereAgain() {
        VersionStore store = new VersionStore();
        store.put(KEY, at(10), row(1), ARRIVED);
        store.put(KEY, at(20), null, ARRIVED);
        store.put(KEY, at(10), row(1), ARRIVED);
        assertEquals(row(1), store.asOf(KEY, at(15)));
        assertEquals(row(1), store.asOf(KEY, at(25)));
    }

    @Test
    void aDeletionEndsTheVersionsThatWereToBeginAfterIt() {
        VersionStore store = new VersionStore();
        store.put(KEY, at(10), row(1), ARRIVED);
        store.put(KEY, at(30), row(3), ARRIVED);
        store.put(KEY, at(20), null, ARRIVED);
        assertEquals(row(1), store.asOf(KEY, at(19)));
        assertNull(store.asOf(KEY, at(20)));
        assertNull(store.asOf(KEY, at(30)));
    }

    @Test
    void aDeletionOfThePastStaysWhereTheKeyHasComeBack() {
        VersionStore store = new VersionStore();
        store.put(KEY, at(10), row(1), ARRIVED);
        store.put(KEY, at(20), null, ARRIVED);
        store.put(KEY, at(30), row(3), ARRIVED);
        store.put(KEY, at(15), row(2), ARRIVED);
        assertEquals(row(2), store.asOf(KEY, at(19)));
        assertNull(store.asOf(KEY, at(25)));
        assertEquals(row(3), store.asOf(KEY, at(30)));
    }

    /** What compaction leaves is the last record of the key, and perhaps some before it. */
    @Test
    void whetherAKeyIsThereNowDoesNotDependOnCompaction() {
        Random random = new Random(1);
        for (int round = 0; round < 2000; round++) {
            VersionStore whole = new VersionStore();
            VersionStore compacted = new VersionStore();
            int records = 1 + random.nextInt(6);
            int removed = random.nextInt(records);
            for (int i = 0; i < records; i++) {
                GenericRowData row = random.nextInt(3) == 0 ? null : row(i);
                // A deletion has the time of its arrival, which grows; a row any up to then, or one that is still to come.
                TimestampData time = at(row == null ? 10 * i : random.nextInt(10 * i + 15));
                whole.put(KEY, time, row, ARRIVED);
                if (i >= removed) {
                    compacted.put(KEY, time, row, ARRIVED);
                }
            }
            assertEquals(compacted.asOf(KEY, at(999)) == null, whole.asOf(KEY, at(999)) == null, "round " + round);
        }
    }

    @Test
    void anyOrderOfVersionsGivesTheSameAnswersAsASortedMap() {
        Random random = new Random(1);
        VersionStore store = new VersionStore();
        TreeMap<Integer, GenericRowData> expected = new TreeMap<>();
        for (int i = 0; i < 500; i++) {
            int time = random.nextInt(200);
            store.put(KEY, at(time), row(i), ARRIVED);
            expected.put(time, row(i));
            int asked = random.nextInt(220);
            var floor = expected.floorEntry(asked);
            assertEquals(floor == null ? null : floor.getValue(), store.asOf(KEY, at(asked)));
        }
    }

    @Test
    void ofWhatArrivedLongAgoTheNewestVersionIsKept() {
        VersionStore store = new VersionStore();
        for (int version = 0; version < 1000; version++) {
            store.put(KEY, at(version), row(version), version);
        }
        store.forgetBefore(997);
        assertEquals(4, store.versionCount());
        assertNull(store.asOf(KEY, at(995)));
        assertEquals(row(996), store.asOf(KEY, at(996)));
        assertEquals(row(999), store.asOf(KEY, at(5000)));
    }

    @Test
    void aVersionOfLongAgoThatIsTheOnlyOneIsKeptForEver() {
        VersionStore store = new VersionStore();
        store.put(KEY, at(10), row(1), 10);
        store.forgetBefore(1_000_000);
        assertEquals(row(1), store.asOf(KEY, at(10)));
    }

    @Test
    void aKeyThatWasDeletedLongAgoIsForgotten() {
        VersionStore store = new VersionStore();
        store.put(KEY, at(10), row(1), 10);
        store.put(KEY, at(20), null, 20);
        store.forgetBefore(20);
        assertEquals(row(1), store.asOf(KEY, at(15)));
        store.forgetBefore(21);
        assertEquals(0, store.keyCount());
    }

    private static TimestampData at(long millis) {
        return TimestampData.fromEpochMillis(millis);
    }

    private static GenericRowData row(int value) {
        return GenericRowData.of(value);
    }
}
