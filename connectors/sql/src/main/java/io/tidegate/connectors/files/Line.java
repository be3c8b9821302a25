package io.tidegate.connectors.files;

import io.tidegate.common.Sha256;
import java.security.MessageDigest;
import java.util.Arrays;
import org.apache.flink.table.data.StringData;

/**
 * One line, or what else is a row, without what ends it.
 *
 * @param offset of its first byte in the file
 * @param length in bytes
 * @param bytes all of them; the first ones if it is too large
 * @param sha256 of all of them; null unless it is too large
 */
record Line(long offset, long length, byte[] bytes, StringData sha256) {
    boolean isCut() {
        return sha256 != null;
    }

    /** What is known of a line that is too large, while it passes by. */
    static final class Cut {
        private final MessageDigest digest = Sha256.newDigest();
        private final long offset;
        private final int keptBytes;
        private byte[] kept = new byte[0];
        private long length;

        Cut(long offset, int keptBytes) {
            this.offset = offset;
            this.keptBytes = keptBytes;
        }

        void add(byte[] bytes, int from, int to) {
            digest.update(bytes, from, to - from);
            int count = Math.min(to - from, keptBytes - kept.length);
            if (count > 0) {
                int at = kept.length;
                kept = Arrays.copyOf(kept, at + count);
                System.arraycopy(bytes, from, kept, at, count);
            }
            length += to - from;
        }

        Line line() {
            byte[] hash = digest.digest();
            return new Line(offset, length, kept, Sha256.hex(hash, 2 * hash.length));
        }
    }
}
