package io.tidegate.budget;

import io.tidegate.functions.SignedCopies;
import java.io.Serializable;
import java.util.List;
import org.apache.flink.table.data.RowData;

/**
 * In which columns of a row it says where its record lies, when it arrived, and whether it was sent again from its dead
 * letter.
 *
 * @param headers -1 where rows have none, or lack the bytes that they are signed for
 */
record RecordPlace(int partition, int offset, int arrived, int headers, int payload, int payloadSha256)
        implements Serializable {
    private static final int MILLISECONDS = 3;

    /** @throws IllegalArgumentException for rows that do not say it */
    static RecordPlace of(List<String> columns) {
        boolean areSigned = columns.containsAll(List.of("_payload", "_payload_sha256"));
        RecordPlace found = new RecordPlace(
                columns.indexOf("_source_partition"),
                columns.indexOf("_source_offset"),
                columns.indexOf("_ingested_at"),
                areSigned ? columns.indexOf("_headers") : -1,
                columns.indexOf("_payload"),
                columns.indexOf("_payload_sha256"));
        if (found.partition < 0 || found.offset < 0 || found.arrived < 0) {
            throw new IllegalArgumentException("rows without coordinates: " + columns);
        }
        return found;
    }

    int partition(RowData row) {
        return row.getInt(partition);
    }

    long offset(RowData row) {
        return row.getLong(offset);
    }

    long arrivedMs(RowData row) {
        return row.getTimestamp(arrived, MILLISECONDS).getMillisecond();
    }

    boolean isRedriven(RowData row, SignedCopies copies) {
        if (headers < 0 || row.isNullAt(headers)) {
            return false;
        }
        return copies.have(
                row.getMap(headers),
                row.isNullAt(payload) ? null : row.getBinary(payload),
                row.isNullAt(payloadSha256) ? null : row.getString(payloadSha256));
    }
}
