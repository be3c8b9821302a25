package io.tidegate.connectors.avro;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.apache.flink.avro.shaded.org.apache.avro.Schema;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.junit.jupiter.api.Test;

class ColumnsTest {
    private static final Schema SCHEMA = AvroTypes.parseContract("contract-avro.schema", """
            {"type": "record", "name": "Thing", "fields": [
              {"name": "id", "type": "string"},
              {"name": "price", "type": {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 2}},
              {"name": "note", "type": ["null", "string"], "default": null}]}""");

    @Test
    void someOfTheFieldsWithTheirTypesAreFine() {
        assertDoesNotThrow(() -> Columns.requireReadable(SCHEMA, columns("price", DataTypes.DECIMAL(12, 2))));
        assertDoesNotThrow(() -> Columns.requireWritable(SCHEMA, RowType.of(
                new LogicalType[] {
                    DataTypes.STRING().getLogicalType(), DataTypes.DECIMAL(12, 2).getLogicalType()
                },
                new String[] {"id", "price"})));
    }

    @Test
    void everyMismatchIsNamedWithItsRemedy() {
        assertRefused("'amount' is no field", columns("amount", DataTypes.STRING()));
        assertRefused("makes it DECIMAL(12, 2)", columns("price", DataTypes.DECIMAL(12, 3)));
        assertRefused("Declare it without NOT NULL", columns("id", DataTypes.STRING().notNull()));
    }

    @Test
    void aFieldWithoutColumnOrDefaultCannotBeWritten() {
        var error = assertThrows(
                ValidationException.class, () -> Columns.requireWritable(SCHEMA, columns("id", DataTypes.STRING())));
        assertTrue(error.getMessage().contains("'price'"), error.getMessage());
    }

    @Test
    void schemasThatNoColumnHoldsAreRefused() {
        String template = "{\"type\": \"record\", \"name\": \"T\", \"fields\": [{\"name\": \"f\", \"type\": %s}]}";
        for (String type : new String[] {"[\"null\", \"T\"]", "[\"int\", \"string\"]", "\"null\""}) {
            assertThrows(ValidationException.class, () -> AvroTypes.parseContract("contract-avro.schema", template.formatted(type)), type);
        }
        assertThrows(ValidationException.class, () -> AvroTypes.parseContract("contract-avro.schema", "\"string\""));
        assertThrows(ValidationException.class, () -> AvroTypes.parseContract("contract-avro.schema", "no json"));
    }

    private static void assertRefused(String message, RowType columns) {
        var error = assertThrows(ValidationException.class, () -> Columns.requireReadable(SCHEMA, columns));
        assertTrue(error.getMessage().contains(message), error.getMessage());
    }

    private static RowType columns(String name, DataType type) {
        return (RowType) DataTypes.ROW(DataTypes.FIELD(name, type)).getLogicalType();
    }
}
