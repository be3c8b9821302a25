package io.tidegate.connectors.files;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * A file of zstd without the frames that are to be skipped, which the library takes for damage: pzstd begins with one, and
 * who wants to seek in a file ends with one. Frames are walked by the lengths in their heads (RFC 8878, 3.1); what is wrong
 * with them is left to the library, which gets their bytes as they are.
 */
final class ZstdFrames extends FilterInputStream {
    private static final int MAGIC = 0xfd2fb528;
    private static final int SKIPPED = 0x184d2a50;
    private static final int SKIPPED_KINDS = 0xf;
    private static final int WORD_BYTES = 4;
    private static final int BLOCK_HEAD_BYTES = 3;
    private static final int MAX_HEAD_BYTES = 18;
    private static final int PASSED_BYTES = 8 * 1024;
    private static final int[] BYTES_OF_DICTIONARY = {0, 1, 2, 4};
    private static final int[] BYTES_OF_SIZE = {0, 2, 4, 8};
    private static final int REPEATED = 1;

    /** Bytes that were read to know what follows, and are still to be given out. */
    private final byte[] head = new byte[MAX_HEAD_BYTES];

    private int headFrom;
    private int headTo;
    /** Bytes that follow the head, and are given out as they are. */
    private long content;
    private boolean isInFrame;
    private boolean hasChecksum;

    ZstdFrames(InputStream packed) {
        super(packed);
    }

    /** Whether a file begins with a frame that is to be skipped. */
    static boolean isSkipped(byte[] start) {
        return start.length >= WORD_BYTES && isSkipped((int) number(start, 0, WORD_BYTES));
    }

    private static boolean isSkipped(int magic) {
        return (magic & ~SKIPPED_KINDS) == SKIPPED;
    }

    @Override
    public int read() throws IOException {
        throw new UnsupportedOperationException("it is read by way of a buffer");
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        while (headFrom == headTo && content == 0) {
            if (!advance()) {
                return -1;
            }
        }
        if (headFrom < headTo) {
            int count = Math.min(length, headTo - headFrom);
            System.arraycopy(head, headFrom, bytes, offset, count);
            headFrom += count;
            return count;
        }
        int count = in.read(bytes, offset, (int) Math.min(length, content));
        content -= Math.max(count, 0);
        return count;
    }

    /** Reads the next head; false at the end. */
    private boolean advance() throws IOException {
        headFrom = 0;
        headTo = 0;
        return isInFrame ? block() : frame();
    }

    private boolean frame() throws IOException {
        if (!take(WORD_BYTES)) {
            requireNothing();
            return false;
        }
        int magic = (int) number(head, 0, WORD_BYTES);
        if (isSkipped(magic)) {
            skip();
            return true;
        }
        return magic == MAGIC && take(1) ? described(head[WORD_BYTES] & 0xff) : rest();
    }

    /** The library passes over what is too short for a frame. */
    private void requireNothing() throws EOFException {
        if (headTo > 0) {
            throw new EOFException("something follows its last frame");
        }
    }

    private boolean described(int descriptor) throws IOException {
        boolean isOneSegment = (descriptor & 0x20) != 0;
        int ofSize = BYTES_OF_SIZE[descriptor >> 6];
        ofSize = ofSize == 0 && isOneSegment ? 1 : ofSize;
        if (!take((isOneSegment ? 0 : 1) + BYTES_OF_DICTIONARY[descriptor & 3] + ofSize)) {
            return rest();
        }
        hasChecksum = (descriptor & 4) != 0;
        isInFrame = true;
        return true;
    }

    private boolean block() throws IOException {
        if (!take(BLOCK_HEAD_BYTES)) {
            return headTo > 0 && rest();
        }
        int described = (int) number(head, 0, BLOCK_HEAD_BYTES);
        content = (described >> 1 & 3) == REPEATED ? 1 : described >> 3;
        if ((described & 1) != 0) {
            isInFrame = false;
            content += hasChecksum ? WORD_BYTES : 0;
        }
        return true;
    }

    private void skip() throws IOException {
        headTo = 0;
        if (!take(WORD_BYTES)) {
            throw cutOff();
        }
        byte[] passed = new byte[PASSED_BYTES];
        long left = number(head, 0, WORD_BYTES);
        headTo = 0;
        while (left > 0) {
            int count = in.read(passed, 0, (int) Math.min(left, passed.length));
            if (count < 0) {
                throw cutOff();
            }
            left -= count;
        }
    }

    private static EOFException cutOff() {
        return new EOFException("it ends within a frame that is to be skipped");
    }

    /** What follows is no frame that is known here: the library says what it is. */
    private boolean rest() {
        content = Long.MAX_VALUE;
        return true;
    }

    private boolean take(int count) throws IOException {
        int read = in.readNBytes(head, headTo, count);
        headTo += read;
        return read == count;
    }

    private static long number(byte[] bytes, int from, int count) {
        long found = 0;
        for (int i = 0; i < count; i++) {
            found |= (bytes[from + i] & 0xffL) << 8 * i;
        }
        return found;
    }
}
