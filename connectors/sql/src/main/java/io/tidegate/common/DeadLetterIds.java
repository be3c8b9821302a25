package io.tidegate.common;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.apache.flink.table.data.StringData;

/** Ids of dead letters: the same record, or row of an exploded one, failing at the same stage has the same one. */
public final class DeadLetterIds {
    private DeadLetterIds() {}

    /** Of a record in a topic; {@code row} is the number of its row, null where a record is one row. */
    public static StringData of(
            MessageDigest digest, String topic, Integer partition, Long offset, String stage, Long row) {
        String record = topic + "/" + partition + "/" + offset + "/" + stage;
        return of(digest, row == null ? record : record + "/" + row);
    }

    /** Of a document that names no record. */
    public static StringData ofDocument(MessageDigest digest, String index, String id, String stage) {
        return of(digest, index + "/" + id + "/" + stage);
    }

    private static StringData of(MessageDigest digest, String text) {
        return Sha256.hex(digest.digest(text.getBytes(StandardCharsets.UTF_8)), Names.ID_HEX_DIGITS);
    }
}
