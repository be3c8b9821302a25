package io.tidegate.budget;

import java.io.Serializable;
import java.util.List;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;

/**
 * In which columns of a row it says where its record lies, when it arrived, and whether it was sent again from its dead
 * letter.
 *
 * @param headers -1 where rows have none
 */
record RecordPlace(int partition, int offset, int arrived, int headers, String redriveHeader) implements Serializable {
    private static final int MILLISECONDS = 3;

    /** @throws IllegalArgumentException for rows that do not say it */
    static RecordPlace of(List<String> columns, String redriveHeader) {
        RecordPlace found = new RecordPlace(
                columns.indexOf("_source_partition"),
                columns.indexOf("_source_offset"),
                columns.indexOf("_ingested_at"),
                columns.indexOf("_headers"),
                redriveHeader);
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

    boolean isRedriven(RowData row) {
        if (headers < 0 || row.isNullAt(headers)) {
            return false;
        }
        ArrayData keys = row.getMap(headers).keyArray();
        StringData wanted = StringData.fromString(redriveHeader);
        for (int i = 0; i < keys.size(); i++) {
            if (!keys.isNullAt(i) && wanted.equals(keys.getString(i))) {
                return true;
            }
        }
        return false;
    }
}
