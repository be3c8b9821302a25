package io.tidegate.connectors.opensearch;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import java.util.function.Function;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;

/** The {@code _id} of a row: the texts of its identity columns, joined; the same row always has the same id. */
final class DocumentId {

    private record Part(String column, RowData.FieldGetter getter, Function<Object, String> text) {}

    private final List<Part> parts = new ArrayList<>();
    private final String delimiter;

    /**
     * Binds the identity to the table.
     *
     * @throws ValidationException if a column is missing or of a type without a stable text
     */
    DocumentId(List<String> columns, String delimiter, RowType table) {
        this.delimiter = delimiter;
        for (String column : columns) {
            int position = table.getFieldIndex(column);
            if (position < 0) {
                throw new ValidationException("The identity column '" + column + "' isn't in the table.");
            }
            LogicalType type = table.getTypeAt(position);
            parts.add(new Part(column, RowData.createFieldGetter(type, position), text(type)));
        }
    }

    /** The id of a row; null if one of its columns is null. */
    String of(RowData row) {
        StringJoiner id = new StringJoiner(delimiter);
        for (Part part : parts) {
            Object value = part.getter().getFieldOrNull(row);
            if (value == null) {
                return null;
            }
            id.add(part.text().apply(value));
        }
        return id.toString();
    }

    /** What {@link #of} may miss, in words. */
    String missing() {
        return "an identity column (" + String.join(", ", parts.stream().map(Part::column).toList()) + ") is null";
    }

    private static Function<Object, String> text(LogicalType type) {
        return switch (type.getTypeRoot()) {
            case CHAR, VARCHAR, BOOLEAN, TINYINT, SMALLINT, INTEGER, BIGINT, DECIMAL -> Object::toString;
            case DATE -> value -> LocalDate.ofEpochDay((Integer) value).toString();
            case TIMESTAMP_WITHOUT_TIME_ZONE, TIMESTAMP_WITH_LOCAL_TIME_ZONE -> value ->
                    Instant.ofEpochMilli(((TimestampData) value).getMillisecond()).toString();
            default -> throw new ValidationException(
                    "A column of type " + type + " can't be part of a document's id; use a string, number or time.");
        };
    }
}
