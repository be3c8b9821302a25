package io.tidegate.functions;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.apache.flink.table.data.StringData;

/** What the hashing functions share. */
final class Sha256 {
    private static final byte[] HEX_DIGITS = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};

    private Sha256() {}

    static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }

    /** The first bytes of a digest as lower-case hexadecimal digits. */
    static StringData hex(byte[] digest, int byteCount) {
        byte[] digits = new byte[2 * byteCount];
        for (int i = 0; i < byteCount; i++) {
            digits[2 * i] = HEX_DIGITS[digest[i] >> 4 & 0xf];
            digits[2 * i + 1] = HEX_DIGITS[digest[i] & 0xf];
        }
        return StringData.fromBytes(digits);
    }
}
