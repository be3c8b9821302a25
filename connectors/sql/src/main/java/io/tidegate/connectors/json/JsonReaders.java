package io.tidegate.connectors.json;

import io.tidegate.connectors.avro.AvroTypes;
import io.tidegate.connectors.avro.BadRecord;
import io.tidegate.connectors.avro.ReaderCompiler;
import io.tidegate.connectors.avro.SentNames;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.avro.shaded.org.apache.avro.LogicalTypes;
import org.apache.flink.avro.shaded.org.apache.avro.Schema;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.JsonParser;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.JsonToken;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericMapData;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.MapType;
import org.apache.flink.table.types.logical.RowType;

/**
 * Turns the contract's schema into a {@link JsonRecordReader}, once. All fields of the schema are read, also those that no
 * column asks for: whether a record is good must not depend on the query.
 */
final class JsonReaders {
    private final UnknownFields unknownFields;

    private JsonReaders(UnknownFields unknownFields) {
        this.unknownFields = unknownFields;
    }

    /**
     * @param columns the table's columns, each named as a field of the schema
     * @param extraColumns left empty at the end of each row, for metadata
     */
    static JsonRecordReader compile(Schema schema, RowType columns, int extraColumns, UnknownFields unknownFields) {
        return new JsonReaders(unknownFields).record(schema, columns, extraColumns);
    }

    private JsonRecordReader record(Schema schema, RowType columns, int extraColumns) {
        List<Schema.Field> fields = schema.getFields();
        int count = fields.size();
        var plan = new JsonRecordReader(
                SentNames.positions(fields), new String[count], new JsonValueReader[count], new int[count], new boolean[count],
                new Object[columns.getFieldCount() + extraColumns], unknownFields);
        for (Schema.Field field : fields) {
            int at = field.pos();
            int column = columns.getFieldIndex(field.name());
            LogicalType type = column >= 0 ? columns.getTypeAt(column) : AvroTypes.columnType(field.schema());
            plan.names()[at] = SentNames.of(field);
            plan.readers()[at] = value(field.schema(), type);
            plan.columns()[at] = column;
            plan.required()[at] = !field.hasDefaultValue();
            if (field.hasDefaultValue() && column >= 0) {
                plan.template()[column] = ReaderCompiler.defaultValue(field, type);
            }
        }
        return plan;
    }

    private JsonValueReader value(Schema schema, LogicalType column) {
        JsonValueReader reader = notNull(AvroTypes.withoutNull(schema), column);
        return AvroTypes.isNullable(schema) ? orNull(reader) : required(reader);
    }

    private static JsonValueReader orNull(JsonValueReader reader) {
        return (input, rescued) -> input.currentToken() == JsonToken.VALUE_NULL ? null : reader.read(input, rescued);
    }

    private static JsonValueReader required(JsonValueReader reader) {
        return (input, rescued) -> {
            if (input.currentToken() == JsonToken.VALUE_NULL) {
                throw JsonValues.bad("null, but the field may not be null");
            }
            return reader.read(input, rescued);
        };
    }

    private JsonValueReader notNull(Schema schema, LogicalType column) {
        return switch (schema.getType()) {
            case STRING -> (input, rescued) -> JsonScalars.string(input);
            case BOOLEAN -> (input, rescued) -> JsonScalars.bool(input);
            case INT -> schema.getLogicalType() instanceof LogicalTypes.Date
                    ? (input, rescued) -> JsonTimes.date(input)
                    : (input, rescued) -> JsonNumbers.int32(input);
            case LONG -> longReader(schema);
            case FLOAT -> (input, rescued) -> JsonNumbers.float32(input);
            case DOUBLE -> (input, rescued) -> JsonNumbers.float64(input);
            case BYTES -> schema.getLogicalType() instanceof LogicalTypes.Decimal decimal
                    ? decimalReader(decimal.getPrecision(), decimal.getScale())
                    : (input, rescued) -> JsonScalars.bytes(input);
            case ENUM -> symbolReader(Set.copyOf(schema.getEnumSymbols()));
            case FIXED -> fixedReader(schema);
            case ARRAY -> array(value(schema.getElementType(), ((ArrayType) column).getElementType()));
            case MAP -> map(value(schema.getValueType(), ((MapType) column).getValueType()));
            case RECORD -> record(schema, (RowType) column, 0);
            default -> throw new ValidationException("Format 'contract-json' cannot read " + schema
                    + ". Change the contract's schema to one of the types listed in connectors/README.md.");
        };
    }

    private static JsonValueReader symbolReader(Set<String> symbols) {
        return (input, rescued) -> JsonScalars.symbol(input, symbols);
    }

    private static JsonValueReader fixedReader(Schema schema) {
        if (schema.getLogicalType() instanceof LogicalTypes.Decimal decimal) {
            return decimalReader(decimal.getPrecision(), decimal.getScale());
        }
        int size = schema.getFixedSize();
        return AvroTypes.isUuid(schema)
                ? (input, rescued) -> JsonScalars.uuid(input)
                : (input, rescued) -> JsonScalars.bytes(input, size);
    }

    private static JsonValueReader longReader(Schema schema) {
        if (schema.getLogicalType() instanceof LogicalTypes.TimestampMillis) {
            return (input, rescued) -> JsonTimes.millis(input);
        }
        return schema.getLogicalType() instanceof LogicalTypes.TimestampMicros
                ? (input, rescued) -> JsonTimes.micros(input)
                : (input, rescued) -> JsonNumbers.int64(input);
    }

    private static JsonValueReader decimalReader(int precision, int scale) {
        return (input, rescued) -> JsonNumbers.decimal(input, precision, scale);
    }

    private static JsonValueReader array(JsonValueReader item) {
        return (input, rescued) -> {
            if (input.currentToken() != JsonToken.START_ARRAY) {
                throw JsonValues.isNot(input, "a list");
            }
            List<Object> items = new ArrayList<>();
            while (input.nextToken() != JsonToken.END_ARRAY) {
                int mark = rescued.size();
                try {
                    items.add(item.read(input, rescued));
                } catch (BadRecord bad) {
                    throw bad.inField("[" + items.size() + "]");
                }
                rescued.within(mark, items.size() - 1);
            }
            return new GenericArrayData(items.toArray());
        };
    }

    private static JsonValueReader map(JsonValueReader value) {
        return (input, rescued) -> {
            if (input.currentToken() != JsonToken.START_OBJECT) {
                throw JsonValues.isNot(input, "an object");
            }
            Map<Object, Object> entries = new HashMap<>();
            for (String key = input.nextFieldName(); key != null; key = input.nextFieldName()) {
                Object text = JsonScalars.text(key);
                if (entries.containsKey(text)) {
                    throw JsonValues.twice(key);
                }
                input.nextToken();
                int mark = rescued.size();
                entries.put(text, within(key, value, input, rescued));
                rescued.within(mark, key);
            }
            return new GenericMapData(entries);
        };
    }

    private static Object within(String place, JsonValueReader reader, JsonParser input, Rescued rescued) throws IOException {
        try {
            return reader.read(input, rescued);
        } catch (BadRecord bad) {
            throw bad.inField(JsonValues.shortened(place));
        }
    }
}
