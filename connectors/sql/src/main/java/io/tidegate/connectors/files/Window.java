package io.tidegate.connectors.files;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** The part of a file that is in memory: what is being read begins at {@code start}. */
final class Window implements Closeable {
    private static final int BYTES = 256 * 1024;

    private final InputStream input;
    private long base;
    private boolean hasEnded;

    byte[] bytes;
    int start;
    int end;

    /** @param offset of the input's first byte */
    Window(InputStream input, long offset) {
        this(input, offset, BYTES);
    }

    /** @param size of the memory at first; it grows with what is kept */
    Window(InputStream input, long offset, int size) {
        this.input = input;
        this.base = offset;
        this.bytes = new byte[size];
    }

    /** Of the byte at {@code start}. */
    long offset() {
        return base + start;
    }

    /**
     * Loads more. What is kept, from {@code start} on, moves to the beginning of the memory.
     *
     * @return false at the input's end
     */
    boolean more() throws IOException {
        if (hasEnded) {
            return false;
        }
        System.arraycopy(bytes, start, bytes, 0, end - start);
        base += start;
        end -= start;
        start = 0;
        if (end == bytes.length) {
            bytes = Arrays.copyOf(bytes, 2 * bytes.length);
        }
        int count = input.read(bytes, end, bytes.length - end);
        hasEnded = count < 0;
        end += Math.max(count, 0);
        return !hasEnded;
    }

    /** Whether so many bytes from {@code start} on are there; they are loaded if need be. */
    boolean has(int count) throws IOException {
        while (end - start < count) {
            if (!more()) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() throws IOException {
        input.close();
    }
}
