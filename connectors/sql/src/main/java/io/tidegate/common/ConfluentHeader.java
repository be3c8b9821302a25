package io.tidegate.common;

import java.io.DataOutput;
import java.io.IOException;

/** Confluent's framing: a zero byte and the schema id as four big-endian bytes, before the Avro data. */
public final class ConfluentHeader {
    public static final byte MAGIC = 0;
    public static final int BYTES = Names.FRAME_BYTES;

    private ConfluentHeader() {}

    public static boolean isPresent(byte[] message) {
        return message != null && message.length >= BYTES && message[0] == MAGIC;
    }

    public static int schemaId(byte[] message) {
        return (message[1] & 0xff) << 24 | (message[2] & 0xff) << 16 | (message[3] & 0xff) << 8 | message[4] & 0xff;
    }

    public static void write(int schemaId, DataOutput out) throws IOException {
        out.writeByte(MAGIC);
        out.writeInt(schemaId);
    }
}
