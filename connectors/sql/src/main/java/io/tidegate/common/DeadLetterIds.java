package io.tidegate.common;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.apache.flink.table.data.StringData;

/** Ids of dead letters: the same record failing at the same stage has the same one. */
public final class DeadLetterIds {
    private DeadLetterIds() {}

    /** Of a record in a topic. */
    public static StringData of(MessageDigest digest, String topic, Integer partition, Long offset, String stage) {
        return of(digest, topic + "/" + partition + "/" + offset + "/" + stage);
    }

    /** Of a document that names no record. */
    public static StringData ofDocument(MessageDigest digest, String index, String id, String stage) {
        return of(digest, index + "/" + id + "/" + stage);
    }

    private static StringData of(MessageDigest digest, String text) {
        return Sha256.hex(digest.digest(text.getBytes(StandardCharsets.UTF_8)), Names.ID_HEX_DIGITS);
    }
}
