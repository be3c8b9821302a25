package io.tidegate.connectors.avro;

import io.tidegate.common.ErrorCode;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.apache.flink.avro.shaded.org.apache.avro.LogicalTypes;
import org.apache.flink.avro.shaded.org.apache.avro.Schema;
import org.apache.flink.avro.shaded.org.apache.avro.SchemaCompatibility;
import org.apache.flink.avro.shaded.org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.MapType;
import org.apache.flink.table.types.logical.RowType;

/**
 * Turns a writer's and a reader's schema into a {@link RecordReader}, once per pair, so that reading a record decides nothing
 * but its own bytes. All fields of the reader's schema are read, also those that no column asks for: whether a record is good
 * must not depend on the query.
 *
 * @see <a href="https://avro.apache.org/docs/1.12.0/specification/#schema-resolution">Avro: schema resolution</a>
 */
final class ReaderCompiler {
    private ReaderCompiler() {}

    /**
     * @param columns the table's columns, each named as a field of the reader's schema
     * @param extraColumns left empty at the end of each row, for metadata
     * @throws BadRecord SCHEMA_MISMATCH, if records of the writer cannot be read as the reader's
     */
    static RecordReader compile(Schema writer, Schema reader, RowType columns, int extraColumns) {
        Schema renamed = Schema.applyAliases(writer, reader);
        var verdict = SchemaCompatibility.checkReaderWriterCompatibility(reader, renamed);
        if (verdict.getType() != SchemaCompatibilityType.COMPATIBLE) {
            throw mismatch(verdict.getResult().getIncompatibilities().stream()
                    .map(each -> each.getType() + " at " + each.getLocation() + ": " + each.getMessage())
                    .collect(Collectors.joining("; ")));
        }
        if (renamed.getType() != Schema.Type.RECORD) {
            throw mismatch("the writer's schema is " + renamed.getType() + ", not a record");
        }
        return record(renamed, reader, columns, extraColumns);
    }

    private static ValueReader resolve(Schema writer, Schema reader, LogicalType column) {
        if (writer.getType() == Schema.Type.UNION) {
            return union(writer.getTypes().stream().map(branch -> resolve(branch, reader, column)).toList());
        }
        if (writer.getType() == Schema.Type.NULL) {
            return input -> null;
        }
        Schema target = AvroTypes.withoutNull(reader);
        requireSameMeaning(writer, target);
        return switch (target.getType()) {
            case RECORD -> record(writer, target, (RowType) column, 0);
            case ARRAY -> CollectionReaders.array(
                    Skipper.minBytes(writer.getElementType()),
                    resolve(writer.getElementType(), target.getElementType(), ((ArrayType) column).getElementType()));
            case MAP -> CollectionReaders.map(
                    resolve(writer.getValueType(), target.getValueType(), ((MapType) column).getValueType()));
            default -> ScalarReaders.of(writer.getType(), target);
        };
    }

    private static ValueReader union(List<ValueReader> readers) {
        ValueReader[] branches = readers.toArray(ValueReader[]::new);
        return input -> branches[input.readBranch(branches.length)].read(input);
    }

    private static RecordReader record(Schema writer, Schema reader, RowType columns, int extraColumns) {
        int fields = writer.getFields().size();
        var plan = new RecordReader(
                new String[fields], new ValueReader[fields], new int[fields], new Object[columns.getFieldCount() + extraColumns]);
        for (Schema.Field written : writer.getFields()) {
            Schema.Field wanted = reader.getField(written.name());
            int column = columns.getFieldIndex(written.name());
            plan.names()[written.pos()] = written.name();
            plan.columns()[written.pos()] = wanted == null ? -1 : column;
            plan.readers()[written.pos()] = wanted == null
                    ? Skipper.of(written.schema())
                    : resolve(written.schema(), wanted.schema(), columnType(columns, column, wanted.schema()));
        }
        for (Schema.Field wanted : reader.getFields()) {
            int column = columns.getFieldIndex(wanted.name());
            if (writer.getField(wanted.name()) == null && column >= 0) {
                plan.template()[column] = defaultValue(wanted, columns.getTypeAt(column));
            }
        }
        return plan;
    }

    private static LogicalType columnType(RowType columns, int column, Schema schema) {
        return column >= 0 ? columns.getTypeAt(column) : AvroTypes.columnType(schema);
    }

    /** The default as any other value: written by Avro, read by the reader of its schema. */
    static Object defaultValue(Schema.Field field, LogicalType column) {
        byte[] encoded = AvroTypes.encodedDefault(field);
        return resolve(field.schema(), field.schema(), column).read(new AvroInput(encoded, 0, encoded.length));
    }

    /** Avro resolves by the stored type alone, which would read cents as euros and microseconds as milliseconds. */
    private static void requireSameMeaning(Schema writer, Schema reader) {
        var written = writer.getLogicalType();
        var wanted = reader.getLogicalType();
        if (written == null || wanted == null) {
            return;
        }
        boolean sameScale = !(written instanceof LogicalTypes.Decimal from)
                || !(wanted instanceof LogicalTypes.Decimal to)
                || from.getScale() == to.getScale();
        if (!sameScale || !Objects.equals(written.getName(), wanted.getName())) {
            throw mismatch("the writer's " + writer + " means something else than the reader's " + reader);
        }
    }

    private static BadRecord mismatch(String message) {
        return new BadRecord(ErrorCode.SCHEMA_MISMATCH, message);
    }
}
