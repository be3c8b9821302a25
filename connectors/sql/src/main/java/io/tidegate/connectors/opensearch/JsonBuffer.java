package io.tidegate.connectors.opensearch;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A growing UTF-8 buffer that knows the few JSON tokens a document needs; reused from row to row, one thread only. */
final class JsonBuffer {

    private static final long MILLIS_PER_DAY = 86_400_000L;
    private static final byte[][] ESCAPES = escapes();

    private final List<byte[]> aside = new ArrayList<>();
    private byte[] bytes = new byte[1024];
    private int length;
    private long cachedDay = Long.MIN_VALUE;
    private String cachedDate;

    void clear() {
        length = 0;
        aside.clear();
    }

    int length() {
        return length;
    }

    /** Takes back what was written from a place on; it is kept under the name of its field until {@link #takeAside}. */
    void setAside(String field, int from) {
        JsonBuffer entry = new JsonBuffer().raw('{').string(field).ascii(":{").raw(Arrays.copyOfRange(bytes, from, length));
        aside.add(entry.ascii("}}").toBytes());
        length = from;
    }

    void truncate(int to) {
        length = to;
    }

    /** Goes on with the object that began at a place and has ended. */
    JsonBuffer reopen(int start) {
        length--;
        return length == start + 1 ? this : raw(',');
    }

    /** What was set aside, an object for each entry. */
    List<byte[]> takeAside() {
        List<byte[]> taken = List.copyOf(aside);
        aside.clear();
        return taken;
    }

    byte[] toBytes() {
        return Arrays.copyOf(bytes, length);
    }

    JsonBuffer raw(char ascii) {
        reserve(1);
        bytes[length++] = (byte) ascii;
        return this;
    }

    JsonBuffer raw(byte[] source) {
        reserve(source.length);
        System.arraycopy(source, 0, bytes, length, source.length);
        length += source.length;
        return this;
    }

    /** Appends characters below 128 as they are. */
    JsonBuffer ascii(String text) {
        reserve(text.length());
        for (int i = 0; i < text.length(); i++) {
            bytes[length++] = (byte) text.charAt(i);
        }
        return this;
    }

    JsonBuffer string(String text) {
        return string(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Appends UTF-8 text as a quoted JSON string. */
    JsonBuffer string(byte[] utf8) {
        reserve(6 * utf8.length + 2);
        bytes[length++] = '"';
        for (byte b : utf8) {
            byte[] escape = b >= 0 ? ESCAPES[b] : null;
            if (escape == null) {
                bytes[length++] = b;
            } else {
                System.arraycopy(escape, 0, bytes, length, escape.length);
                length += escape.length;
            }
        }
        bytes[length++] = '"';
        return this;
    }

    /** Appends {@code "2026-11-21T10:15:30.123Z"}, the form {@code strict_date_time} reads. */
    JsonBuffer timestamp(long epochMillis) {
        long day = Math.floorDiv(epochMillis, MILLIS_PER_DAY);
        raw('"').ascii(date(day)).raw('T').time((int) (epochMillis - day * MILLIS_PER_DAY));
        return raw('Z').raw('"');
    }

    /** Appends {@code 10:15:30.123}, unquoted. */
    JsonBuffer time(int millisOfDay) {
        int seconds = millisOfDay / 1000;
        int millis = millisOfDay % 1000;
        twoDigits(seconds / 3600).raw(':').twoDigits(seconds / 60 % 60).raw(':').twoDigits(seconds % 60);
        return raw('.').raw((char) ('0' + millis / 100)).twoDigits(millis % 100);
    }

    /** The ISO date of a day; events of one moment share it, so the last one is kept. */
    String date(long epochDay) {
        if (epochDay != cachedDay) {
            cachedDate = LocalDate.ofEpochDay(epochDay).toString();
            cachedDay = epochDay;
        }
        return cachedDate;
    }

    private JsonBuffer twoDigits(int number) {
        return raw((char) ('0' + number / 10)).raw((char) ('0' + number % 10));
    }

    private void reserve(int more) {
        if (length + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(length + more, 2 * bytes.length));
        }
    }

    private static byte[][] escapes() {
        byte[][] table = new byte[128][];
        for (int c = 0; c < ' '; c++) {
            table[c] = String.format("\\u%04x", c).getBytes(StandardCharsets.US_ASCII);
        }
        table['"'] = new byte[] {'\\', '"'};
        table['\\'] = new byte[] {'\\', '\\'};
        return table;
    }
}
