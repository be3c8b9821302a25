package io.tidegate.functions;

import io.tidegate.common.Names;
import io.tidegate.common.Sha256;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.MapData;
import org.apache.flink.table.data.StringData;

/**
 * What the headers of a redriven record say, where they are signed for its value; {@code tidegate/dead_letters/redriven.py}
 * writes them.
 *
 * @param arrivedMs when the first record of the chain arrived
 * @param attempt how many letters came before it
 * @param firstFailedMs when the first of them was written
 */
record Redrive(long arrivedMs, int attempt, long firstFailedMs, String plan) {
    static final String KEY_VARIABLE = "TIDEGATE_REDRIVE_KEY";

    private static final StringData[] SIGNED = {
        StringData.fromString(Names.REDRIVE_OF_HEADER),
        StringData.fromString(Names.REDRIVE_ATTEMPT_HEADER),
        StringData.fromString(Names.REDRIVE_PLAN_HEADER),
        StringData.fromString(Names.REDRIVE_ARRIVED_HEADER),
        StringData.fromString(Names.REDRIVE_FIRST_FAILED_HEADER),
    };
    private static final StringData SIGNATURE = StringData.fromString(Names.REDRIVE_SIGNATURE_HEADER);
    private static final int ATTEMPT = 1;
    private static final int PLAN = 2;
    private static final int ARRIVED = 3;
    private static final int FIRST_FAILED = 4;

    /** The key by which signatures are checked; null where none is set: then no header is believed. */
    static KeyedSha256 key(String key) {
        return key == null || key.isEmpty() ? null : new KeyedSha256(key.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Null for a record that is no copy, or whose headers are not the redriver's.
     *
     * @param payloadSha256 of the whole value, where {@code payload} may not be all of it; else null
     */
    static Redrive of(MapData headers, byte[] payload, StringData payloadSha256, KeyedSha256 key) {
        // Nearly every record ends here.
        if (headers == null || key == null || headers.size() <= SIGNED.length) {
            return null;
        }
        byte[][] values = new byte[SIGNED.length][];
        byte[] signature = null;
        ArrayData names = headers.keyArray();
        ArrayData given = headers.valueArray();
        for (int i = 0; i < headers.size(); i++) {
            StringData name = names.getString(i);
            if (given.isNullAt(i)) {
                continue;
            }
            if (SIGNATURE.equals(name)) {
                signature = given.getBinary(i);
            }
            for (int which = 0; which < SIGNED.length; which++) {
                if (SIGNED[which].equals(name)) {
                    values[which] = given.getBinary(i);
                }
            }
        }
        boolean genuine = signature != null && isSigned(values, payload, payloadSha256, signature, key);
        return genuine ? parsed(values) : null;
    }

    private static boolean isSigned(
            byte[][] values, byte[] payload, StringData payloadSha256, byte[] signature, KeyedSha256 key) {
        ByteArrayOutputStream signed = new ByteArrayOutputStream();
        for (byte[] value : values) {
            if (value == null) {
                return false;
            }
            signed.writeBytes(value);
            signed.write('\n');
        }
        StringData digest = payloadSha256 != null ? payloadSha256 : Sha256.hexOf(payload == null ? new byte[0] : payload);
        signed.writeBytes(digest.toBytes());
        byte[] expected = Sha256.hex(key.of(signed.toByteArray()), 2 * Sha256.newDigest().getDigestLength()).toBytes();
        return MessageDigest.isEqual(expected, signature);
    }

    /** Of what the redriver has signed, so it can be read. */
    private static Redrive parsed(byte[][] values) {
        return new Redrive(
                Long.parseLong(text(values[ARRIVED])),
                Integer.parseInt(text(values[ATTEMPT])),
                Long.parseLong(text(values[FIRST_FAILED])),
                text(values[PLAN]));
    }

    private static String text(byte[] value) {
        return new String(value, StandardCharsets.UTF_8);
    }
}
