package io.tidegate.connectors.avro;

import java.util.List;
import org.apache.flink.avro.shaded.org.apache.avro.Schema;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeFamily;
import org.apache.flink.table.types.logical.LogicalTypeRoot;
import org.apache.flink.table.types.logical.RowType;

/** Checks a table's columns against the contract's schema, before a job starts. */
public final class Columns {
    private Columns() {}

    /** Every column must be a field of the schema; it may be null, because a record may be undecodable. */
    public static void requireReadable(Schema schema, RowType columns) {
        requireFields("", (RowType) AvroTypes.columnType(schema), columns);
        for (RowType.RowField column : columns.getFields()) {
            if (!column.getType().isNullable()) {
                throw new ValidationException("Column '" + column.getName() + "' is NOT NULL, but is null for a record that"
                        + " cannot be decoded. Declare it without NOT NULL and filter on `value.error-code`.");
            }
        }
    }

    /** Every column must be a field of the schema, and every field without a default must have a column. */
    static void requireWritable(Schema schema, RowType columns) {
        requireFields("", (RowType) AvroTypes.columnType(schema), columns);
        for (Schema.Field field : schema.getFields()) {
            if (!field.hasDefaultValue() && columns.getFieldIndex(field.name()) < 0) {
                throw new ValidationException("Field '" + field.name() + "' of " + schema.getFullName()
                        + " has neither a column nor a default. Add the column to the table.");
            }
        }
    }

    private static void requireFields(String path, RowType fields, RowType columns) {
        for (RowType.RowField column : columns.getFields()) {
            int index = fields.getFieldIndex(column.getName());
            if (index < 0) {
                throw new ValidationException("Column '" + path + column.getName() + "' is no field of the contract's schema,"
                        + " which has " + fields.getFieldNames() + ". Rename or remove the column.");
            }
            requireSame(path + column.getName(), fields.getTypeAt(index), column.getType());
        }
    }

    private static void requireSame(String path, LogicalType field, LogicalType column) {
        boolean bothText = field.is(LogicalTypeFamily.CHARACTER_STRING) && column.is(LogicalTypeFamily.CHARACTER_STRING);
        if (field.is(LogicalTypeRoot.ROW) && column.is(LogicalTypeRoot.ROW)) {
            requireFields(path + ".", (RowType) field, (RowType) column);
        } else if (isCollection(field) && column.getTypeRoot() == field.getTypeRoot()) {
            List<LogicalType> parts = field.getChildren();
            for (int i = 0; i < parts.size(); i++) {
                requireSame(path + "[]", parts.get(i), column.getChildren().get(i));
            }
        } else if (!bothText && !field.copy(true).equals(column.copy(true))) {
            throw new ValidationException("Column '" + path + "' is " + column.asSummaryString() + ", but the contract's schema"
                    + " makes it " + field.asSummaryString() + ". Declare it so.");
        }
    }

    private static boolean isCollection(LogicalType type) {
        return type.is(LogicalTypeRoot.ARRAY) || type.is(LogicalTypeRoot.MAP);
    }
}
