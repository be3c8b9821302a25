package io.tidegate.connectors.files;

import io.tidegate.connectors.json.JsonValues;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.UUID;
import org.apache.iceberg.shaded.org.apache.parquet.io.api.Binary;
import org.apache.iceberg.shaded.org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.iceberg.shaded.org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.iceberg.shaded.org.apache.parquet.schema.LogicalTypeAnnotation.DateLogicalTypeAnnotation;
import org.apache.iceberg.shaded.org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.iceberg.shaded.org.apache.parquet.schema.LogicalTypeAnnotation.EnumLogicalTypeAnnotation;
import org.apache.iceberg.shaded.org.apache.parquet.schema.LogicalTypeAnnotation.Float16LogicalTypeAnnotation;
import org.apache.iceberg.shaded.org.apache.parquet.schema.LogicalTypeAnnotation.IntLogicalTypeAnnotation;
import org.apache.iceberg.shaded.org.apache.parquet.schema.LogicalTypeAnnotation.JsonLogicalTypeAnnotation;
import org.apache.iceberg.shaded.org.apache.parquet.schema.LogicalTypeAnnotation.StringLogicalTypeAnnotation;
import org.apache.iceberg.shaded.org.apache.parquet.schema.LogicalTypeAnnotation.TimeLogicalTypeAnnotation;
import org.apache.iceberg.shaded.org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.iceberg.shaded.org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.iceberg.shaded.org.apache.parquet.schema.LogicalTypeAnnotation.UUIDLogicalTypeAnnotation;
import org.apache.iceberg.shaded.org.apache.parquet.schema.PrimitiveType;
import org.apache.iceberg.shaded.org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;

/** Writes values of a column as JSON, exactly: what its type says of a value is said by how it is written. */
final class ParquetLeaf extends PrimitiveConverter {
    private static final int JULIAN_DAY_OF_1970 = 2_440_588;
    private static final long SECONDS_PER_DAY = 86_400;
    private static final int NANOS_PER_S = 1_000_000_000;
    private static final int INT96_BYTES = 12;

    private interface OfNumber {
        void write(long value);
    }

    private interface OfBytes {
        void write(byte[] value);
    }

    private final ParquetJson row;
    private final Runnable before;
    private final OfNumber ofNumber;
    private final OfBytes ofBytes;

    /**
     * @param isText whether bytes of which the file does not say what they are are a text
     * @param before what is written before each value
     */
    ParquetLeaf(PrimitiveType type, boolean isText, ParquetJson row, Runnable before) {
        this.row = row;
        this.before = before;
        this.ofNumber = ofNumber(type);
        this.ofBytes = ofBytes(type, isText);
    }

    @Override
    public void addBoolean(boolean value) {
        before.run();
        row.write(json -> json.writeBoolean(value));
    }

    @Override
    public void addInt(int value) {
        before.run();
        ofNumber.write(value);
    }

    @Override
    public void addLong(long value) {
        before.run();
        ofNumber.write(value);
    }

    /** As the number that it is: a float's shortest text is another one. */
    @Override
    public void addFloat(float value) {
        addDouble(value);
    }

    /** What is no number is a text, which no field of numbers takes. */
    @Override
    public void addDouble(double value) {
        before.run();
        row.write(json -> json.writeNumber(value));
    }

    @Override
    public void addBinary(Binary value) {
        before.run();
        ofBytes.write(value.getBytes());
    }

    private OfNumber ofNumber(PrimitiveType type) {
        LogicalTypeAnnotation kind = type.getLogicalTypeAnnotation();
        if (kind instanceof IntLogicalTypeAnnotation whole && !whole.isSigned()) {
            return type.getPrimitiveTypeName() == PrimitiveTypeName.INT32
                    ? value -> number(Integer.toUnsignedString((int) value))
                    : value -> number(Long.toUnsignedString(value));
        } else if (kind instanceof DecimalLogicalTypeAnnotation decimal) {
            return value -> number(BigDecimal.valueOf(value, decimal.getScale()).toPlainString());
        } else if (kind instanceof DateLogicalTypeAnnotation) {
            return value -> sign(LocalDate.ofEpochDay(value).toString());
        } else if (kind instanceof TimeLogicalTypeAnnotation time) {
            return value -> timeOfDay(value, unitsPerS(time.getUnit()));
        } else if (kind instanceof TimestampLogicalTypeAnnotation time) {
            long unitsPerS = unitsPerS(time.getUnit());
            return value -> moment(
                    Math.floorDiv(value, unitsPerS),
                    (int) (Math.floorMod(value, unitsPerS) * (NANOS_PER_S / unitsPerS)),
                    time.isAdjustedToUTC());
        }
        return value -> row.write(json -> json.writeNumber(value));
    }

    private OfBytes ofBytes(PrimitiveType type, boolean isText) {
        LogicalTypeAnnotation kind = type.getLogicalTypeAnnotation();
        String name = type.getName();
        if (type.getPrimitiveTypeName() == PrimitiveTypeName.INT96) {
            return this::int96;
        } else if (kind instanceof StringLogicalTypeAnnotation
                || kind instanceof EnumLogicalTypeAnnotation
                || kind instanceof JsonLogicalTypeAnnotation
                || kind == null && isText) {
            return value -> row.text(name, value);
        } else if (kind instanceof DecimalLogicalTypeAnnotation decimal) {
            return value -> decimal(name, value, decimal.getScale());
        } else if (kind instanceof UUIDLogicalTypeAnnotation) {
            return this::uuid;
        } else if (kind instanceof Float16LogicalTypeAnnotation) {
            return this::float16;
        }
        return value -> sign(Base64.getEncoder().encodeToString(value));
    }

    private void number(String digits) {
        row.write(json -> json.writeNumber(digits));
    }

    private void sign(String text) {
        row.write(json -> json.writeString(text));
    }

    private void decimal(String name, byte[] unscaled, int scale) {
        if (unscaled.length == 0) {
            row.blame(JsonValues.bad("a decimal of no bytes").inField(JsonValues.shortened(name)));
            sign("");
            return;
        }
        number(new BigDecimal(new BigInteger(unscaled), scale).toPlainString());
    }

    private void uuid(byte[] value) {
        ByteBuffer both = ByteBuffer.wrap(value);
        sign(new UUID(both.getLong(), both.getLong()).toString());
    }

    private void float16(byte[] value) {
        short bits = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN).getShort();
        int exponent = bits >> 10 & 0x1f;
        int fraction = bits & 0x3ff;
        double size = exponent == 0x1f
                ? fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN
                : exponent == 0 ? Math.scalb((double) fraction, -24) : Math.scalb(1024.0 + fraction, exponent - 25);
        row.write(json -> json.writeNumber(bits < 0 ? -size : size));
    }

    /** The day by Julius' calendar behind the nanoseconds of it; in UTC, as Spark and Hive write it. */
    private void int96(byte[] value) {
        ByteBuffer parts = ByteBuffer.wrap(value, 0, INT96_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        long nanos = parts.getLong();
        long seconds = (parts.getInt() - (long) JULIAN_DAY_OF_1970) * SECONDS_PER_DAY + Math.floorDiv(nanos, NANOS_PER_S);
        moment(seconds, (int) Math.floorMod(nanos, (long) NANOS_PER_S), true);
    }

    /** Without a zone where the file says that it knows none: whoever reads it as UTC would guess. */
    private void moment(long seconds, int nanos, boolean isUtc) {
        try {
            LocalDateTime moment = LocalDateTime.ofEpochSecond(seconds, nanos, ZoneOffset.UTC);
            sign(DateTimeFormatter.ISO_LOCAL_DATE_TIME.format(moment) + (isUtc ? "Z" : ""));
        } catch (DateTimeException farAway) {
            sign(seconds + " s since 1970");
        }
    }

    private void timeOfDay(long value, long unitsPerS) {
        try {
            LocalTime time = LocalTime.ofNanoOfDay(Math.multiplyExact(value, NANOS_PER_S / unitsPerS));
            sign(DateTimeFormatter.ISO_LOCAL_TIME.format(time));
        } catch (DateTimeException | ArithmeticException noTime) {
            row.write(json -> json.writeNumber(value));
        }
    }

    private static long unitsPerS(TimeUnit unit) {
        return switch (unit) {
            case MILLIS -> 1_000;
            case MICROS -> 1_000_000;
            case NANOS -> NANOS_PER_S;
        };
    }
}
