package io.tidegate.connectors.opensearch;

import io.tidegate.common.Names;
import io.tidegate.common.Sha256;
import java.nio.charset.StandardCharsets;
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

/**
 * The {@code _id} of a row: the texts of its identity columns, joined; the same row always has the same id, and no two
 * identities have one. The proof makes the same text in Python: {@code tidegate/contracts/envelope.py}.
 */
final class DocumentId {

    private record Part(String column, RowData.FieldGetter getter, Function<Object, String> text) {}

    private static final int MAX_BYTES_OF_A_CHAR = 3;
    private static final int HASH_AT = Names.DOCUMENT_ID_MAX_BYTES - 64;

    private final List<Part> parts = new ArrayList<>();
    private final String delimiter;

    /**
     * Binds the identity to the table.
     *
     * @throws ValidationException if a column is missing or of a type without a stable text, or the delimiter can't be
     *     told from a value's own text
     */
    DocumentId(List<String> columns, String delimiter, RowType table) {
        if (delimiter.length() != 1 || delimiter.equals(Names.IDENTITY_ESCAPE)) {
            throw new ValidationException("document-id.key-delimiter must be one character, and not "
                    + Names.IDENTITY_ESCAPE + ", which escapes it in a value.");
        }
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

    /** The id of a row; null if one of its columns is null, or the whole is empty. */
    String of(RowData row) {
        StringJoiner id = new StringJoiner(delimiter);
        for (Part part : parts) {
            Object value = part.getter().getFieldOrNull(row);
            if (value == null) {
                return null;
            }
            String text = part.text().apply(value);
            id.add(parts.size() == 1 ? text : escaped(text));
        }
        return id.length() == 0 ? null : fitting(id.toString());
    }

    /** What {@link #of} may miss, in words. */
    String missing() {
        return "an identity column (" + String.join(", ", parts.stream().map(Part::column).toList()) + ") is null, or all are empty";
    }

    private String escaped(String text) {
        if (!text.contains(delimiter) && !text.contains(Names.IDENTITY_ESCAPE)) {
            return text;
        }
        return text.replace(Names.IDENTITY_ESCAPE, Names.IDENTITY_ESCAPE + Names.IDENTITY_ESCAPE)
                .replace(delimiter, Names.IDENTITY_ESCAPE + delimiter);
    }

    /** OpenSearch limits an id's bytes: a longer one ends in its SHA-256, and has all the bytes that none without it has. */
    private static String fitting(String id) {
        if (id.length() < Names.DOCUMENT_ID_MAX_BYTES / MAX_BYTES_OF_A_CHAR) {
            return id;
        }
        byte[] utf8 = id.getBytes(StandardCharsets.UTF_8);
        if (utf8.length < Names.DOCUMENT_ID_MAX_BYTES) {
            return id;
        }
        int end = HASH_AT - 1;
        while ((utf8[end] & 0xc0) == 0x80) {
            end--;
        }
        String start = new String(utf8, 0, end, StandardCharsets.UTF_8);
        return start + Names.IDENTITY_ESCAPE.repeat(HASH_AT - end) + Sha256.hexOf(utf8);
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
