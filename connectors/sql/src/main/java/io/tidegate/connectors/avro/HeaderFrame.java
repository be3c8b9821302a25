package io.tidegate.connectors.avro;

import io.tidegate.common.ConfluentHeader;
import io.tidegate.common.ErrorCode;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.UUID;

/**
 * A record that names its schema in a Kafka header, not before its Avro data, as newer serializers of Confluent do. A format
 * sees values only; so the header travels in front of the value, behind a mark that no producer can know.
 *
 * @param named a zero byte and the schema id, or a one and the schema's GUID
 * @param value as it lies in the topic
 */
public record HeaderFrame(byte[] named, byte[] value) {
    private static final byte GUID_MAGIC = 1;
    private static final int GUID_BYTES = 17;
    private static final int MAX_NAMED_BYTES = Byte.MAX_VALUE;
    private static final byte[] MARK = mark();

    private static byte[] mark() {
        byte[] mark = new byte[16];
        new SecureRandom().nextBytes(mark);
        // Of a prefixed record it differs in its first byte, which is all that is looked at there.
        mark[0] = (byte) 0xff;
        return mark;
    }

    /** The value as the format gets it. */
    public static byte[] marked(byte[] named, byte[] value) {
        int length = named == null ? 0 : Math.min(named.length, MAX_NAMED_BYTES);
        ByteBuffer marked = ByteBuffer.allocate(MARK.length + 1 + length + value.length).put(MARK).put((byte) length);
        if (length > 0) {
            marked.put(named, 0, length);
        }
        return marked.put(value).array();
    }

    /** Null for a record that names no schema in a header. */
    static HeaderFrame of(byte[] message) {
        if (message == null || message.length <= MARK.length || message[0] != MARK[0]
                || !Arrays.equals(message, 0, MARK.length, MARK, 0, MARK.length)) {
            return null;
        }
        int value = MARK.length + 1 + message[MARK.length];
        return new HeaderFrame(
                Arrays.copyOfRange(message, MARK.length + 1, value), Arrays.copyOfRange(message, value, message.length));
    }

    public boolean hasId() {
        return ConfluentHeader.isPresent(named);
    }

    public int schemaId() {
        return ConfluentHeader.schemaId(named);
    }

    /** @throws BadRecord BAD_MAGIC, if the header names no schema */
    public UUID guid() {
        if (named.length < GUID_BYTES || named[0] != GUID_MAGIC) {
            throw new BadRecord(
                    ErrorCode.BAD_MAGIC, "header " + SchemaIdHeaders.NAME + " names no schema: " + HexFormat.of().formatHex(named));
        }
        ByteBuffer guid = ByteBuffer.wrap(named, 1, GUID_BYTES - 1);
        return new UUID(guid.getLong(), guid.getLong());
    }
}
