package io.tidegate.connectors.opensearch;

import java.util.function.Function;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;

/** The external version of a document, from a whole number or a timestamp (its milliseconds). */
final class DocumentVersion {

    private final String column;
    private final RowData.FieldGetter getter;
    private final Function<Object, Long> number;

    /**
     * Binds the column to the table.
     *
     * @param column null if documents have no version
     * @throws ValidationException if the column is missing or of another type
     */
    DocumentVersion(String column, RowType table) {
        this.column = column;
        if (column == null) {
            getter = row -> null;
            number = value -> null;
            return;
        }
        int position = table.getFieldIndex(column);
        if (position < 0) {
            throw new ValidationException("sink.version-column '" + column + "' isn't in the table.");
        }
        LogicalType type = table.getTypeAt(position);
        getter = RowData.createFieldGetter(type, position);
        number = number(type);
    }

    boolean isUsed() {
        return column != null;
    }

    /** The version of a row; null if the column is null or there is none. */
    Long of(RowData row) {
        Object value = getter.getFieldOrNull(row);
        return value == null ? null : number.apply(value);
    }

    /** What {@link #of} may miss, in words. */
    String missing() {
        return "the version column '" + column + "' is null";
    }

    private static Function<Object, Long> number(LogicalType type) {
        return switch (type.getTypeRoot()) {
            case INTEGER, BIGINT -> value -> ((Number) value).longValue();
            case TIMESTAMP_WITHOUT_TIME_ZONE, TIMESTAMP_WITH_LOCAL_TIME_ZONE -> value ->
                    ((TimestampData) value).getMillisecond();
            default -> throw new ValidationException("sink.version-column must be INT, BIGINT or TIMESTAMP, not " + type);
        };
    }
}
