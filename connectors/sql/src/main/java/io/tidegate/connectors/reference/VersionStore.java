package io.tidegate.connectors.reference;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;

/**
 * The versions of all keys. One thread writes, any number read without a lock.
 *
 * <p>Records come in the order of their offsets, and the answers must not depend on whether compaction has removed the
 * earlier ones: the record that came last says whether its key is there. So a deletion ends the versions that were to
 * begin after it, and a row that comes after a deletion takes it back, whatever its version time.
 */
final class VersionStore {
    private final Map<StringData, Versions> versionsByKey = new ConcurrentHashMap<>();

    /** One version; {@code row} null says that the key was deleted. */
    private record Version(TimestampData time, GenericRowData row, long arrivedMs) {}

    /** The versions of one key, oldest first. Never changed, only replaced. */
    private record Versions(Version[] all) {
        private static final Versions NONE = new Versions(new Version[0]);

        GenericRowData asOf(TimestampData time) {
            int index = after(time) - 1;
            return index < 0 ? null : all[index].row;
        }

        Versions with(Version added) {
            Versions before = added.row == null ? upTo(added.time) : withoutDeletionFrom(added.time);
            int end = before.after(added.time);
            int start = end > 0 && before.all[end - 1].time.equals(added.time) ? end - 1 : end;
            Version[] joined = new Version[before.all.length + 1 - (end - start)];
            System.arraycopy(before.all, 0, joined, 0, start);
            joined[start] = added;
            System.arraycopy(before.all, end, joined, start + 1, before.all.length - end);
            return new Versions(joined);
        }

        /** Of what arrived before that moment only the newest version, and that not if it says that the key is gone. */
        Versions arrivedSince(long cutMs) {
            int last = all.length - 1;
            while (last >= 0 && all[last].arrivedMs >= cutMs) {
                last--;
            }
            if (last < 0) {
                return this;
            }
            int start = all[last].row == null ? last + 1 : last;
            return start == 0 ? this : new Versions(Arrays.copyOfRange(all, start, all.length));
        }

        private Versions upTo(TimestampData time) {
            return new Versions(Arrays.copyOf(all, after(time)));
        }

        private Versions withoutDeletionFrom(TimestampData time) {
            int length = all.length;
            while (length > 0 && all[length - 1].row == null && all[length - 1].time.compareTo(time) >= 0) {
                length--;
            }
            return new Versions(Arrays.copyOf(all, length));
        }

        /** Where the versions begin that are newer than a time. */
        private int after(TimestampData time) {
            int low = 0;
            int high = all.length;
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (all[middle].time.compareTo(time) <= 0) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            return low;
        }
    }

    /**
     * Adds a version; one of the same time replaces the earlier one.
     *
     * @param row null if the key is deleted from this time on
     * @param arrivedMs when the record came into the topic
     */
    void put(StringData key, TimestampData time, GenericRowData row, long arrivedMs) {
        Version added = new Version(time, row, arrivedMs);
        versionsByKey.put(key, versionsByKey.getOrDefault(key, Versions.NONE).with(added));
    }

    /**
     * Of each key's versions that arrived before that moment keeps the newest only, as compaction does.
     *
     * <p>A version that arrived later keeps the one before it, which holds until then.
     */
    void forgetBefore(long cutMs) {
        versionsByKey.replaceAll((key, versions) -> versions.arrivedSince(cutMs));
        versionsByKey.values().removeIf(versions -> versions.all.length == 0);
    }

    /** The latest version that is not newer than a time; null if there was none yet, or the key was deleted. */
    GenericRowData asOf(StringData key, TimestampData time) {
        Versions versions = versionsByKey.get(key);
        return versions == null ? null : versions.asOf(time);
    }

    int keyCount() {
        return versionsByKey.size();
    }

    int versionCount() {
        return versionsByKey.values().stream().mapToInt(versions -> versions.all.length).sum();
    }
}
