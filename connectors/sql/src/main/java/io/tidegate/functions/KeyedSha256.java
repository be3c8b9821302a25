package io.tidegate.functions;

import io.tidegate.common.Sha256;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * HMAC-SHA-256 (RFC 2104) of short values under one key. {@link javax.crypto.Mac} hashes the key's two blocks for every value;
 * here copies of their digests are taken, which halves the time.
 */
final class KeyedSha256 {
    private static final int BLOCK_BYTES = 64;

    private final MessageDigest inner;
    private final MessageDigest outer;

    KeyedSha256(byte[] key) {
        byte[] block = Arrays.copyOf(key.length > BLOCK_BYTES ? Sha256.newDigest().digest(key) : key, BLOCK_BYTES);
        inner = digestOfPadded(block, 0x36);
        outer = digestOfPadded(block, 0x5c);
    }

    byte[] of(byte[] value) {
        return copy(outer).digest(copy(inner).digest(value));
    }

    private static MessageDigest digestOfPadded(byte[] block, int pad) {
        MessageDigest digest = Sha256.newDigest();
        for (byte each : block) {
            digest.update((byte) (each ^ pad));
        }
        return digest;
    }

    private static MessageDigest copy(MessageDigest digest) {
        try {
            return (MessageDigest) digest.clone();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("Java's own SHA-256 can be copied", e);
        }
    }
}
