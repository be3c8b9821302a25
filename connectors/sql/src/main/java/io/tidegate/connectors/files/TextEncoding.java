package io.tidegate.connectors.files;

import io.tidegate.common.ErrorCode;
import io.tidegate.connectors.avro.BadRecord;
import io.tidegate.connectors.avro.Utf8;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import org.apache.flink.table.api.ValidationException;

/**
 * How a file's bytes are text. All that is looked for among them is ASCII, so that units of one byte, or of two, are looked
 * at, and no characters.
 *
 * @param name the charset's
 * @param width bytes of a unit
 * @param isOrderKnown false of UTF-16 before a byte order mark was seen
 */
record TextEncoding(String name, int width, boolean isOrderKnown) implements Serializable {
    private static final String UTF_16 = "UTF-16";
    private static final String UTF_16_BE = "UTF-16BE";
    private static final String UTF_16_LE = "UTF-16LE";
    private static final int ASCII_SIGNS = 128;
    private static final byte[] MARK_UTF_8 = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};
    private static final byte[] MARK_BE = {(byte) 0xfe, (byte) 0xff};
    private static final byte[] MARK_LE = {(byte) 0xff, (byte) 0xfe};

    /** @throws ValidationException for one that the JVM lacks, or that is neither ASCII in its bytes nor UTF-16 */
    static TextEncoding of(String name) {
        Charset charset;
        try {
            charset = Charset.forName(name);
        } catch (IllegalArgumentException unknown) {
            throw new ValidationException("Option 'encoding' is '" + name + "', which Java does not know.");
        }
        String known = charset.name().toUpperCase(Locale.ROOT);
        if (known.equals(UTF_16) || known.equals(UTF_16_BE) || known.equals(UTF_16_LE)) {
            return new TextEncoding(known, 2, !known.equals(UTF_16));
        }
        if (!charset.equals(StandardCharsets.UTF_8) && !isOneByteAscii(charset)) {
            throw new ValidationException("Option 'encoding' is '" + name + "'; known are UTF-8, UTF-16, and those of one byte a"
                    + " character that begin with ASCII, such as ISO-8859-1 and windows-1252.");
        }
        return new TextEncoding(charset.name(), 1, true);
    }

    private static boolean isOneByteAscii(Charset charset) {
        byte[] ascii = new byte[ASCII_SIGNS];
        for (int i = 0; i < ASCII_SIGNS; i++) {
            ascii[i] = (byte) i;
        }
        boolean isOneByte = charset.canEncode() && charset.newEncoder().maxBytesPerChar() == 1;
        return isOneByte && new String(ascii, charset).equals(new String(ascii, StandardCharsets.US_ASCII));
    }

    /** The bytes of the mark that a text begins with; 0 if it has none. */
    int markBytes(byte[] start, int count) throws FileFault {
        String marked = markedAs(start, count);
        boolean isOurs = marked.equals(name) || name.equals(UTF_16) && marked.startsWith(UTF_16);
        // In an encoding of one byte a text may begin as a mark of UTF-16 does, but none begins as that of UTF-8.
        if (!marked.isEmpty() && !isOurs && (width > 1 || isUtf8() || marked.equals(StandardCharsets.UTF_8.name()))) {
            throw new FileFault(FileFault.Code.BAD_ENCODING, "it begins with the byte order mark of " + marked
                    + ", but its encoding is said to be " + name);
        }
        return !isOurs ? 0 : marked.equals(StandardCharsets.UTF_8.name()) ? MARK_UTF_8.length : MARK_BE.length;
    }

    /** The bytes of the mark that a row begins with, as where files were put one behind the other; 0 if it has none. */
    int markBytesOf(byte[] row) {
        return !markedAs(row, row.length).equals(name) ? 0 : width > 1 ? MARK_BE.length : MARK_UTF_8.length;
    }

    /** The same with the order of the bytes, by the mark that the text begins with. */
    TextEncoding ordered(byte[] start, int count) throws FileFault {
        if (isOrderKnown) {
            return this;
        }
        String marked = markedAs(start, count);
        if (marked.isEmpty() && count > 0) {
            throw new FileFault(FileFault.Code.BAD_ENCODING, "UTF-16 without a byte order mark: set encoding to UTF-16LE or"
                    + " UTF-16BE");
        }
        return new TextEncoding(marked.isEmpty() ? UTF_16_BE : marked, width, true);
    }

    private static String markedAs(byte[] start, int count) {
        return startsWith(start, count, MARK_UTF_8) ? StandardCharsets.UTF_8.name()
                : startsWith(start, count, MARK_BE) ? UTF_16_BE
                : startsWith(start, count, MARK_LE) ? UTF_16_LE
                : "";
    }

    private static boolean startsWith(byte[] bytes, int count, byte[] mark) {
        return count >= mark.length && Arrays.equals(bytes, 0, mark.length, mark, 0, mark.length);
    }

    boolean isUtf8() {
        return name.equals(StandardCharsets.UTF_8.name());
    }

    int unit(byte[] bytes, int at) {
        if (width == 1) {
            return bytes[at] & 0xff;
        }
        int first = bytes[at] & 0xff;
        int second = bytes[at + 1] & 0xff;
        return name.equals(UTF_16_LE) ? second << 8 | first : first << 8 | second;
    }

    /** Where the first of two units is; -1 if it is not in between. */
    int find(byte[] bytes, int from, int to, int first, int second) {
        if (width == 1) {
            for (int at = from; at < to; at++) {
                if (bytes[at] == first || bytes[at] == second) {
                    return at;
                }
            }
            return -1;
        }
        for (int at = from; at + width <= to; at += width) {
            int unit = unit(bytes, at);
            if (unit == first || unit == second) {
                return at;
            }
        }
        return -1;
    }

    /**
     * The same text in UTF-8.
     *
     * @throws BadRecord BAD_UTF8
     */
    byte[] utf8(byte[] text) {
        if (isUtf8()) {
            if (!Utf8.isValid(text, 0, text.length)) {
                throw bad();
            }
            return text;
        }
        try {
            CharBuffer characters = Charset.forName(name).newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(text));
            return characters.toString().getBytes(StandardCharsets.UTF_8);
        } catch (CharacterCodingException malformed) {
            throw bad();
        }
    }

    private BadRecord bad() {
        return new BadRecord(ErrorCode.BAD_UTF8, "the row is not " + name);
    }
}
