package io.tidegate.connectors.avro;

/** Confluent's framing: a zero byte and the schema id as four big-endian bytes, before the Avro data. */
final class ConfluentHeader {
    static final byte MAGIC = 0;
    static final int BYTES = 5;

    private ConfluentHeader() {}

    static boolean isPresent(byte[] message) {
        return message != null && message.length >= BYTES && message[0] == MAGIC;
    }

    static int schemaId(byte[] message) {
        return (message[1] & 0xff) << 24 | (message[2] & 0xff) << 16 | (message[3] & 0xff) << 8 | message[4] & 0xff;
    }
}
