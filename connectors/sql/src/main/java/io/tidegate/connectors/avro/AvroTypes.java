package io.tidegate.connectors.avro;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.avro.shaded.org.apache.avro.LogicalTypes;
import org.apache.flink.avro.shaded.org.apache.avro.Schema;
import org.apache.flink.avro.shaded.org.apache.avro.SchemaParseException;
import org.apache.flink.avro.shaded.org.apache.avro.generic.GenericData;
import org.apache.flink.avro.shaded.org.apache.avro.generic.GenericDatumWriter;
import org.apache.flink.avro.shaded.org.apache.avro.io.BinaryEncoder;
import org.apache.flink.avro.shaded.org.apache.avro.io.EncoderFactory;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.BooleanType;
import org.apache.flink.table.types.logical.DateType;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.DoubleType;
import org.apache.flink.table.types.logical.FloatType;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.LocalZonedTimestampType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.MapType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.VarBinaryType;
import org.apache.flink.table.types.logical.VarCharType;

/** How Avro's types map to columns. */
public final class AvroTypes {
    /** What a text is stored as, in a fixed of another team's schema. */
    static final int UUID_BYTES = 16;

    private static final int MAX_DEPTH = 16;

    private AvroTypes() {}

    /** @throws ValidationException if the text is no Avro record schema that columns can hold */
    public static Schema parseContract(String option, String json) {
        try {
            Schema schema = new Schema.Parser().parse(json);
            if (schema.getType() != Schema.Type.RECORD) {
                throw new ValidationException("Option '" + option + "' must be an Avro record, but is a "
                        + schema.getType() + ". Give the content of the contract's .avsc file.");
            }
            columnType(schema);
            return schema;
        } catch (SchemaParseException e) {
            throw new ValidationException("Option '" + option + "' is no Avro schema: " + e.getMessage()
                    + ". Give the content of the contract's .avsc file.", e);
        }
    }

    /** The type a column must have to hold values of the schema. */
    public static LogicalType columnType(Schema schema) {
        return columnType(schema, 0);
    }

    private static LogicalType columnType(Schema schema, int depth) {
        if (depth > MAX_DEPTH) {
            throw unsupported(schema, "it is recursive or nested deeper than " + MAX_DEPTH);
        }
        Schema value = withoutNull(schema);
        LogicalType type = switch (value.getType()) {
            case STRING -> VarCharType.STRING_TYPE;
            case BOOLEAN -> new BooleanType();
            case INT -> value.getLogicalType() instanceof LogicalTypes.Date ? new DateType() : new IntType();
            case LONG -> longType(value);
            case FLOAT -> new FloatType();
            case DOUBLE -> new DoubleType();
            case ENUM -> VarCharType.STRING_TYPE;
            case FIXED -> fixedType(value);
            case BYTES -> value.getLogicalType() instanceof LogicalTypes.Decimal decimal
                    ? new DecimalType(decimal.getPrecision(), decimal.getScale())
                    : new VarBinaryType(VarBinaryType.MAX_LENGTH);
            case ARRAY -> new ArrayType(columnType(value.getElementType(), depth + 1));
            case MAP -> new MapType(VarCharType.STRING_TYPE.copy(false), columnType(value.getValueType(), depth + 1));
            case RECORD -> rowType(value, depth + 1);
            default -> throw unsupported(value, "no column type holds it");
        };
        return type.copy(isNullable(schema));
    }

    private static LogicalType fixedType(Schema schema) {
        if (schema.getLogicalType() instanceof LogicalTypes.Decimal decimal) {
            return new DecimalType(decimal.getPrecision(), decimal.getScale());
        }
        return isUuid(schema) ? VarCharType.STRING_TYPE : new VarBinaryType(VarBinaryType.MAX_LENGTH);
    }

    /** Whether a fixed holds a uuid, which columns have as text. */
    public static boolean isUuid(Schema schema) {
        return schema.getType() == Schema.Type.FIXED
                && schema.getFixedSize() == UUID_BYTES
                && "uuid".equals(schema.getProp("logicalType"));
    }

    /** What values of the schema are read as: an enum and a uuid as text, any other fixed as bytes. */
    static Schema.Type readAs(Schema schema) {
        return switch (schema.getType()) {
            case ENUM -> Schema.Type.STRING;
            case FIXED -> isUuid(schema) ? Schema.Type.STRING : Schema.Type.BYTES;
            default -> schema.getType();
        };
    }

    private static LogicalType longType(Schema schema) {
        if (schema.getLogicalType() instanceof LogicalTypes.TimestampMillis) {
            return new LocalZonedTimestampType(3);
        }
        return schema.getLogicalType() instanceof LogicalTypes.TimestampMicros ? new LocalZonedTimestampType(6) : new BigIntType();
    }

    private static RowType rowType(Schema record, int depth) {
        List<RowType.RowField> fields = new ArrayList<>();
        for (Schema.Field field : record.getFields()) {
            fields.add(new RowType.RowField(field.name(), columnType(field.schema(), depth)));
        }
        return new RowType(fields);
    }

    public static boolean isNullable(Schema schema) {
        return schema.getType() == Schema.Type.UNION
                && schema.getTypes().stream().anyMatch(branch -> branch.getType() == Schema.Type.NULL);
    }

    /** The X of a union of null and X; any other schema as it is. */
    public static Schema withoutNull(Schema schema) {
        if (schema.getType() != Schema.Type.UNION) {
            return schema;
        }
        List<Schema> branches = schema.getTypes().stream().filter(branch -> branch.getType() != Schema.Type.NULL).toList();
        if (branches.size() != 1 || schema.getTypes().size() != 2) {
            throw unsupported(schema, "a union must be of null and one other type");
        }
        return branches.get(0);
    }

    /** A field's default in Avro's binary encoding. */
    static byte[] encodedDefault(Schema.Field field) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
        try {
            new GenericDatumWriter<>(field.schema()).write(GenericData.get().getDefaultValue(field), encoder);
            encoder.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static ValidationException unsupported(Schema schema, String why) {
        return new ValidationException("Format 'contract-avro' cannot read " + schema + ": " + why
                + ". Change the contract's schema to one of the types listed in connectors/README.md.");
    }
}
