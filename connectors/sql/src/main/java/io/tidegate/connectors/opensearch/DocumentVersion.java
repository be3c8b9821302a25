package io.tidegate.connectors.opensearch;

import java.util.function.Function;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;

/**
 * The external version of a document: the same for all, or from a whole number or a timestamp (its microseconds). What is
 * before 1970 is 0: OpenSearch takes no negative version, and would refuse the whole request.
 */
final class DocumentVersion {

    /** In the year 2255. */
    private static final long FARTHEST_MS = 9_000_000_000_000L;

    private final String column;
    private final Long fixed;
    private final RowData.FieldGetter getter;
    private final Function<Object, Long> number;

    /**
     * Binds the column to the table.
     *
     * @throws ValidationException if the column is missing or of another type
     */
    DocumentVersion(DocumentLayout.Version version, RowType table) {
        column = version.column();
        fixed = version.fixed();
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
        return column != null || fixed != null;
    }

    /** The version of a row; null if the column is null or there is none. */
    Long of(RowData row) {
        if (fixed != null) {
            return fixed;
        }
        Object value = getter.getFieldOrNull(row);
        return value == null ? null : Long.valueOf(Math.max(0, number.apply(value)));
    }

    /** What {@link #of} may miss, in words. */
    String missing() {
        return "the version column '" + column + "' is null";
    }

    /** A time of nonsense, as a producer may stamp one, fails nothing and leaves room above it. */
    private static long micros(TimestampData time) {
        return Math.max(0, Math.min(time.getMillisecond(), FARTHEST_MS)) * 1_000 + time.getNanoOfMillisecond() / 1_000;
    }

    private static Function<Object, Long> number(LogicalType type) {
        return switch (type.getTypeRoot()) {
            case INTEGER, BIGINT -> value -> ((Number) value).longValue();
            case TIMESTAMP_WITHOUT_TIME_ZONE, TIMESTAMP_WITH_LOCAL_TIME_ZONE -> value ->
                    micros((TimestampData) value);
            default -> throw new ValidationException("sink.version-column must be INT, BIGINT or TIMESTAMP, not " + type);
        };
    }
}
