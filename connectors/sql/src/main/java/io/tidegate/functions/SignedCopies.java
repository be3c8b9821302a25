package io.tidegate.functions;

import org.apache.flink.table.data.MapData;
import org.apache.flink.table.data.StringData;

/** Tells the copies that the redriver has signed from records whose headers only say that they are some. */
public final class SignedCopies {
    private final KeyedSha256 key;

    /** @param secret null or empty where none is set: then no record is a copy */
    public SignedCopies(String secret) {
        key = Redrive.key(secret);
    }

    /** By the key that the process was given, as the functions check headers by it. */
    public static SignedCopies ofEnvironment() {
        return new SignedCopies(System.getenv(Redrive.KEY_VARIABLE));
    }

    /** @param payloadSha256 of the whole value, where {@code payload} may not be all of it; else null */
    public boolean have(MapData headers, byte[] payload, StringData payloadSha256) {
        return Redrive.of(headers, payload, payloadSha256, key) != null;
    }
}
