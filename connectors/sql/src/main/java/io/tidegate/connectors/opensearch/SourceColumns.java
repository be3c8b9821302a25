package io.tidegate.connectors.opensearch;

import io.tidegate.common.Names;
import io.tidegate.connectors.opensearch.DocumentEntry.SourceRecord;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.LogicalTypeRoot;
import org.apache.flink.table.types.logical.RowType;

/** Finds the columns by which a silver row names its raw record; a table without them has no coordinates. */
final class SourceColumns {

    private static final RowData.FieldGetter ABSENT = row -> null;

    private final RowData.FieldGetter topic;
    private final RowData.FieldGetter partition;
    private final RowData.FieldGetter offset;
    private final RowData.FieldGetter ingestedAt;
    private final RowData.FieldGetter schemaId;
    private final RowData.FieldGetter number;

    /**
     * Binds the columns to the table.
     *
     * @param rowColumn the row's number, where a record is several rows; else null
     * @throws ValidationException if one is of another type, or the row's number isn't in the table
     */
    SourceColumns(RowType table, String rowColumn) {
        topic = getter(table, Names.SOURCE_TOPIC, LogicalTypeRoot.VARCHAR);
        partition = getter(table, Names.SOURCE_PARTITION, LogicalTypeRoot.INTEGER);
        offset = getter(table, Names.SOURCE_OFFSET, LogicalTypeRoot.BIGINT);
        ingestedAt = getter(table, Names.INGESTED_AT, LogicalTypeRoot.TIMESTAMP_WITH_LOCAL_TIME_ZONE);
        schemaId = getter(table, Names.SCHEMA_ID, LogicalTypeRoot.INTEGER);
        number = rowColumn == null ? ABSENT : getter(table, rowColumn, LogicalTypeRoot.INTEGER);
        if (rowColumn != null && number == ABSENT) {
            throw new ValidationException("dead-letter.row-field '" + rowColumn + "' isn't in the table.");
        }
    }

    /** The coordinates in a row; null if topic, partition or offset is missing. */
    SourceRecord of(RowData row) {
        Object topicName = topic.getFieldOrNull(row);
        Object partitionNumber = partition.getFieldOrNull(row);
        Object offsetNumber = offset.getFieldOrNull(row);
        if (topicName == null || partitionNumber == null || offsetNumber == null) {
            return null;
        }
        TimestampData ingested = (TimestampData) ingestedAt.getFieldOrNull(row);
        Integer rowNumber = (Integer) number.getFieldOrNull(row);
        return new SourceRecord(
                topicName.toString(),
                (Integer) partitionNumber,
                (Long) offsetNumber,
                ingested == null ? null : ingested.getMillisecond(),
                (Integer) schemaId.getFieldOrNull(row),
                rowNumber == null ? null : rowNumber.longValue());
    }

    private static RowData.FieldGetter getter(RowType table, String column, LogicalTypeRoot expected) {
        int position = table.getFieldIndex(column);
        if (position < 0) {
            return ABSENT;
        }
        if (!table.getTypeAt(position).is(expected)) {
            throw new ValidationException("The column " + column + " must be " + expected + ", not "
                    + table.getTypeAt(position) + ": dead letters take their coordinates from it.");
        }
        return RowData.createFieldGetter(table.getTypeAt(position), position);
    }
}
