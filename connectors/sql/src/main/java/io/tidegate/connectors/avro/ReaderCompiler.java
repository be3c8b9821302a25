package io.tidegate.connectors.avro;

import io.tidegate.common.ErrorCode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.avro.shaded.org.apache.avro.LogicalTypes;
import org.apache.flink.avro.shaded.org.apache.avro.Schema;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.MapType;
import org.apache.flink.table.types.logical.RowType;

/**
 * Turns a writer's and a reader's schema into a {@link RecordReader}, once per pair, so that reading a record decides nothing
 * but its own bytes. All fields of the reader's schema are read, also those that no column asks for: whether a record is good
 * must not depend on the query. {@code tidegate/avro/resolution.py} has the same rules, for the proof.
 *
 * @see <a href="https://avro.apache.org/docs/1.12.0/specification/#schema-resolution">Avro: schema resolution</a>
 */
public final class ReaderCompiler {
    private static final Set<String> MEANINGS = Set.of("timestamp-millis", "timestamp-micros", "date", "decimal");

    private ReaderCompiler() {}

    /**
     * @param columns the table's columns, each named as a field of the reader's schema
     * @param extraColumns left empty at the end of each row, for metadata
     * @throws BadRecord SCHEMA_MISMATCH, if records of the writer cannot be read as the reader's
     */
    static RecordReader compile(Schema writer, Schema reader, RowType columns, int extraColumns) {
        if (writer.getType() != Schema.Type.RECORD) {
            throw mismatch("the writer's schema is " + writer.getType() + ", not a record");
        }
        return record(writer, reader, columns, extraColumns);
    }

    private static ValueReader resolve(Schema writer, Schema reader, LogicalType column) {
        if (writer.getType() == Schema.Type.UNION) {
            return union(writer, reader, column);
        }
        if (writer.getType() == Schema.Type.NULL) {
            if (!AvroTypes.isNullable(reader)) {
                throw mismatch("null is written where the reader's schema allows none");
            }
            return input -> null;
        }
        Schema target = AvroTypes.withoutNull(reader);
        requireReadable(writer, target);
        requireSameMeaning(writer, target);
        return switch (target.getType()) {
            case RECORD -> record(writer, target, (RowType) column, 0);
            case ARRAY -> CollectionReaders.array(
                    Skipper.minBytes(writer.getElementType()),
                    resolve(writer.getElementType(), target.getElementType(), ((ArrayType) column).getElementType()));
            case MAP -> CollectionReaders.map(
                    resolve(writer.getValueType(), target.getValueType(), ((MapType) column).getValueType()));
            default -> ScalarReaders.of(writer, target);
        };
    }

    /** A null where the contract allows none is the fault of the records that have one, not of all that could. */
    private static ValueReader union(Schema writer, Schema reader, LogicalType column) {
        List<Schema> types = writer.getTypes();
        boolean refusesNull = types.size() > 1 && !AvroTypes.isNullable(reader);
        ValueReader[] branches = new ValueReader[types.size()];
        for (int i = 0; i < branches.length; i++) {
            boolean refused = refusesNull && types.get(i).getType() == Schema.Type.NULL;
            branches[i] = refused ? ReaderCompiler::refuseNull : resolve(types.get(i), reader, column);
        }
        return input -> branches[input.readBranch(branches.length)].read(input);
    }

    private static Object refuseNull(AvroInput input) {
        throw new BadRecord(ErrorCode.BAD_VALUE, "null, which the contract does not allow");
    }

    private static RecordReader record(Schema writer, Schema reader, RowType columns, int extraColumns) {
        requireSameName(writer, reader);
        Map<String, Schema.Field> wantedFields = wantedByWrittenName(writer, reader);
        int fields = writer.getFields().size();
        var plan = new RecordReader(
                new String[fields], new ValueReader[fields], new int[fields], new Object[columns.getFieldCount() + extraColumns]);
        for (Schema.Field written : writer.getFields()) {
            Schema.Field wanted = wantedFields.get(written.name());
            int column = wanted == null ? -1 : columns.getFieldIndex(wanted.name());
            plan.names()[written.pos()] = written.name();
            plan.columns()[written.pos()] = column;
            plan.readers()[written.pos()] = wanted == null
                    ? Skipper.of(written.schema())
                    : inField(written.name(), written.schema(), wanted.schema(), columnType(columns, column, wanted.schema()));
        }
        for (Schema.Field missing : reader.getFields()) {
            if (!wantedFields.containsValue(missing)) {
                setDefault(missing, columns, plan.template());
            }
        }
        return plan;
    }

    private static ValueReader inField(String name, Schema writer, Schema reader, LogicalType column) {
        try {
            return resolve(writer, reader, column);
        } catch (BadRecord mismatch) {
            throw mismatch.inField(name);
        }
    }

    private static void setDefault(Schema.Field missing, RowType columns, Object[] template) {
        if (!missing.hasDefaultValue()) {
            throw mismatch("field '" + missing.name() + "' is not written and has no default");
        }
        int column = columns.getFieldIndex(missing.name());
        if (column >= 0) {
            template[column] = defaultValue(missing, columns.getTypeAt(column));
        }
    }

    /** The reader's field that each written one is for. An alias counts where the name is missing, and is nobody's name. */
    private static Map<String, Schema.Field> wantedByWrittenName(Schema writer, Schema reader) {
        Map<String, Schema.Field> wanted = new HashMap<>();
        for (Schema.Field field : reader.getFields()) {
            if (writer.getField(field.name()) != null) {
                wanted.put(field.name(), field);
            }
        }
        for (Schema.Field field : reader.getFields()) {
            if (writer.getField(field.name()) == null) {
                field.aliases().stream()
                        .filter(alias -> writer.getField(alias) != null && !wanted.containsKey(alias))
                        .findFirst().ifPresent(alias -> wanted.put(alias, field));
            }
        }
        return wanted;
    }

    /** By the name without its namespace, as Avro compares records, or by one of the reader's aliases. */
    private static void requireSameName(Schema writer, Schema reader) {
        boolean sameName = writer.getName().equals(reader.getName())
                || reader.getAliases().stream().anyMatch(alias -> writer.getName().equals(alias.substring(alias.lastIndexOf('.') + 1)));
        if (!sameName) {
            throw mismatch("record " + writer.getFullName() + " is written where the reader has " + reader.getFullName());
        }
    }

    private static void requireReadable(Schema writer, Schema target) {
        Schema.Type written = AvroTypes.readAs(writer);
        boolean readable = switch (AvroTypes.readAs(target)) {
            case LONG -> written == Schema.Type.INT;
            case FLOAT -> written == Schema.Type.INT || written == Schema.Type.LONG;
            case DOUBLE -> written == Schema.Type.INT || written == Schema.Type.LONG || written == Schema.Type.FLOAT;
            case STRING -> writer.getType() == Schema.Type.BYTES;
            case BYTES -> writer.getType() == Schema.Type.STRING || writer.getType() == Schema.Type.FIXED;
            default -> false;
        };
        if (written != AvroTypes.readAs(target) && !readable) {
            throw mismatch(writer.getType() + " is written where the reader has " + target.getType());
        }
    }

    private static LogicalType columnType(RowType columns, int column, Schema schema) {
        return column >= 0 ? columns.getTypeAt(column) : AvroTypes.columnType(schema);
    }

    /** The default as any other value: written by Avro, read by the reader of its schema. */
    public static Object defaultValue(Schema.Field field, LogicalType column) {
        byte[] encoded = AvroTypes.encodedDefault(field);
        return resolve(field.schema(), field.schema(), column).read(new AvroInput(encoded, 0, encoded.length));
    }

    /**
     * Avro resolves by the stored type alone, which would read cents as euros, microseconds as milliseconds, and a text as the
     * digits of a decimal. A name that Avro does not know says that the value means something else, too.
     */
    private static void requireSameMeaning(Schema writer, Schema target) {
        String written = writer.getProp("logicalType");
        String wanted = target.getProp("logicalType");
        boolean clash = written != null && wanted != null && MEANINGS.contains(wanted) && !written.equals(wanted);
        if (target.getLogicalType() instanceof LogicalTypes.Decimal decimal) {
            boolean digits = writer.getType() == Schema.Type.BYTES || writer.getType() == Schema.Type.FIXED;
            clash |= !digits || written != null && !hasScale(writer, decimal.getScale());
        } else if (AvroTypes.readAs(target) == Schema.Type.STRING) {
            clash |= writer.getType() == Schema.Type.BYTES && "decimal".equals(written);
        }
        if (clash) {
            throw mismatch("the writer's " + writer + " means something else than the reader's " + target);
        }
    }

    private static boolean hasScale(Schema decimal, int scale) {
        Object written = decimal.getObjectProp("scale");
        return written == null ? scale == 0 : written.equals(scale);
    }

    private static BadRecord mismatch(String message) {
        return new BadRecord(ErrorCode.SCHEMA_MISMATCH, message);
    }
}
