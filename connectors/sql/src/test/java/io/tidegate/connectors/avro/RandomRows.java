package io.tidegate.connectors.avro;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericMapData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.LocalZonedTimestampType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.MapType;
import org.apache.flink.table.types.logical.RowType;

/** Random values of any column type, edge values included. */
final class RandomRows {
    private static final String[] TEXTS = {"", "a", "/shop?q=tide gate", "Größe", "日本語", "🌊🌊", "e\u0301", "\u0000"};
    private static final long[] LONGS = {0, -1, 63, 64, -64, -65, Long.MAX_VALUE, Long.MIN_VALUE, 1_763_700_000_000L};

    private final Random random;

    RandomRows(long seed) {
        random = new Random(seed);
    }

    GenericRowData row(RowType type) {
        return GenericRowData.of(type.getChildren().stream().map(this::value).toArray());
    }

    private Object value(LogicalType type) {
        if (type.isNullable() && random.nextInt(4) == 0) {
            return null;
        }
        return switch (type.getTypeRoot()) {
            case VARCHAR -> StringData.fromString(TEXTS[random.nextInt(TEXTS.length)].repeat(random.nextInt(4)));
            case BOOLEAN -> random.nextBoolean();
            case INTEGER, DATE -> (int) anyLong();
            case BIGINT -> anyLong();
            case FLOAT -> random.nextFloat();
            case DOUBLE -> random.nextDouble();
            case VARBINARY -> anyBytes();
            case DECIMAL -> decimal((DecimalType) type);
            case TIMESTAMP_WITH_LOCAL_TIME_ZONE -> timestamp((LocalZonedTimestampType) type);
            case ARRAY -> new GenericArrayData(array(((ArrayType) type).getElementType()));
            case MAP -> map((MapType) type);
            case ROW -> row((RowType) type);
            default -> throw new IllegalArgumentException(type.toString());
        };
    }

    private long anyLong() {
        return random.nextBoolean() ? LONGS[random.nextInt(LONGS.length)] : random.nextLong() >> random.nextInt(Long.SIZE);
    }

    private byte[] anyBytes() {
        byte[] bytes = new byte[random.nextInt(20)];
        random.nextBytes(bytes);
        return bytes;
    }

    private DecimalData decimal(DecimalType type) {
        BigInteger bound = BigInteger.TEN.pow(type.getPrecision());
        BigInteger unscaled = new BigInteger(random.nextInt(bound.bitLength()), random);
        BigInteger signed = random.nextBoolean() ? unscaled : unscaled.negate();
        return DecimalData.fromBigDecimal(new BigDecimal(signed, type.getScale()), type.getPrecision(), type.getScale());
    }

    private TimestampData timestamp(LocalZonedTimestampType type) {
        long millis = random.nextLong() >> 12;
        return TimestampData.fromEpochMillis(millis, type.getPrecision() == 6 ? random.nextInt(1000) * 1000 : 0);
    }

    private Object[] array(LogicalType elementType) {
        return Stream.generate(() -> value(elementType)).limit(random.nextInt(4)).toArray();
    }

    private GenericMapData map(MapType type) {
        Map<Object, Object> entries = new HashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            entries.put(value(type.getKeyType()), value(type.getValueType()));
        }
        return new GenericMapData(entries);
    }
}
