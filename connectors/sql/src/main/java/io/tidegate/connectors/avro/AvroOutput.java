package io.tidegate.connectors.avro;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.binary.BinarySegmentUtils;
import org.apache.flink.table.data.binary.BinaryStringData;

/** A growing buffer in Avro's binary encoding, reused from record to record. */
final class AvroOutput {
    private static final VarHandle INT_LE = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT_BE = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG_LE = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int MAX_VARINT_BYTES = 10;

    private byte[] bytes = new byte[1024];
    private int size;

    void clear() {
        size = 0;
    }

    byte[] toByteArray() {
        return Arrays.copyOf(bytes, size);
    }

    void writeByte(int value) {
        int at = grow(1);
        bytes[at] = (byte) value;
    }

    void writeBigEndianInt(int value) {
        int at = grow(Integer.BYTES);
        INT_BE.set(bytes, at, value);
    }

    void writeLong(long value) {
        long zigzag = value << 1 ^ value >> 63;
        int at = grow(MAX_VARINT_BYTES);
        while ((zigzag & ~0x7fL) != 0) {
            bytes[at++] = (byte) (zigzag | 0x80);
            zigzag >>>= 7;
        }
        bytes[at++] = (byte) zigzag;
        size = at;
    }

    void writeFloat(float value) {
        int start = grow(Float.BYTES);
        INT_LE.set(bytes, start, Float.floatToRawIntBits(value));
    }

    void writeDouble(double value) {
        int start = grow(Double.BYTES);
        LONG_LE.set(bytes, start, Double.doubleToRawLongBits(value));
    }

    void writeBytes(byte[] value) {
        writeLong(value.length);
        int start = grow(value.length);
        System.arraycopy(value, 0, bytes, start, value.length);
    }

    void writeString(StringData value) {
        BinaryStringData string = (BinaryStringData) value;
        string.ensureMaterialized();
        int length = string.getSizeInBytes();
        writeLong(length);
        int start = grow(length);
        BinarySegmentUtils.copyToBytes(string.getSegments(), string.getOffset(), bytes, start, length);
    }

    /** A decimal's digits as the shortest big-endian two's complement. */
    void writeUnscaled(long value) {
        int length = (Long.SIZE + 8 - Long.numberOfLeadingZeros(value < 0 ? ~value : value)) / 8;
        writeLong(length);
        int start = grow(length);
        for (int i = 0; i < length; i++) {
            bytes[start + i] = (byte) (value >> 8 * (length - 1 - i));
        }
    }

    /**
     * Makes room and returns where it starts. Call it in a statement of its own: it may replace {@code bytes}, which
     * Java would already have read as an earlier argument.
     */
    private int grow(int length) {
        if (size + length > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, Math.addExact(size, length)));
        }
        int start = size;
        size += length;
        return start;
    }
}
