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

    @Test
    void theAnswerIsTheLatestVersionThatIsNotNewer() {
        VersionStore store = new VersionStore();
        store.put(KEY, at(20), row(2));
        store.put(KEY, at(10), row(1));
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
        store.put(KEY, at(10), row(1));
        store.put(KEY, at(20), null);
        store.put(KEY, at(30), row(3));
        assertEquals(row(1), store.asOf(KEY, at(19)));
        assertNull(store.asOf(KEY, at(25)));
        assertEquals(row(3), store.asOf(KEY, at(30)));
    }

    @Test
    void aLaterRecordOfTheSameTimeReplacesTheEarlier() {
        VersionStore store = new VersionStore();
        store.put(KEY, at(10), row(1));
        store.put(KEY, at(10), row(2));
        assertEquals(row(2), store.asOf(KEY, at(10)));
        assertEquals(1, store.keyCount());
    }

    @Test
    void anyOrderOfVersionsGivesTheSameAnswersAsASortedMap() {
        Random random = new Random(1);
        VersionStore store = new VersionStore();
        TreeMap<Integer, GenericRowData> expected = new TreeMap<>();
        for (int i = 0; i < 500; i++) {
            int time = random.nextInt(200);
            GenericRowData row = random.nextInt(5) == 0 ? null : row(i);
            store.put(KEY, at(time), row);
            expected.put(time, row);
            int asked = random.nextInt(220);
            var floor = expected.floorEntry(asked);
            assertEquals(floor == null ? null : floor.getValue(), store.asOf(KEY, at(asked)));
        }
    }

    private static TimestampData at(long millis) {
        return TimestampData.fromEpochMillis(millis);
    }

    private static GenericRowData row(int value) {
        return GenericRowData.of(value);
    }
}
