package io.tidegate.connectors.avro;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.MapData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.LocalZonedTimestampType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.MapType;
import org.apache.flink.table.types.logical.RowType;

/** Decoded values as JSON, each so that no two values look the same: what the tests in Python compare with. */
public final class Shown {
    private Shown() {}

    /** The columns of a row. */
    public static List<Object> shown(RowData row, RowType type) {
        List<Object> fields = new ArrayList<>();
        for (int i = 0; i < type.getFieldCount(); i++) {
            LogicalType field = type.getTypeAt(i);
            fields.add(shown(RowData.createFieldGetter(field.copy(true), i).getFieldOrNull(row), field));
        }
        return fields;
    }

    private static Object shown(Object value, LogicalType type) {
        if (value == null) {
            return null;
        }
        return switch (type.getTypeRoot()) {
            case FLOAT -> Float.floatToIntBits((Float) value);
            case DOUBLE -> Long.toString(Double.doubleToLongBits((Double) value));
            case VARBINARY -> HexFormat.of().formatHex((byte[]) value);
            case DECIMAL -> new BigInteger(((org.apache.flink.table.data.DecimalData) value).toUnscaledBytes()).toString();
            case TIMESTAMP_WITH_LOCAL_TIME_ZONE -> shown((TimestampData) value, (LocalZonedTimestampType) type);
            case ARRAY -> shown((ArrayData) value, ((ArrayType) type).getElementType());
            case MAP -> shown((MapData) value, ((MapType) type).getValueType());
            case ROW -> shown((RowData) value, (RowType) type);
            case BOOLEAN -> value;
            default -> value.toString();
        };
    }

    private static String shown(TimestampData value, LocalZonedTimestampType type) {
        BigInteger millis = BigInteger.valueOf(value.getMillisecond());
        BigInteger micros = millis.multiply(BigInteger.valueOf(1000)).add(BigInteger.valueOf(value.getNanoOfMillisecond() / 1000));
        return (type.getPrecision() == 3 ? millis : micros).toString();
    }

    private static List<Object> shown(ArrayData items, LogicalType type) {
        ArrayData.ElementGetter getter = ArrayData.createElementGetter(type.copy(true));
        List<Object> shown = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            shown.add(shown(getter.getElementOrNull(items, i), type));
        }
        return shown;
    }

    private static Map<String, Object> shown(MapData map, LogicalType type) {
        List<Object> values = shown(map.valueArray(), type);
        Map<String, Object> shown = new TreeMap<>();
        for (int i = 0; i < values.size(); i++) {
            shown.put(map.keyArray().getString(i).toString(), values.get(i));
        }
        return shown;
    }
}
