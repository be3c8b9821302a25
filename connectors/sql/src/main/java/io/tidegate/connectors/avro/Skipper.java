package io.tidegate.connectors.avro;

import java.util.IdentityHashMap;
import java.util.Map;
import org.apache.flink.avro.shaded.org.apache.avro.Schema;

/** Readers that pass over what the contract does not have. They check the structure, not the text of strings. */
final class Skipper {
    private final Map<Schema, ValueReader> records = new IdentityHashMap<>();

    private Skipper() {}

    static ValueReader of(Schema schema) {
        return new Skipper().compile(schema);
    }

    /** A lower bound for the bytes of one value; 0 only for values that may take none. */
    static int minBytes(Schema schema) {
        return switch (schema.getType()) {
            case NULL -> 0;
            case RECORD -> schema.getFields().stream().anyMatch(field -> isStored(field.schema())) ? 1 : 0;
            case FLOAT -> Float.BYTES;
            case DOUBLE -> Double.BYTES;
            case FIXED -> schema.getFixedSize();
            default -> 1;
        };
    }

    private static boolean isStored(Schema schema) {
        return schema.getType() != Schema.Type.RECORD && minBytes(schema) > 0;
    }

    private ValueReader compile(Schema schema) {
        return switch (schema.getType()) {
            case NULL -> input -> null;
            case BOOLEAN -> AvroInput::readBoolean;
            case INT, ENUM -> AvroInput::readInt;
            case LONG -> AvroInput::readLong;
            case FLOAT, DOUBLE, FIXED -> skip(minBytes(schema));
            case STRING, BYTES -> input -> {
                input.skip(input.readLength());
                return null;
            };
            case UNION -> union(schema);
            case ARRAY -> blocks(minBytes(schema.getElementType()), compile(schema.getElementType()));
            case MAP -> blocks(1, map(schema));
            case RECORD -> record(schema);
        };
    }

    private static ValueReader skip(int length) {
        return input -> {
            input.skip(length);
            return null;
        };
    }

    private ValueReader union(Schema schema) {
        ValueReader[] branches = schema.getTypes().stream().map(this::compile).toArray(ValueReader[]::new);
        return input -> branches[input.readBranch(branches.length)].read(input);
    }

    private ValueReader map(Schema schema) {
        ValueReader value = compile(schema.getValueType());
        return input -> {
            input.skip(input.readLength());
            return value.read(input);
        };
    }

    private static ValueReader blocks(int minItemBytes, ValueReader item) {
        return input -> {
            input.enter();
            for (int count = input.readBlockCount(minItemBytes); count > 0; count = input.readBlockCount(minItemBytes)) {
                for (int i = 0; i < count; i++) {
                    item.read(input);
                }
            }
            input.leave();
            return null;
        };
    }

    private ValueReader record(Schema schema) {
        ValueReader known = records.get(schema);
        if (known != null) {
            return known;
        }
        ValueReader[] fields = new ValueReader[schema.getFields().size()];
        ValueReader reader = input -> {
            input.enter();
            for (ValueReader field : fields) {
                field.read(input);
            }
            input.leave();
            return null;
        };
        records.put(schema, reader);
        for (Schema.Field field : schema.getFields()) {
            fields[field.pos()] = compile(field.schema());
        }
        return reader;
    }
}
