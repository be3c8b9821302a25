package io.tidegate.connectors.avro;

import io.tidegate.common.ErrorCode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.UUID;
import java.util.function.ToIntFunction;
import org.apache.flink.avro.shaded.org.apache.avro.LogicalTypes;
import org.apache.flink.avro.shaded.org.apache.avro.Schema;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;

/** Readers of single values, with Avro's promotions (int to long, string to bytes, ...). */
final class ScalarReaders {
    /** The digits that fit a long whatever they are. */
    private static final int LONG_DIGITS = 18;

    private ScalarReaders() {}

    /**
     * @param writer the schema of the bytes, already known to be compatible
     * @param target the reader's schema, whose logical type says what the value means
     */
    static ValueReader of(Schema writer, Schema target) {
        Schema.Type written = writer.getType();
        return switch (AvroTypes.readAs(target)) {
            case BOOLEAN -> AvroInput::readBoolean;
            case INT -> AvroInput::readInt;
            case LONG -> longReader(written, target);
            case FLOAT -> floatReader(written);
            case DOUBLE -> doubleReader(written);
            case STRING -> textReader(writer);
            case BYTES -> target.getLogicalType() instanceof LogicalTypes.Decimal decimal
                    ? decimalReader(length(writer), decimal.getPrecision(), decimal.getScale())
                    : bytesReader(writer);
            default -> throw new BadRecord(ErrorCode.SCHEMA_MISMATCH, "no column can hold " + target);
        };
    }

    private static ValueReader textReader(Schema writer) {
        return switch (writer.getType()) {
            case ENUM -> symbolReader(
                    writer.getEnumSymbols().stream().map(StringData::fromString).toArray(StringData[]::new));
            case FIXED -> ScalarReaders::uuid;
            default -> AvroInput::readString;
        };
    }

    private static ValueReader symbolReader(StringData[] symbols) {
        return input -> {
            int symbol = input.readInt();
            if (symbol < 0 || symbol >= symbols.length) {
                throw new BadRecord(ErrorCode.BAD_VALUE, "symbol " + symbol + " of " + symbols.length);
            }
            return symbols[symbol];
        };
    }

    private static StringData uuid(AvroInput input) {
        return StringData.fromString(new UUID(input.readUnscaled(Long.BYTES), input.readUnscaled(Long.BYTES)).toString());
    }

    private static ValueReader bytesReader(Schema writer) {
        if (writer.getType() != Schema.Type.FIXED) {
            return AvroInput::readBytes;
        }
        int size = writer.getFixedSize();
        return input -> input.readBytes(size);
    }

    /** What reads how many bytes a value takes, where that is not fixed. */
    private static ToIntFunction<AvroInput> length(Schema writer) {
        if (writer.getType() != Schema.Type.FIXED) {
            return AvroInput::readLength;
        }
        int size = writer.getFixedSize();
        return input -> size;
    }

    private static ValueReader longReader(Schema.Type written, Schema target) {
        if (target.getLogicalType() instanceof LogicalTypes.TimestampMillis) {
            return written == Schema.Type.INT
                    ? input -> TimestampData.fromEpochMillis(input.readInt())
                    : input -> TimestampData.fromEpochMillis(input.readLong());
        }
        if (target.getLogicalType() instanceof LogicalTypes.TimestampMicros) {
            return written == Schema.Type.INT
                    ? input -> timestampOfMicros(input.readInt())
                    : input -> timestampOfMicros(input.readLong());
        }
        return written == Schema.Type.INT ? input -> (long) input.readInt() : AvroInput::readLong;
    }

    private static TimestampData timestampOfMicros(long micros) {
        return TimestampData.fromEpochMillis(Math.floorDiv(micros, 1000), Math.floorMod(micros, 1000) * 1000);
    }

    private static ValueReader floatReader(Schema.Type written) {
        return switch (written) {
            case INT -> input -> (float) input.readInt();
            case LONG -> input -> (float) input.readLong();
            default -> AvroInput::readFloat;
        };
    }

    private static ValueReader doubleReader(Schema.Type written) {
        return switch (written) {
            case INT -> input -> (double) input.readInt();
            case LONG -> input -> (double) input.readLong();
            case FLOAT -> input -> (double) input.readFloat();
            default -> AvroInput::readDouble;
        };
    }

    private static ValueReader decimalReader(ToIntFunction<AvroInput> lengths, int precision, int scale) {
        long bound = precision <= LONG_DIGITS ? BigInteger.TEN.pow(precision).longValueExact() : 0;
        int maxBytes = BigInteger.TEN.pow(precision).bitLength() / Byte.SIZE + 1;
        return input -> {
            int length = lengths.applyAsInt(input);
            if (length == 0) {
                throw new BadRecord(ErrorCode.BAD_VALUE, "a decimal of zero bytes");
            }
            if (bound == 0 || length > Long.BYTES) {
                return wideDecimal(input.readInteger(length, maxBytes), precision, scale);
            }
            long unscaled = input.readUnscaled(length);
            if (unscaled <= -bound || unscaled >= bound) {
                throw tooManyDigits(precision);
            }
            return DecimalData.fromUnscaledLong(unscaled, precision, scale);
        };
    }

    private static DecimalData wideDecimal(byte[] unscaled, int precision, int scale) {
        DecimalData value = DecimalData.fromBigDecimal(new BigDecimal(new BigInteger(unscaled), scale), precision, scale);
        if (value == null) {
            throw tooManyDigits(precision);
        }
        return value;
    }

    private static BadRecord tooManyDigits(int precision) {
        return new BadRecord(ErrorCode.BAD_VALUE, "a decimal of more than " + precision + " digits");
    }
}
