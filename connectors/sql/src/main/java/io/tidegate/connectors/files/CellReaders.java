package io.tidegate.connectors.files;

import io.tidegate.connectors.avro.AvroTypes;
import io.tidegate.connectors.avro.BadRecord;
import io.tidegate.connectors.json.IsoTime;
import io.tidegate.connectors.json.JsonValues;
import io.tidegate.connectors.json.WrittenValues;
import java.time.DateTimeException;
import java.util.Locale;
import java.util.Set;
import org.apache.flink.avro.shaded.org.apache.avro.LogicalTypes;
import org.apache.flink.avro.shaded.org.apache.avro.Schema;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;

/**
 * What the text of a cell stands for, by its field's type; {@code cells.py} takes the same. Nothing is guessed: another
 * spelling is a text, which the contract may say and {@code map.sql} convert.
 */
final class CellReaders {
    private static final Set<String> TRUE = Set.of("true", "t", "yes", "y", "1");
    private static final Set<String> FALSE = Set.of("false", "f", "no", "n", "0");
    private static final long MILLIS_PER_S = 1_000;
    private static final long MICROS_PER_S = 1_000_000;
    private static final long MICROS_PER_MS = 1_000;

    private CellReaders() {}

    /** @throws ValidationException for a type that no cell holds */
    static CellReader of(Schema.Field field) {
        Schema schema = AvroTypes.withoutNull(field.schema());
        return switch (schema.getType()) {
            case STRING -> CsvCells::string;
            case BOOLEAN -> CellReaders::bool;
            case INT -> schema.getLogicalType() instanceof LogicalTypes.Date ? CellReaders::date : CellNumbers::int32;
            case LONG -> longReader(schema);
            case FLOAT -> CellNumbers::float32;
            case DOUBLE -> CellNumbers::float64;
            case BYTES -> schema.getLogicalType() instanceof LogicalTypes.Decimal decimal
                    ? CellNumbers.decimalReader(decimal.getPrecision(), decimal.getScale())
                    : CellReaders::bytes;
            case ENUM -> symbolReader(Set.copyOf(schema.getEnumSymbols()));
            case FIXED -> fixedReader(schema);
            default -> throw new ValidationException("Field '" + field.name() + "' is " + schema.getType().getName()
                    + ", which no cell of CSV holds. Make it a string, or take the file as JSON.");
        };
    }

    private static CellReader longReader(Schema schema) {
        if (schema.getLogicalType() instanceof LogicalTypes.TimestampMillis) {
            return CellReaders::millis;
        }
        return schema.getLogicalType() instanceof LogicalTypes.TimestampMicros ? CellReaders::micros : CellNumbers::int64;
    }

    private static CellReader fixedReader(Schema schema) {
        if (schema.getLogicalType() instanceof LogicalTypes.Decimal decimal) {
            return CellNumbers.decimalReader(decimal.getPrecision(), decimal.getScale());
        }
        int size = schema.getFixedSize();
        return AvroTypes.isUuid(schema) ? CellReaders::uuid : cell -> {
            byte[] bytes = bytes(cell);
            if (bytes.length != size) {
                throw JsonValues.bad(shown(cell) + " is " + bytes.length + " bytes in Base64, not " + size);
            }
            return bytes;
        };
    }

    private static CellReader symbolReader(Set<String> symbols) {
        return cell -> {
            String text = cell.text();
            if (!symbols.contains(text)) {
                throw isNot(cell, "a symbol of it");
            }
            return StringData.fromString(text);
        };
    }

    private static Object bool(CsvCells cell) {
        String text = cell.text().toLowerCase(Locale.ROOT);
        boolean isTrue = TRUE.contains(text);
        if (!isTrue && !FALSE.contains(text)) {
            throw isNot(cell, "true or false");
        }
        return isTrue;
    }

    private static byte[] bytes(CsvCells cell) {
        byte[] bytes = WrittenValues.bytes(cell.text());
        if (bytes == null) {
            throw isNot(cell, "Base64");
        }
        return bytes;
    }

    private static Object uuid(CsvCells cell) {
        String uuid = WrittenValues.uuid(cell.text());
        if (uuid == null) {
            throw isNot(cell, "a uuid");
        }
        return StringData.fromString(uuid);
    }

    private static Object date(CsvCells cell) {
        try {
            return IsoTime.day(cell.text());
        } catch (DateTimeException noDate) {
            throw isNot(cell, "a date");
        }
    }

    private static TimestampData millis(CsvCells cell) {
        if (CellNumbers.isWhole(cell)) {
            return WrittenValues.timeOfMicros(Math.multiplyExact(counted(cell, MILLIS_PER_S), MICROS_PER_MS));
        }
        long micros = written(cell);
        if (micros % MICROS_PER_MS != 0) {
            throw isNot(cell, "a time in milliseconds: it is finer");
        }
        return WrittenValues.timeOfMicros(micros);
    }

    private static TimestampData micros(CsvCells cell) {
        boolean isCount = CellNumbers.isWhole(cell);
        return WrittenValues.timeOfMicros(isCount ? counted(cell, MICROS_PER_S) : written(cell));
    }

    private static long written(CsvCells cell) {
        try {
            return IsoTime.micros(cell.text());
        } catch (DateTimeException noTime) {
            throw isNot(cell, "a time with a zone, in microseconds at the finest");
        }
    }

    private static long counted(CsvCells cell, long unitsPerS) {
        long count = CellNumbers.fitsLong(cell) ? CellNumbers.whole(cell, "long") : Long.MAX_VALUE;
        long other = WrittenValues.otherUnit(count, unitsPerS);
        if (other > 0) {
            throw JsonValues.bad(
                    shown(cell) + " looks like " + other + " per second since 1970, but the field counts " + unitsPerS);
        }
        if (!WrittenValues.isTime(count, unitsPerS)) {
            throw isNot(cell, "a time");
        }
        return count;
    }

    static BadRecord isNot(CsvCells cell, String wanted) {
        return JsonValues.bad(shown(cell) + " is not " + wanted);
    }

    private static String shown(CsvCells cell) {
        return "'" + JsonValues.shortened(cell.text()) + "'";
    }
}
