package io.tidegate.connectors.avro;

import io.tidegate.common.ErrorCode;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.apache.flink.core.memory.MemorySegment;
import org.apache.flink.core.memory.MemorySegmentFactory;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.binary.BinaryStringData;

/**
 * A cursor over one record in Avro's binary encoding. Every read is checked against the record's end, and every length before
 * anything is allocated for it, so that no input can do worse than a {@link BadRecord}.
 *
 * @see <a href="https://avro.apache.org/docs/1.12.0/specification/#binary-encoding">Avro: binary encoding</a>
 */
final class AvroInput {
    private static final VarHandle INT_LE = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG_LE = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int MAX_DEPTH = 64;
    private static final int MAX_EMPTY_ELEMENTS = 100_000;

    private final byte[] bytes;
    private final int maxBytes;
    private int position;
    private int depth;
    private int emptyElements;
    private MemorySegment[] segments;

    /**
     * @param position where the Avro data starts
     * @param maxBytes no length can be honest above this (the limit on whole records)
     */
    AvroInput(byte[] bytes, int position, int maxBytes) {
        this.bytes = bytes;
        this.position = position;
        this.maxBytes = maxBytes;
    }

    int remaining() {
        return bytes.length - position;
    }

    boolean readBoolean() {
        byte value = readByte();
        if (value != 0 && value != 1) {
            throw bad(ErrorCode.BAD_VALUE, "a boolean is 0 or 1, not " + value);
        }
        return value == 1;
    }

    int readInt() {
        long value = readLong();
        if ((int) value != value) {
            throw bad(ErrorCode.BAD_VALUE, value + " is no 32-bit integer");
        }
        return (int) value;
    }

    long readLong() {
        long zigzag = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            byte next = readByte();
            zigzag |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                if (shift == 63 && next > 1) {
                    break;
                }
                return (zigzag >>> 1) ^ -(zigzag & 1);
            }
        }
        throw bad(ErrorCode.BAD_VALUE, "an integer is longer than 64 bits");
    }

    float readFloat() {
        return Float.intBitsToFloat((int) INT_LE.get(bytes, take(Float.BYTES)));
    }

    double readDouble() {
        return Double.longBitsToDouble((long) LONG_LE.get(bytes, take(Double.BYTES)));
    }

    byte[] readBytes() {
        return readBytes(readLength());
    }

    byte[] readBytes(int length) {
        int start = take(length);
        return Arrays.copyOfRange(bytes, start, start + length);
    }

    /** A string that shares the record's bytes: they are checked, not copied. */
    StringData readString() {
        int length = readLength();
        int start = take(length);
        if (!Utf8.isValid(bytes, start, start + length)) {
            throw new BadRecord(ErrorCode.BAD_UTF8, "not UTF-8 in the " + length + " bytes from byte " + start);
        }
        if (segments == null) {
            segments = new MemorySegment[] {MemorySegmentFactory.wrap(bytes)};
        }
        return BinaryStringData.fromAddress(segments, start, length);
    }

    /** A big-endian two's complement integer of up to eight bytes; longer ones are left to the caller. */
    long readUnscaled(int length) {
        int start = take(length);
        long value = length == 0 ? 0 : bytes[start];
        for (int i = start + 1; i < start + length; i++) {
            value = value << 8 | bytes[i] & 0xff;
        }
        return value;
    }

    /**
     * A big-endian two's complement integer of any length. One that takes more than {@code maxBytes} without the bytes that
     * only repeat its sign is cut, to one that takes still more: a longer one costs its reader no more than to look at it.
     */
    byte[] readInteger(int length, int maxBytes) {
        int start = take(length);
        int end = start + length;
        int sign = bytes[start] >> Byte.SIZE - 1;
        int first = start;
        while (first < end - 1 && bytes[first] == sign && bytes[first + 1] >> Byte.SIZE - 1 == sign) {
            first++;
        }
        return Arrays.copyOfRange(bytes, first, Math.min(end, first + maxBytes + 1));
    }

    /** The length prefix of bytes or a string. */
    int readLength() {
        long length = readLong();
        if (length < 0 || length > maxBytes) {
            throw bad(ErrorCode.BAD_LENGTH, "length " + length + " is not between 0 and " + maxBytes);
        }
        return (int) length;
    }

    int readBranch(int branches) {
        long branch = readLong();
        if (branch < 0 || branch >= branches) {
            throw bad(ErrorCode.BAD_UNION_BRANCH, "union branch " + branch + " of " + branches);
        }
        return (int) branch;
    }

    /**
     * The item count of the next block of an array or map; 0 ends it.
     *
     * @param minItemBytes the least that one item takes; the count is refused if the rest of the record cannot hold it
     */
    int readBlockCount(int minItemBytes) {
        long count = readLong();
        if (count < 0) {
            count = -count;
            readLength();
        }
        if (count < 0 || count > maxBytes) {
            throw bad(ErrorCode.BAD_LENGTH, "a block of " + count + " items");
        }
        if (count * minItemBytes > remaining()) {
            throw truncated(count + " items of at least " + minItemBytes + " bytes");
        }
        if (minItemBytes == 0 && (emptyElements += (int) count) > MAX_EMPTY_ELEMENTS) {
            throw bad(ErrorCode.BAD_LENGTH, "more than " + MAX_EMPTY_ELEMENTS + " items without bytes");
        }
        return (int) count;
    }

    void skip(int length) {
        take(length);
    }

    /** Entered once per level of what is passed over, which may be recursive; {@link #leave} undoes it. */
    void enter() {
        if (++depth > MAX_DEPTH) {
            throw bad(ErrorCode.BAD_VALUE, "values nested deeper than " + MAX_DEPTH);
        }
    }

    void leave() {
        depth--;
    }

    private byte readByte() {
        if (position >= bytes.length) {
            throw truncated("1 byte");
        }
        return bytes[position++];
    }

    private int take(int length) {
        if (length > remaining()) {
            throw truncated(length + " bytes");
        }
        int start = position;
        position += length;
        return start;
    }

    private BadRecord truncated(String wanted) {
        return bad(ErrorCode.TRUNCATED, wanted + " wanted, " + remaining() + " left");
    }

    private BadRecord bad(ErrorCode code, String message) {
        return new BadRecord(code, message + " (at byte " + position + ")");
    }
}
