package io.tidegate.connectors.reference;

import java.io.Serializable;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.LocalZonedTimestampType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;

/**
 * Which column of the table is what. A stored row has the table's columns without the as-of column, in the same order.
 *
 * @param columns the table's columns
 * @param key the key's column
 * @param versionTime the column that says from when a version holds
 * @param asOf the column that carries the time asked for
 */
record ReferenceLayout(RowType columns, int key, int versionTime, int asOf) implements Serializable {

    static ReferenceLayout of(DataType physicalType, String key, String versionTime, String asOf) {
        RowType columns = (RowType) physicalType.getLogicalType();
        return new ReferenceLayout(
                columns, columns.getFieldIndex(key), columns.getFieldIndex(versionTime), columns.getFieldIndex(asOf));
    }

    int storedKey() {
        return stored(key);
    }

    /** A key as the text that is the key in Kafka. */
    static StringData keyText(Object key) {
        return key instanceof StringData text ? text : StringData.fromString(key.toString());
    }

    /** What reads the key of a row that has it at {@code position}. */
    RowData.FieldGetter keyGetter(int position) {
        return RowData.createFieldGetter(columns.getTypeAt(key), position);
    }

    int storedVersionTime() {
        return stored(versionTime);
    }

    int versionTimePrecision() {
        return precision(versionTime);
    }

    int asOfPrecision() {
        return precision(asOf);
    }

    /** A stored row with the as-of column put back. */
    RowData answer(GenericRowData stored, Object asOfValue) {
        GenericRowData row = new GenericRowData(columns.getFieldCount());
        for (int column = 0; column < columns.getFieldCount(); column++) {
            row.setField(column, column == asOf ? asOfValue : stored.getField(stored(column)));
        }
        return row;
    }

    private int stored(int column) {
        return column > asOf ? column - 1 : column;
    }

    private int precision(int column) {
        LogicalType type = columns.getTypeAt(column);
        return ((LocalZonedTimestampType) type).getPrecision();
    }
}
