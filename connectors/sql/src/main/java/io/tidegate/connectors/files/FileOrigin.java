package io.tidegate.connectors.files;

import org.apache.flink.connector.file.src.FileSourceSplit;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;

/**
 * What all rows of a file have in common.
 *
 * @param file the URI that is read
 * @param size in bytes, as it lies there
 * @param modified when it arrived
 * @param number and {@code name}: of what the rows are said to come from
 */
record FileOrigin(StringData file, long size, TimestampData modified, int number, StringData name) {
    static FileOrigin of(ListedFile listed, FileSourceSplit split) {
        boolean isArrivalKnown = listed.modified() != ListedFile.UNKNOWN;
        return new FileOrigin(
                StringData.fromString(listed.uri()),
                split.fileSize(),
                TimestampData.fromEpochMillis(isArrivalKnown ? listed.modified() : split.fileModificationTime()),
                listed.number(),
                StringData.fromString(listed.name()));
    }
}
