package io.tidegate.connectors.avro;

import org.apache.flink.avro.shaded.org.apache.avro.LogicalTypes;
import org.apache.flink.avro.shaded.org.apache.avro.Schema;
import org.apache.flink.table.api.TableRuntimeException;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.MapData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.MapType;
import org.apache.flink.table.types.logical.RowType;

/** Turns a schema and a table's columns into a {@link RecordWriter}, once per task. */
final class WriterCompiler {
    private WriterCompiler() {}

    static RecordWriter compile(Schema schema, RowType columns) {
        return record("", schema, columns);
    }

    private static RecordWriter record(String path, Schema schema, RowType columns) {
        int fields = schema.getFields().size();
        var plan = new RecordWriter(new RowData.FieldGetter[fields], new ValueWriter[fields]);
        for (Schema.Field field : schema.getFields()) {
            int column = columns.getFieldIndex(field.name());
            LogicalType type = column < 0 ? AvroTypes.columnType(field.schema()) : columns.getTypeAt(column);
            plan.getters()[field.pos()] = column < 0 ? constantDefault(field) : RowData.createFieldGetter(type, column);
            plan.writers()[field.pos()] = writer(path + field.name(), field.schema(), type);
        }
        return plan;
    }

    private static RowData.FieldGetter constantDefault(Schema.Field field) {
        if (!field.hasDefaultValue()) {
            throw new ValidationException("Field '" + field.name() + "' has neither a column nor a default. Add the column.");
        }
        Object value = ReaderCompiler.defaultValue(field, AvroTypes.columnType(field.schema()));
        return row -> value;
    }

    private static ValueWriter writer(String path, Schema schema, LogicalType column) {
        Schema value = AvroTypes.withoutNull(schema);
        ValueWriter writer = valueWriter(path, value, column);
        return schema == value ? required(path, writer) : nullable(schema.getTypes().indexOf(value), writer);
    }

    private static ValueWriter required(String path, ValueWriter writer) {
        return (value, output) -> {
            if (value == null) {
                throw new TableRuntimeException("Column '" + path + "' is NULL, but its Avro schema allows no null."
                        + " Make the field a union with null, or filter such rows before the sink.");
            }
            writer.write(value, output);
        };
    }

    private static ValueWriter nullable(int valueBranch, ValueWriter writer) {
        int nullBranch = 1 - valueBranch;
        return (value, output) -> {
            output.writeLong(value == null ? nullBranch : valueBranch);
            if (value != null) {
                writer.write(value, output);
            }
        };
    }

    private static ValueWriter valueWriter(String path, Schema schema, LogicalType column) {
        return switch (schema.getType()) {
            case BOOLEAN -> (value, output) -> output.writeByte((Boolean) value ? 1 : 0);
            case INT -> (value, output) -> output.writeLong((Integer) value);
            case LONG -> longWriter(schema);
            case FLOAT -> (value, output) -> output.writeFloat((Float) value);
            case DOUBLE -> (value, output) -> output.writeDouble((Double) value);
            case STRING -> (value, output) -> output.writeString((StringData) value);
            case BYTES -> schema.getLogicalType() instanceof LogicalTypes.Decimal
                    ? (value, output) -> writeDecimal((DecimalData) value, output)
                    : (value, output) -> output.writeBytes((byte[]) value);
            case ARRAY -> arrayWriter(path + "[]", schema.getElementType(), ((ArrayType) column).getElementType());
            case MAP -> mapWriter(path + "[]", schema.getValueType(), ((MapType) column).getValueType());
            case RECORD -> record(path + ".", schema, (RowType) column);
            default -> throw new ValidationException("Format 'contract-avro' cannot write " + schema
                    + ". Change the schema to one of the types listed in connectors/README.md.");
        };
    }

    private static ValueWriter longWriter(Schema schema) {
        if (schema.getLogicalType() instanceof LogicalTypes.TimestampMillis) {
            return (value, output) -> output.writeLong(((TimestampData) value).getMillisecond());
        }
        if (schema.getLogicalType() instanceof LogicalTypes.TimestampMicros) {
            return (value, output) -> output.writeLong(micros((TimestampData) value));
        }
        return (value, output) -> output.writeLong((Long) value);
    }

    private static long micros(TimestampData timestamp) {
        return Math.addExact(Math.multiplyExact(timestamp.getMillisecond(), 1000L), timestamp.getNanoOfMillisecond() / 1000);
    }

    private static void writeDecimal(DecimalData decimal, AvroOutput output) {
        if (decimal.isCompact()) {
            output.writeUnscaled(decimal.toUnscaledLong());
        } else {
            output.writeBytes(decimal.toUnscaledBytes());
        }
    }

    private static ValueWriter arrayWriter(String path, Schema elementSchema, LogicalType elementType) {
        ArrayData.ElementGetter getter = ArrayData.createElementGetter(elementType);
        ValueWriter element = writer(path, elementSchema, elementType);
        return (value, output) -> {
            ArrayData array = (ArrayData) value;
            if (array.size() > 0) {
                output.writeLong(array.size());
            }
            for (int i = 0; i < array.size(); i++) {
                element.write(getter.getElementOrNull(array, i), output);
            }
            output.writeLong(0);
        };
    }

    private static ValueWriter mapWriter(String path, Schema valueSchema, LogicalType valueType) {
        ArrayData.ElementGetter getter = ArrayData.createElementGetter(valueType);
        ValueWriter writer = writer(path, valueSchema, valueType);
        return (value, output) -> {
            MapData map = (MapData) value;
            ArrayData keys = map.keyArray();
            ArrayData values = map.valueArray();
            if (map.size() > 0) {
                output.writeLong(map.size());
            }
            for (int i = 0; i < map.size(); i++) {
                output.writeString(keys.getString(i));
                writer.write(getter.getElementOrNull(values, i), output);
            }
            output.writeLong(0);
        };
    }
}
