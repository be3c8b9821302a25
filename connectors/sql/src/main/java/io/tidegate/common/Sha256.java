package io.tidegate.common;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.apache.flink.table.data.StringData;

/** SHA-256, and hashes as text. */
public final class Sha256 {
    private static final byte[] HEX_DIGITS = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};

    private Sha256() {}

    public static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }

    /** The hash as 64 lower-case hexadecimal digits. */
    public static StringData hexOf(byte[] bytes) {
        byte[] digest = newDigest().digest(bytes);
        return hex(digest, 2 * digest.length);
    }

    /** The first digits of a digest, hexadecimal and lower-case; an even number of them. */
    public static StringData hex(byte[] digest, int digitCount) {
        byte[] digits = new byte[digitCount];
        for (int i = 0; i < digitCount / 2; i++) {
            digits[2 * i] = HEX_DIGITS[digest[i] >> 4 & 0xf];
            digits[2 * i + 1] = HEX_DIGITS[digest[i] & 0xf];
        }
        return StringData.fromBytes(digits);
    }
}
