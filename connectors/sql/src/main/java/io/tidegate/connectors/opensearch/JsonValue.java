package io.tidegate.connectors.opensearch;

import io.tidegate.common.Names;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.MapData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeFamily;
import org.apache.flink.table.types.logical.MapType;
import org.apache.flink.table.types.logical.RowType;

/** Writes one non-null value of one SQL type, given in Flink's internal form, as JSON. */
@FunctionalInterface
interface JsonValue {

    /** Lucene refuses terms over 32,766 bytes; of a map each entry is one, with the field's name before it. */
    int MAX_ENTRY_BYTES = 32_000;

    int MILLIS_PER_DAY = 86_400_000;

    void write(Object value, JsonBuffer out);

    /**
     * The writer of a type.
     *
     * @throws ValidationException if documents have no form for the type
     */
    static JsonValue of(LogicalType type) {
        return of(type, null);
    }

    /** As {@link #of(LogicalType)}; {@code path} is the field's name in the document, null inside a map. */
    private static JsonValue of(LogicalType type, String path) {
        return switch (type.getTypeRoot()) {
            case CHAR, VARCHAR -> (value, out) -> out.string(((StringData) value).toBytes());
            case BOOLEAN, TINYINT, SMALLINT, INTEGER, BIGINT -> (value, out) -> out.ascii(value.toString());
            case FLOAT, DOUBLE -> JsonValue::writeFloating;
            case DECIMAL -> (value, out) -> out.ascii(((DecimalData) value).toBigDecimal().toPlainString());
            case BINARY, VARBINARY -> (value, out) ->
                    out.raw('"').raw(Base64.getEncoder().encode((byte[]) value)).raw('"');
            case DATE -> (value, out) -> out.raw('"').ascii(out.date((Integer) value)).raw('"');
            case TIME_WITHOUT_TIME_ZONE -> JsonValue::writeTime;
            case TIMESTAMP_WITHOUT_TIME_ZONE, TIMESTAMP_WITH_LOCAL_TIME_ZONE -> (value, out) ->
                    out.timestamp(((TimestampData) value).getMillisecond());
            case ARRAY -> array((ArrayType) type, path);
            case MAP -> map((MapType) type, path);
            case ROW -> row((RowType) type, path);
            default -> throw new ValidationException(
                    "opensearch-bulk can't write the type " + type + "; cast the column to STRING or leave it out.");
        };
    }

    /** An object of the row's fields by name; null fields are left out. */
    static JsonValue row(RowType type) {
        return row(type, "");
    }

    /**
     * A whole document: a row, and behind its fields the map entries that are too long to be searched. The mapping keeps
     * them without looking at them; OpenSearch has no {@code ignore_above} for a {@code flat_object}.
     */
    static JsonValue document(RowType type) {
        JsonValue row = row(type, "");
        return (value, out) -> {
            int start = out.length();
            row.write(value, out);
            List<byte[]> aside = out.takeAside();
            if (!aside.isEmpty()) {
                out.reopen(start).string(Names.UNINDEXED).raw(':');
                char before = '[';
                for (byte[] entry : aside) {
                    out.raw(before).raw(entry);
                    before = ',';
                }
                out.ascii("]}");
            }
        };
    }

    private static JsonValue row(RowType type, String path) {
        List<RowField> fields = new ArrayList<>();
        for (int i = 0; i < type.getFieldCount(); i++) {
            fields.add(RowField.of(type, i, path));
        }
        return (value, out) -> {
            out.raw('{');
            boolean first = true;
            for (RowField field : fields) {
                Object content = field.getter().getFieldOrNull((RowData) value);
                if (content != null) {
                    out.raw(first ? field.firstPrefix() : field.prefix());
                    field.content().write(content, out);
                    first = false;
                }
            }
            out.raw('}');
        };
    }

    private static JsonValue array(ArrayType type, String path) {
        ArrayData.ElementGetter getter = ArrayData.createElementGetter(type.getElementType());
        JsonValue content = of(type.getElementType(), path);
        return (value, out) -> {
            ArrayData array = (ArrayData) value;
            out.raw('[');
            for (int i = 0; i < array.size(); i++) {
                if (i > 0) {
                    out.raw(',');
                }
                Object element = getter.getElementOrNull(array, i);
                if (element == null) {
                    out.ascii("null");
                } else {
                    content.write(element, out);
                }
            }
            out.raw(']');
        };
    }

    private static JsonValue map(MapType type, String path) {
        if (!type.getKeyType().is(LogicalTypeFamily.CHARACTER_STRING)) {
            throw new ValidationException(
                    "opensearch-bulk writes a map as an object, so its keys must be STRING, not " + type.getKeyType());
        }
        ArrayData.ElementGetter keys = ArrayData.createElementGetter(type.getKeyType());
        ArrayData.ElementGetter values = ArrayData.createElementGetter(type.getValueType());
        JsonValue content = of(type.getValueType());
        return (value, out) -> {
            MapData map = (MapData) value;
            ArrayData keyArray = map.keyArray();
            ArrayData valueArray = map.valueArray();
            out.raw('{');
            boolean first = true;
            for (int i = 0; i < map.size(); i++) {
                Object key = keys.getElementOrNull(keyArray, i);
                Object element = values.getElementOrNull(valueArray, i);
                if (key != null && element != null) {
                    int start = out.length();
                    out.ascii(first ? "" : ",");
                    int entry = out.length();
                    out.string(((StringData) key).toBytes()).raw(':');
                    content.write(element, out);
                    if (path != null && out.length() - entry > MAX_ENTRY_BYTES) {
                        out.setAside(path, entry);
                        out.truncate(start);
                    } else {
                        first = false;
                    }
                }
            }
            out.raw('}');
        };
    }

    /** Avro's time may be any number: one that is no time of day is a string that no mapping takes. */
    private static void writeTime(Object value, JsonBuffer out) {
        int millis = (Integer) value;
        out.raw('"');
        if (millis >= 0 && millis < MILLIS_PER_DAY) {
            out.time(millis);
        } else {
            out.ascii(value.toString());
        }
        out.raw('"');
    }

    /** JSON has no NaN or infinity: as a string the mapping refuses it, and the document is dead-lettered with its cause. */
    private static void writeFloating(Object value, JsonBuffer out) {
        if (Double.isFinite(((Number) value).doubleValue())) {
            out.ascii(value.toString());
        } else {
            out.raw('"').ascii(value.toString()).raw('"');
        }
    }

    /** One field of an object: its quoted name with and without the comma before it. */
    record RowField(RowData.FieldGetter getter, JsonValue content, byte[] firstPrefix, byte[] prefix) {

        static RowField of(RowType type, int position, String path) {
            LogicalType fieldType = type.getTypeAt(position);
            String name = type.getFieldNames().get(position);
            String inner = path == null ? null : path.isEmpty() ? name : path + "." + name;
            byte[] first = new JsonBuffer().string(name).raw(':').toBytes();
            byte[] next = new JsonBuffer().raw(',').string(name).raw(':').toBytes();
            return new RowField(RowData.createFieldGetter(fieldType, position), JsonValue.of(fieldType, inner), first, next);
        }
    }
}
