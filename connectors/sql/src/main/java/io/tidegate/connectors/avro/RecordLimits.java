package io.tidegate.connectors.avro;

import java.io.Serializable;
import org.apache.flink.configuration.MemorySize;

/**
 * How much of a record is taken.
 *
 * @param maxRecordBytes a longer record is RECORD_TOO_LARGE
 * @param rawMaxBytes metadata column {@code raw} holds at most so many of the record's first bytes
 */
public record RecordLimits(int maxRecordBytes, int rawMaxBytes) implements Serializable {
    public static RecordLimits of(MemorySize maxRecord, MemorySize rawMax) {
        return new RecordLimits(bytes(maxRecord), bytes(rawMax));
    }

    private static int bytes(MemorySize size) {
        return (int) Math.min(size.getBytes(), Integer.MAX_VALUE - 8L);
    }
}
