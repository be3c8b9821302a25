package io.tidegate.connectors.reference;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;

/** All versions of all keys. One thread writes, any number read without a lock. */
final class VersionStore {
    private final Map<StringData, Versions> versionsByKey = new ConcurrentHashMap<>();

    /** The versions of one key, oldest first; a null row says that the key was deleted. Never changed, only replaced. */
    private record Versions(TimestampData[] times, GenericRowData[] rows) {
        private static final Versions NONE = new Versions(new TimestampData[0], new GenericRowData[0]);

        GenericRowData asOf(TimestampData time) {
            int found = Arrays.binarySearch(times, time);
            int index = found >= 0 ? found : -found - 2;
            return index < 0 ? null : rows[index];
        }

        Versions with(TimestampData time, GenericRowData row) {
            int found = Arrays.binarySearch(times, time);
            int index = found >= 0 ? found : -found - 1;
            int replaced = found >= 0 ? 1 : 0;
            int length = times.length + 1 - replaced;
            TimestampData[] newTimes = Arrays.copyOf(times, length);
            GenericRowData[] newRows = Arrays.copyOf(rows, length);
            System.arraycopy(times, index + replaced, newTimes, index + 1, times.length - index - replaced);
            System.arraycopy(rows, index + replaced, newRows, index + 1, times.length - index - replaced);
            newTimes[index] = time;
            newRows[index] = row;
            return new Versions(newTimes, newRows);
        }
    }

    /**
     * Adds a version; one of the same time replaces the earlier one.
     *
     * @param row null if the key is deleted from this time on
     */
    void put(StringData key, TimestampData time, GenericRowData row) {
        versionsByKey.put(key, versionsByKey.getOrDefault(key, Versions.NONE).with(time, row));
    }

    /** The latest version that is not newer than a time; null if there was none yet, or the key was deleted. */
    GenericRowData asOf(StringData key, TimestampData time) {
        Versions versions = versionsByKey.get(key);
        return versions == null ? null : versions.asOf(time);
    }

    int keyCount() {
        return versionsByKey.size();
    }
}
