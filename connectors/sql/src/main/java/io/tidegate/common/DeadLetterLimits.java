package io.tidegate.common;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How much a dead letter keeps of its record, so that the letter can be written whatever the record's sizes are: payload, key,
 * headers and texts at their limits are together far below what a producer sends and the topic takes.
 */
public final class DeadLetterLimits {
    private static final String CUT = "\u2026";

    private DeadLetterLimits() {}

    /** The start of the key. */
    public static byte[] key(byte[] key) {
        return key == null || key.length <= Names.KEY_LIMIT_BYTES ? key : Arrays.copyOf(key, Names.KEY_LIMIT_BYTES);
    }

    /** The headers that fit, each whole. */
    public static Map<String, byte[]> headers(Map<String, byte[]> headers) {
        if (headers == null) {
            return null;
        }
        Map<String, byte[]> kept = new LinkedHashMap<>();
        long free = Names.HEADERS_LIMIT_BYTES;
        for (Map.Entry<String, byte[]> header : headers.entrySet()) {
            long size = size(header);
            if (size <= free) {
                free -= size;
                kept.put(header.getKey(), header.getValue());
            }
        }
        return kept;
    }

    /** A text for people: its start, if it is too long. */
    public static String text(String text) {
        if (text == null || text.length() * 3L <= Names.TEXT_LIMIT_BYTES) {
            return text;
        }
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        if (utf8.length <= Names.TEXT_LIMIT_BYTES) {
            return text;
        }
        int end = Names.TEXT_LIMIT_BYTES - CUT.getBytes(StandardCharsets.UTF_8).length;
        while ((utf8[end] & 0xc0) == 0x80) {
            end--;
        }
        return new String(utf8, 0, end, StandardCharsets.UTF_8) + CUT;
    }

    /**
     * A message that also says what of the record is cut, and how large it was.
     *
     * @param payloadBytes of the whole payload; null where none is at hand
     */
    public static String message(String message, byte[] key, Map<String, byte[]> headers, Integer payloadBytes) {
        StringBuilder cut = new StringBuilder();
        if (payloadBytes != null && payloadBytes > Names.PAYLOAD_LIMIT_BYTES) {
            note(cut, Names.PAYLOAD_LIMIT_BYTES + " of " + payloadBytes + " bytes of the payload");
        }
        if (key != null && key.length > Names.KEY_LIMIT_BYTES) {
            note(cut, Names.KEY_LIMIT_BYTES + " of " + key.length + " bytes of the key");
        }
        int kept = headers == null ? 0 : headers(headers).size();
        if (headers != null && kept < headers.size()) {
            long bytes = headers.entrySet().stream().mapToLong(DeadLetterLimits::size).sum();
            note(cut, kept + " of " + headers.size() + " headers, which have " + bytes + " bytes");
        }
        String bounded = text(message);
        return cut.isEmpty() ? bounded : bounded + cut.append(')');
    }

    private static void note(StringBuilder cut, String what) {
        cut.append(cut.isEmpty() ? " (kept are " : ", ").append(what);
    }

    private static long size(Map.Entry<String, byte[]> header) {
        int name = header.getKey().getBytes(StandardCharsets.UTF_8).length;
        return name + (header.getValue() == null ? 0 : header.getValue().length);
    }
}
