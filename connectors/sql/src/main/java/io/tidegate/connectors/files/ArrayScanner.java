package io.tidegate.connectors.files;

import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Cuts a JSON array into its values, which are read one by one: a value that is none costs itself alone as long as brackets
 * and quotes fit together. Where they do not, nobody can say where the next value begins: the file is at fault.
 */
final class ArrayScanner implements RowScanner {
    private static final int NOTHING = -1;
    /** Deeper brackets are counted, and not compared. */
    private static final int COMPARED_DEPTH = 4096;

    private final Window window;
    private final TextEncoding encoding;
    private final RowLimits limits;
    private final BitSet isObject = new BitSet();

    private boolean hasBegun;
    private boolean isFirst = true;
    private int at;
    private int depth;
    private boolean isInString;

    ArrayScanner(Window window, TextEncoding encoding, RowLimits limits) {
        this.window = window;
        this.encoding = encoding;
        this.limits = limits;
    }

    @Override
    public Line next() throws IOException {
        if (!hasBegun) {
            require(nextSign() == '[', "no JSON array begins");
            pass();
            hasBegun = true;
        }
        int sign = nextSign();
        if (sign == ']') {
            pass();
            require(nextSign() == NOTHING && !window.has(1), "something follows the array");
            return null;
        }
        if (!isFirst) {
            require(sign == ',', sign == NOTHING ? "the array does not end" : "no comma stands between two values");
            pass();
            sign = nextSign();
        }
        isFirst = false;
        require(sign != NOTHING && sign != ',' && sign != ']' && sign != '}', "a value is missing");
        return value();
    }

    private Line value() throws IOException {
        long offset = window.offset();
        Line.Cut cut = null;
        at = 0;
        depth = 0;
        isInString = false;
        while (!isAtEnd()) {
            if (at > limits.maxBytes()) {
                cut = cut == null ? new Line.Cut(offset, limits.keptBytes()) : cut;
                release(cut);
            }
        }
        if (cut != null || at > limits.maxBytes()) {
            cut = cut == null ? new Line.Cut(offset, limits.keptBytes()) : cut;
            release(cut);
            return cut.line();
        }
        byte[] bytes = Arrays.copyOfRange(window.bytes, window.start, window.start + at);
        window.start += at;
        return new Line(offset, bytes.length, bytes, null);
    }

    private void release(Line.Cut cut) {
        cut.add(window.bytes, window.start, window.start + at);
        window.start += at;
        at = 0;
    }

    /** Goes one sign further; true where the value has ended. */
    private boolean isAtEnd() throws IOException {
        int sign = unit();
        require(sign != NOTHING, "the array ends within a value");
        if (isInString) {
            passInString(sign);
            return !isInString && depth == 0;
        }
        boolean closes = sign == '}' || sign == ']';
        if (depth == 0 && (sign == ',' || closes || isBlank(sign))) {
            require(sign != '}', "a bracket ends what did not begin");
            return true;
        }
        at += encoding.width();
        isInString = sign == '"';
        if (sign == '{' || sign == '[') {
            isObject.set(Math.min(depth++, COMPARED_DEPTH), sign == '{');
        } else if (closes) {
            depth--;
            require(depth >= COMPARED_DEPTH || isObject.get(depth) == (sign == '}'), "a bracket ends another one's");
        }
        return closes && depth == 0;
    }

    private void passInString(int sign) throws IOException {
        require(sign != '\n' && sign != '\r', "a line ends within a string");
        at += encoding.width();
        if (sign == '\\') {
            require(unit() != NOTHING, "the array ends within a value");
            at += encoding.width();
        }
        isInString = sign != '"';
    }

    /** The first sign that is no blank, which the window then starts with. */
    private int nextSign() throws IOException {
        at = 0;
        while (isBlank(unit())) {
            pass();
        }
        return unit();
    }

    private void pass() {
        window.start += encoding.width();
    }

    private static boolean isBlank(int sign) {
        return sign == ' ' || sign == '\n' || sign == '\r' || sign == '\t';
    }

    private int unit() throws IOException {
        return window.has(at + encoding.width()) ? encoding.unit(window.bytes, window.start + at) : NOTHING;
    }

    private void require(boolean isRight, String problem) throws IOException {
        if (!isRight) {
            throw new FileFault(FileFault.Code.NOT_JSON, problem + " (byte " + (window.offset() + at) + ")");
        }
    }
}
